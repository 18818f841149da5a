import { createServer, type ServerResponse } from 'node:http';
import type { SlackMessage } from '../../functions/render/slack/blocks.ts';
import { generator } from './random.ts';

export interface UnrulySlack {
  readonly webhook: string;
  /** The accepted messages, oldest first. */
  readonly taken: readonly SlackMessage[];
  /** How often it gave each answer. */
  readonly answers: Readonly<Record<string, number>>;
  /** For each request before the end of Retry-After: how many ms too early it was. */
  readonly tooSoon: readonly number[];
  stop(): Promise<void>;
}

const FAULTS = ['reset', 'hang', '302', '500'] as const;

/**
 * A Slack that accepts one message a second, answers 429 with Retry-After beyond that, and fails in turn by a reset, a hang, a
 * redirect and status 500.
 * @param seed makes its answers repeatable
 * @param every which requests it fails: 4 is every fourth
 */
export async function startUnrulySlack(seed: number, every: number): Promise<UnrulySlack> {
  const random = generator(seed);
  const taken: SlackMessage[] = [];
  const tooSoon: number[] = [];
  const answers: Record<string, number> = {};
  let lastTakenAt = 0;
  let notBefore = 0;
  let failures = 0;
  let requests = 0;

  const answer = (body: string, response: ServerResponse) => {
    const now = Date.now();
    if (now < notBefore) tooSoon.push(notBefore - now);
    const count = (what: string) => {
      answers[what] = (answers[what] ?? 0) + 1;
    };
    if (now - lastTakenAt < 1000 || random() < 0.1) {
      const seconds = 1 + Math.floor(random() * 3);
      count('429');
      // A client that has timed out by then has not received Retry-After.
      response.writeHead(429, { 'retry-after': String(seconds) }).end('rate_limited', () => {
        notBefore = now + seconds * 1000;
      });
      return;
    }
    requests += 1;
    if (requests % every === 0) {
      // The faults take turns, so that a short run has each.
      const how = FAULTS[failures % FAULTS.length] ?? '500';
      failures += 1;
      count(how);
      if (how === 'reset') response.socket?.destroy();
      if (how === '500') response.writeHead(500).end('internal_error');
      if (how === '302') response.writeHead(302, { location: '/elsewhere' }).end();
      return;
    }
    count('200');
    lastTakenAt = now;
    taken.push(JSON.parse(body) as SlackMessage);
    response.writeHead(200).end('ok');
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(Buffer.concat(chunks).toString(), response));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return {
    webhook: `http://127.0.0.1:${port}/services/T/B/canary-of-the-webhook`,
    taken,
    answers,
    tooSoon,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
