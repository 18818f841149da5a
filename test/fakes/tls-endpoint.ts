import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { IamServer } from './iam-server.ts';

/**
 * A CA for tests, and a certificate of it for aws.test, localhost and 127.0.0.1, valid until 2125. The CA's own key was
 * thrown away. Made by openssl: req -x509, req, x509 -req -CA, and pkey -outform DER.
 */
const tlsFile = (name: string) => fileURLToPath(new URL(`tls/${name}`, import.meta.url));
export const TEST_CA = tlsFile('ca.pem');

/** Starts a server on loopback. @returns its port */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** An account behind TLS, with the certificate of the tests' CA. */
export async function tlsEndpoint(iam: IamServer): Promise<{ port: number; stop: () => void }> {
  const format = { format: 'der', type: 'sec1' } as const;
  const key = createPrivateKey({ key: readFileSync(tlsFile('key.der')), ...format });
  const identity = {
    key: key.export({ format: 'pem', type: 'pkcs8' }),
    cert: readFileSync(tlsFile('cert.pem')),
  };
  const server = createServer(identity, (request, response) => iam.serve(request, response));
  const port = await listen(server);
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, stop };
}

interface ProxyOptions {
  /** The port on loopback where every tunnel ends, whatever host is asked for. */
  readonly to: number;
  /** "user:password" without which it answers 407. */
  readonly credentials?: string;
  /** What it answers to every CONNECT. */
  readonly refuse?: number;
}

/** A proxy that knows CONNECT. */
export async function connectProxy({ to, credentials, refuse }: ProxyOptions): Promise<{
  port: number;
  /** The hosts of the tunnels, in order. */
  tunnels: string[];
  stop: () => void;
}> {
  const tunnels: string[] = [];
  const server = createHttp((_, response) => response.writeHead(400).end());
  server.on('connect', (request, socket, head) => {
    socket.on('error', () => undefined);
    const { 'proxy-authorization': given = '' } = request.headers;
    const isKnown = given === `Basic ${Buffer.from(credentials ?? '').toString('base64')}`;
    const status = refuse ?? (credentials === undefined || isKnown ? 200 : 407);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    tunnels.push(request.url ?? '');
    const upstream = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  });
  const port = await listen(server);
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, tunnels, stop };
}
