import { createServer, type Server } from 'node:http';
import { ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../events/outcome.ts';
import { notifySlack } from '../../functions/notify-slack.ts';
import { held, sweepFinished } from '../fakes/outcomes.ts';
import type { Logged } from '../fakes/pipeline.ts';
import { context, sqsEventOf } from '../fakes/sqs-event.ts';

const CANARY = 'canary-of-the-webhook';

class MemorySsm extends SSMClient {
  value: string | null = null;
  constructor() {
    super({
      region: 'us-east-1',
      credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
    });
  }
  override async send(): Promise<never> {
    if (this.value === null) throw new ParameterNotFound({ message: '', $metadata: {} });
    return { Parameter: { Value: this.value } } as never;
  }
}

let server: Server;
let answers: number[];
let posted: { text: string }[];
let redirected: boolean;
let ssm: MemorySsm;
let logged: Logged[];

beforeEach(async () => {
  answers = [];
  posted = [];
  redirected = false;
  logged = [];
  server = createServer((request, response) => {
    if (request.url === '/elsewhere') redirected = true;
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const status = answers.shift() ?? 200;
      if (status === 0) {
        request.socket.destroy();
        return;
      }
      if (status === 200) posted.push(JSON.parse(body) as { text: string });
      response.writeHead(status, { location: '/elsewhere' }).end('x');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  ssm = new MemorySsm();
  ssm.value = `http://127.0.0.1:${port}/services/${CANARY}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

function tell(outcomes: readonly (Outcome | string)[], allowLoopback = true) {
  const write =
    (level: string) =>
    (message: unknown, ...values: unknown[]) => {
      logged.push({ level, message: String(message), values: values[0] });
    };
  const log = { info: write('info'), warn: write('warn'), error: write('error') };
  const bodies = outcomes.map((outcome) =>
    typeof outcome === 'string'
      ? outcome
      : JSON.stringify({ source: 'mfa-enforcer', 'detail-type': 'x', id: 'e', detail: outcome }),
  );
  const config = { webhookParameter: '/mfa-enforcer/slack-webhook', allowLoopback };
  return notifySlack({ ssm, config, log })(sqsEventOf(bodies), context);
}

function problems(): string[] {
  return logged
    .filter(({ level }) => level === 'error')
    .map(({ values }) => (values as { error: Error }).error.message);
}

describe('notify-slack', () => {
  it('posts an outcome to the webhook', async () => {
    expect(await tell([held()])).toEqual({ batchItemFailures: [] });
    expect(posted).toHaveLength(1);
    expect(posted[0]?.text).toContain('is now blocked until MFA is set up');
  });

  it('tells nothing of a sweep that found all as it should be', async () => {
    expect(await tell([sweepFinished({ differences: 0, differing: [] })])).toEqual({
      batchItemFailures: [],
    });
    expect(posted).toEqual([]);
  });

  it.each([
    [500, 'Slack did not take the message: HTTP 500'],
    [429, 'Slack did not take the message: HTTP 429'],
    [404, 'Slack did not take the message: HTTP 404'],
    [302, 'Slack did not take the message: HTTP 302'],
    [0, 'Slack did not take the message: no connection'],
  ])(
    'fails the record on answer %i, follows no redirect, and keeps the webhook to itself',
    async (status, problem) => {
      answers = [status];
      expect(await tell([held()])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
      expect(problems()).toEqual([problem]);
      expect(redirected).toBe(false);
      expect(JSON.stringify(logged)).not.toContain(CANARY);
    },
  );

  it('fails only the record that Slack did not take', async () => {
    answers = [200, 500, 200];
    expect(await tell([held(), held(), held()])).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }],
    });
    expect(posted).toHaveLength(2);
  });

  it.each([
    ['not JSON', 'cannot read the outcome: not JSON'],
    ['{"source":"aws.iam","detail":{}}', /^cannot read the outcome: source: /],
    [
      JSON.stringify({ source: 'mfa-enforcer', detail: { ...held(), version: 2 } }),
      /detail.version: /,
    ],
  ])('fails a record that is no outcome of ours: %s', async (body, problem) => {
    expect(await tell([body])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(problems()[0]).toMatch(problem);
  });

  it('says how to store the webhook where there is none', async () => {
    ssm.value = null;
    await tell([held()]);
    expect(problems()[0]).toContain(
      'aws ssm put-parameter --type SecureString --name /mfa-enforcer/slack-webhook',
    );
  });

  it('posts to Slack’s hosts only, loopback only in the local run', async () => {
    expect(await tell([held()], false)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(posted).toEqual([]);
    expect(JSON.stringify([logged, problems()])).not.toContain(CANARY);
  });
});
