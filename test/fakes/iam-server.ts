import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { IamEndpoint, inputOf } from './iam-endpoint.ts';
import type { MemoryIamOptions } from './memory-iam.ts';

export interface IamServerOptions extends MemoryIamOptions {
  /** How long each answer takes, in ms. */
  readonly latency?: number;
}

/**
 * IAM and STS on loopback, over their Query protocol, for a real SDK in a program of its own. It answers from a MemoryIam.
 */
export class IamServer extends IamEndpoint {
  /** http://127.0.0.1:<port> */
  endpoint = '';
  readonly #server: Server;
  readonly #latency: number;
  readonly #silent = new Set<string>();

  private constructor({ latency = 0, ...options }: IamServerOptions) {
    super(options);
    this.#latency = latency;
    this.#server = createServer((request, response) => this.serve(request, response));
  }

  /** Starts one on a free port of loopback. */
  static async start(options: IamServerOptions = {}): Promise<IamServer> {
    const server = new IamServer(options);
    await new Promise<void>((done) => server.#server.listen(0, '127.0.0.1', done));
    const address = server.#server.address();
    server.endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    return server;
  }

  /** Never answers an action. */
  silence(action: string): void {
    this.#silent.add(action);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** Answers a request, also for another server that passes it on. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const action = form.get('Action') ?? '';
      if (this.#silent.has(action)) return;
      const { status, body } = this.answer(action, inputOf(form));
      const answer = () => {
        response.writeHead(status, {
          'content-type': 'text/xml',
          'content-length': Buffer.byteLength(body),
        });
        response.end(body);
      };
      if (this.#latency === 0) answer();
      else setTimeout(answer, this.#latency);
    });
  }
}
