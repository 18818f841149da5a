import { createServer, type Server } from 'node:net';

export const HOST = '127.0.0.1';

/** Has a server listen on a free port of loopback. @returns its endpoint */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, HOST, done);
  });
  const address = server.address();
  return `http://${HOST}:${typeof address === 'object' && address ? address.port : 0}`;
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = new URL(await listening(server));
  await new Promise((done) => server.close(done));
  return Number(port);
}
