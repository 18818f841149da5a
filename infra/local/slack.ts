import { createServer } from 'node:http';

export interface LocalSlack {
  /** The incoming webhook's URL, on loopback. */
  readonly webhook: string;
  /** The received messages, oldest first. */
  readonly messages: readonly { readonly text: string; readonly blocks: readonly object[] }[];
  stop(): Promise<void>;
}

/** Slack's incoming webhook on loopback. It keeps the posted messages. */
export async function startSlack(): Promise<LocalSlack> {
  const messages: LocalSlack['messages'][number][] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      messages.push(JSON.parse(Buffer.concat(chunks).toString()) as LocalSlack['messages'][number]);
      response.writeHead(200, { 'content-type': 'text/html' }).end('ok');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    webhook: `http://127.0.0.1:${port}/services/T00000000/B00000000/local`,
    messages,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
