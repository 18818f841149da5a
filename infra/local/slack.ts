import { createServer } from 'node:http';
import type { SlackMessage } from '../../functions/render/slack/blocks.ts';
import { listening } from './loopback.ts';

export interface LocalSlack {
  /** The incoming webhook's URL, on loopback. */
  readonly webhook: string;
  /** The received messages, oldest first. */
  readonly messages: readonly SlackMessage[];
  stop(): Promise<void>;
}

/** Slack's incoming webhook on loopback. It keeps the posted messages. */
export async function startSlack(): Promise<LocalSlack> {
  const messages: SlackMessage[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      messages.push(JSON.parse(Buffer.concat(chunks).toString()) as SlackMessage);
      response.writeHead(200, { 'content-type': 'text/html' }).end('ok');
    });
  });
  const endpoint = await listening(server);
  return {
    webhook: `${endpoint}/services/T00000000/B00000000/local`,
    messages,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
