import { createServer, type Server } from 'node:http';
import { ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cause } from '../../../events/cause.ts';
import type { Outcome } from '../../../events/outcome.ts';
import { notifySlack } from '../../../functions/notify-slack.ts';
import type { SlackMessage } from '../../../functions/render/slack/blocks.ts';
import { MemoryQueues } from '../../fakes/memory-buses.ts';
import { MemoryDynamo } from '../../fakes/memory-dynamo.ts';
import {
  blocked,
  breakerOpen,
  couldNot,
  organizationSwept,
  policyChanged as policyOutcome,
  suspicious,
  bySweep as sweepCause,
  sweepFinished,
  tamperingSeen as tampering,
  unblocked,
  unreachable as unreachableAccount,
} from '../../fakes/outcomes.ts';
import { type Logged, START } from '../../fakes/pipeline.ts';
import { context, sqsEventOf } from '../../fakes/sqs-event.ts';

const CANARY = 'canary-of-the-webhook';
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/outcomes';
const DEAD_LETTER_QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/dead-letters';

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

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Slack resets the connection. */
const RESET: Answer = { status: 0 };

let server: Server;
let answers: Answer[];
let posted: SlackMessage[];
let requests: number;
let redirected: boolean;
let ssm: MemorySsm;
let sqs: MemoryQueues;
let dynamo: MemoryDynamo;
let logged: Logged[];
let clock: number;
let random: () => number;

beforeEach(async () => {
  answers = [];
  posted = [];
  requests = 0;
  redirected = false;
  logged = [];
  clock = START;
  random = () => 1;
  sqs = new MemoryQueues();
  dynamo = new MemoryDynamo();
  server = createServer((request, response) => {
    if (request.url === '/elsewhere') redirected = true;
    requests += 1;
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { status, headers, body: text } = answers.shift() ?? { status: 200 };
      if (status === 0) {
        request.socket.destroy();
        return;
      }
      if (status === 200 && (text ?? 'ok') === 'ok') posted.push(JSON.parse(body) as SlackMessage);
      response
        .writeHead(status, { location: '/elsewhere', ...headers })
        .end(text ?? (status === 200 ? 'ok' : 'No service.'));
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

function handler(allowLoopback = true) {
  const write =
    (level: string) =>
    (message: unknown, ...values: unknown[]) => {
      logged.push({ level, message: String(message), values: values[0] });
    };
  return notifySlack({
    ssm,
    sqs,
    dynamo,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    config: {
      webhookParameter: '/mfa-enforcer/slack-webhook',
      queueUrl: QUEUE,
      failedMessagesUrl: DEAD_LETTER_QUEUE,
      stateTable: 'memory',
      partition: 'aws',
      exemptTags: [],
      enrolWith: 'console',
      unblock: 'on-enrolment',
      runbookUrl: null,
      allowLoopback,
    },
    context: {
      partition: 'aws',
      version: '1.2.3',
      exemptTag: null,
      enrolWith: 'console',
      unblock: 'on-enrolment',
      runbookUrl: null,
      now: () => new Date(clock),
    },
    now: () => new Date(clock),
    sleep: async (ms) => {
      clock += ms;
    },
    random: () => random(),
  });
}

/** The SQS body of an outcome. */
function bodyOf(outcome: Outcome | string): string {
  if (typeof outcome === 'string') return outcome;
  return JSON.stringify({ source: 'mfa-enforcer', 'detail-type': 'x', id: 'e', detail: outcome });
}

/** Delivers a batch. @returns the indices of the records that come back */
async function deliver(
  outcomes: readonly (Outcome | string)[],
  receives = 1,
  allowLoopback = true,
) {
  const event = sqsEventOf(outcomes.map(bodyOf));
  for (const record of event.Records) {
    record.attributes.ApproximateReceiveCount = String(receives);
  }
  const { batchItemFailures } = await handler(allowLoopback)(event, context);
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.slice(1)));
}

/** A minute later: whatever turn or pause there was is over. */
function later(ms = 120_000): void {
  clock += ms;
}

const problems = () =>
  logged
    .filter(({ level }) => level === 'error')
    .map(({ values }) => {
      const { error, problem } = values as { error?: Error; problem?: string };
      return error?.message ?? problem;
    });
const setAside = () => sqs.sent.filter(({ queueUrl }) => queueUrl === DEAD_LETTER_QUEUE);
const users = (...names: string[]) =>
  names.map((user) => blocked({ user, id: `user-blocked/${user}` }));

describe('notify-slack', () => {
  it('posts an outcome to the webhook', async () => {
    expect(await deliver([blocked()])).toEqual([]);
    expect(posted).toHaveLength(1);
    expect(posted[0]?.text).toContain('dana is blocked (');
  });

  it('makes a digest of three outcomes or more, and single messages of two', async () => {
    await deliver(users('a', 'b'));
    expect(posted).toHaveLength(2);
    later();
    await deliver(users('c', 'd', 'e'));
    expect(posted).toHaveLength(3);
    expect(JSON.stringify(posted[2])).toMatch(/`c`.*`d`.*`e`/);
  });

  it('keeps a sweep and an open breaker out of digests', async () => {
    await deliver([...users('a', 'b', 'c'), sweepFinished(), breakerOpen()]);
    expect(posted.map(({ text }) => text.split(' ')[0])).toEqual(['MFA', 'Nightly', 'Block']);
  });

  it.each([
    [2, ['a', 'a', 'MFA']],
    [3, ['MFA']],
  ])('keeps %s suspicious enrolments out of a digest while they are few', async (count, first) => {
    const enrolments = Array.from({ length: count }, (_, id) =>
      suspicious({ user: 'a', id: `${id}` }),
    );
    await deliver([...enrolments, ...users('x', 'y', 'z')]);
    expect(posted.map(({ text }) => text.split(' ')[0]).toSorted()).toEqual(first.toSorted());
  });

  it('makes one message of what several batches of an account had refused', async () => {
    const refused = (id: string, names: string[], change = {}) =>
      breakerOpen({ id, users: names, total: names.length, ...change });
    const cause = blocked().cause;
    await deliver([
      refused('1', ['a', 'b'], { cause }),
      blocked({ id: 'h' }),
      refused('2', ['b', 'c'], { cause, total: 5, counted: 10, assumed: 0 }),
      refused('3', ['x'], { cause, account: '444455556666' }),
    ]);
    expect(posted.map(({ text }) => text)).toEqual([
      expect.stringContaining('6 users not blocked (10 are blocked, the limit is 10).'),
      expect.any(String),
      expect.stringContaining('(444455556666): 1 user not blocked'),
    ]);
    expect(JSON.stringify(posted[0])).toMatch(/`a`, `b`, `c` and 3 more/);
    later();
    await deliver([refused('1', ['a', 'b'], { cause })]);
    expect(posted).toHaveLength(3);
  });

  it('posts about one message a second', async () => {
    await deliver(users('a', 'b'));
    expect(clock - START).toBeGreaterThanOrEqual(1000);
    expect(await deliver(users('c'))).toEqual([]);
    expect(clock - START).toBeGreaterThanOrEqual(2000);
  });

  it('posts nothing twice, however often it is delivered', async () => {
    await deliver([blocked(), blocked()]);
    later();
    expect(await deliver([blocked()])).toEqual([]);
    expect(posted).toHaveLength(1);
  });

  it('counts a message that Slack took as sent, even if it cannot be recorded', async () => {
    dynamo.fail.PutItem = 0;
    const { send } = dynamo;
    let calls = 0;
    dynamo.send = (async (command: object) => {
      calls += 1;
      // The turn is taken, two things looked up; then the record cannot be written.
      if (calls === 3) throw new Error('DynamoDB is unavailable');
      return send.call(dynamo, command);
    }) as typeof dynamo.send;
    expect(await deliver([blocked()])).toEqual([]);
    expect(posted).toHaveLength(1);
    expect(logged.map(({ message }) => message)).toContain(
      'a posted outcome could not be recorded',
    );
  });

  it('reads the history consistently', async () => {
    const reads: unknown[] = [];
    const { send } = dynamo;
    dynamo.send = (async (command: object) => {
      if (command.constructor.name === 'GetItemCommand') {
        reads.push((command as { input: { ConsistentRead?: boolean } }).input.ConsistentRead);
      }
      return send.call(dynamo, command);
    }) as typeof dynamo.send;
    await deliver([blocked()]);
    expect(reads).toEqual([true]);
  });

  it('posts nothing if it cannot read the history', async () => {
    dynamo.fail.GetItem = 1;
    expect(await deliver([blocked()])).toEqual([0]);
    expect(requests).toBe(0);
    expect(await deliver([blocked()])).toEqual([]);
  });
});

describe('where the state table is unavailable', () => {
  it.each(['GetItem', 'PutItem'])(
    'and %s fails, alerts wait for two tries, then go out without it, in one digest or alone',
    async (call) => {
      dynamo.fail[call] = Number.POSITIVE_INFINITY;
      expect(await deliver([blocked()], 1)).toEqual([0]);
      expect(await deliver([blocked()], 2)).toEqual([0]);
      expect(requests).toBe(0);
      expect(await deliver([blocked()], 3)).toEqual([]);
      later();
      expect(await deliver([...users('a', 'b', 'c'), sweepFinished()], 3)).toEqual([]);
      expect(posted).toHaveLength(3);
      expect(logged.map(({ message }) => message)).toContain(
        'the state table is unavailable: messages are posted without it and may be posted twice',
      );
    },
  );

  it('an outcome that another covers is not posted', async () => {
    dynamo.fail.GetItem = Number.POSITIVE_INFINITY;
    expect(await deliver([sweepFinished({ rolledUp: true }), blocked()], 3)).toEqual([]);
    expect(posted).toHaveLength(1);
  });

  it('and is back, nothing is posted twice that is in the history', async () => {
    await deliver([blocked()]);
    later();
    dynamo.fail.GetItem = 1;
    expect(await deliver([blocked()], 1)).toEqual([0]);
    later();
    expect(await deliver([blocked()], 2)).toEqual([]);
    expect(posted).toHaveLength(1);
  });
});

describe('an entry of the state table that the enforcer cannot have written', () => {
  const IN_TEN_YEARS = '2036-01-01T00:00:00.000Z';
  const put = (id: string, body: unknown) =>
    dynamo.items.set(id, {
      id: { S: id },
      body: { S: typeof body === 'string' ? body : JSON.stringify(body) },
    });
  const unreadable = () =>
    logged
      .filter(({ message }) => message.startsWith('an entry of the state table is invalid'))
      .map(({ level, values }) => [level, values]);
  const sweep = sweepFinished();
  const at = new Date(START - 1_000).toISOString();
  const record = { sent: sweep, sentAt: at, seen: sweep, seenAt: at };

  it.each([
    ['no JSON', 'x'],
    ['null', 'null'],
    ['sent in ten years', { sentAt: IN_TEN_YEARS }],
    ['sent at no time', { sentAt: 'x' }],
  ])('silences no alert: %s', async (_, body) => {
    const id = `sent/enforce/${blocked().id}`;
    put(id, body);
    expect(await deliver([blocked()])).toEqual([]);
    expect(posted).toHaveLength(1);
    expect(unreadable()).toEqual([['error', { id }]]);
  });

  it.each([
    ['no JSON', 'x'],
    ['sent in ten years', { ...record, sentAt: IN_TEN_YEARS }],
    ['seen in ten years', { ...record, seenAt: IN_TEN_YEARS }],
    ['of an outcome in ten years', { ...record, sent: { ...sweep, at: IN_TEN_YEARS } }],
    ['of an outcome seen in ten years', { ...record, seen: { ...sweep, at: IN_TEN_YEARS } }],
    [
      'of a sweep that begins in ten years',
      { ...record, seen: { ...sweep, startedAt: IN_TEN_YEARS } },
    ],
  ])('suppresses no message: %s', async (_, body) => {
    const id = `last/sweep-finished/${sweep.account}`;
    put(id, body);
    expect(await deliver([sweep])).toEqual([]);
    expect(posted).toHaveLength(1);
    expect(unreadable()).toEqual([['error', { id }]]);
  });

  it('is not an entry of a moment ago, by a clock that is a little ahead', async () => {
    put(`sent/enforce/${blocked().id}`, { sentAt: new Date(START + 30_000).toISOString() });
    put(`last/sweep-finished/${sweep.account}`, record);
    expect(await deliver([blocked(), sweep])).toEqual([]);
    expect(posted).toEqual([]);
    expect(unreadable()).toEqual([]);
  });

  it.each([
    ['until 2036', { until: { N: String(Date.parse(IN_TEN_YEARS)) }, inUse: { BOOL: true } }],
    ['a pause until 2036', { until: { N: String(Date.parse(IN_TEN_YEARS)) } }],
    ['blocked for an hour', { until: { N: String(START + 3_600_000) }, inUse: { BOOL: true } }],
    ['until a text', { until: { S: '2036' }, owner: { S: 'x' } }],
    ['until no time', {}],
  ])('does not keep the turn to itself: %s', async (_, item) => {
    dynamo.items.set('slack-send-lock', { id: { S: 'slack-send-lock' }, ...item });
    expect(await deliver([blocked()])).toEqual([]);
    expect(posted).toHaveLength(1);
    expect(unreadable()).toEqual([['error', { id: 'slack-send-lock' }]]);
  });

  it('suppresses nothing, with any content', async () => {
    const number = fc.oneof(
      fc.record({ N: fc.integer().map(String) }),
      fc.record({ N: fc.integer({ min: START, max: START + 100_000 }).map(String) }),
      fc.record({ S: fc.string() }),
    );
    const lease = fc.record(
      {
        until: number,
        owner: fc.record({ S: fc.string() }),
        inUse: fc.record({ BOOL: fc.boolean() }),
      },
      { requiredKeys: [] },
    );
    const time = fc
      .oneof(
        fc.constant(at),
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      )
      .filter((one) => Date.parse(one) > START);
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      time.map((sentAt) => JSON.stringify({ sentAt: new Date(Date.parse(sentAt) + 120_000) })),
    );
    await fc.assert(
      fc.asyncProperty(text, text, lease, async (one, other, turn) => {
        posted = [];
        clock = START;
        dynamo.items.clear();
        put(`sent/enforce/${blocked().id}`, one);
        put(`last/sweep-finished/${sweep.account}`, other);
        dynamo.items.set('slack-send-lock', { id: { S: 'slack-send-lock' }, ...turn });
        await deliver([blocked(), sweep]);
        // Whatever pause can be, it ends.
        clock = START + 12 * 3_600_000;
        expect(await deliver([blocked(), sweep])).toEqual([]);
        expect(posted.length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('where Slack does not take a message', () => {
  it.each([
    ['500', { status: 500 }, 'HTTP 500 (“No service.”)'],
    ['503 with a word', { status: 503, body: 'rollup_error' }, 'HTTP 503 (rollup_error)'],
    ['a redirect', { status: 302 }, 'HTTP 302 (a redirect, not followed)'],
    [
      'a proxy’s page',
      { status: 200, body: '<html>Sign in</html>' },
      'HTTP 200 (a web page, as a proxy answers)',
    ],
    ['an empty answer', { status: 200, body: '' }, 'HTTP 200 (an empty answer)'],
    ['408', { status: 408 }, 'HTTP 408 (“No service.”)'],
    ['a reset connection', RESET, 'no connection'],
  ])(
    'it comes back later after %s, follows no redirect, and keeps the webhook to itself',
    async (_, answer, problem) => {
      answers = [answer];
      expect(await deliver([blocked()])).toEqual([0]);
      expect(problems()).toEqual([`Slack did not accept the message: ${problem}`]);
      expect(sqs.hidden.get('r0')).toBe(5);
      expect(redirected).toBe(false);
      expect(JSON.stringify([logged, sqs.sent])).not.toContain(CANARY);
      later();
      expect(await deliver([blocked()])).toEqual([]);
      expect(posted).toHaveLength(1);
    },
  );

  it.each([
    [1, 5],
    [2, 10],
    [5, 120],
    [9, 900],
    [150, 900],
  ])('its %i. try is followed by a wait of %i seconds', async (receives, seconds) => {
    answers = [{ status: 500 }];
    await deliver([blocked()], receives);
    expect(sqs.hidden.get('r0')).toBe(seconds);
  });

  it.each([400, 403, 404, 410, 413])(
    'it goes to the dead-letter queue at once after %i, with the reason in the log',
    async (status) => {
      answers = [{ status, body: 'no_service' }];
      expect(await deliver([blocked()])).toEqual([]);
      expect(setAside().map(({ body }) => body)).toEqual([bodyOf(blocked())]);
      expect(problems()).toEqual([`Slack refused the message: HTTP ${status} (no_service)`]);
    },
  );

  it('goes to the dead-letter queue at once where a workflow answers, which took nothing', async () => {
    answers = [{ status: 200, body: '{"ok":true}' }];
    expect(await deliver([blocked()])).toEqual([]);
    expect(setAside().map(({ body }) => body)).toEqual([bodyOf(blocked())]);
    expect(problems()).toEqual([
      'Slack refused the message: HTTP 200 (JSON, as a workflow or another API answers: “{"ok":true}”)',
    ]);
  });

  it('stays in the queue where the failed messages do not take it', async () => {
    answers = [{ status: 404 }];
    sqs.fail = 1;
    expect(await deliver([blocked()])).toEqual([0]);
  });

  it.each([
    ['seconds', '17', 17],
    ['a date', new Date(START + 90_000).toUTCString(), 90],
    ['nothing', undefined, 30],
    ['nonsense', 'soon', 30],
    ['a day', '86400', 39_600],
  ])('429 with Retry-After %s keeps everything back that long', async (_, retryAfter, seconds) => {
    answers = [{ status: 429, ...(retryAfter ? { headers: { 'retry-after': retryAfter } } : {}) }];
    expect(await deliver(users('a', 'b'))).toEqual([0, 1]);
    expect(requests).toBe(1);
    for (const receipt of ['r0', 'r1']) {
      expect(sqs.hidden.get(receipt)).toBeGreaterThanOrEqual(seconds);
      expect(sqs.hidden.get(receipt)).toBeLessThanOrEqual(seconds + (seconds > 50 ? 70 : 10));
    }
    // Another batch, and another copy of the function, wait too: a short while here, else in the queue.
    const allowedFrom = START + seconds * 1000;
    const again = await deliver(users('c'));
    if (clock < allowedFrom) {
      expect(again).toEqual([0]);
      expect(requests).toBe(1);
      clock = allowedFrom - 6_000;
      expect(await deliver(users('c'))).toEqual([]);
    }
    expect(clock).toBeGreaterThanOrEqual(allowedFrom);
    expect(requests).toBe(2);
    expect(problems()).toEqual([]);
  });

  it('and answers with an error, the next message is tried; where it does not answer, none is', async () => {
    answers = [{ status: 500 }];
    expect(await deliver(users('a', 'b'))).toEqual([0]);
    expect(posted).toHaveLength(1);
    later();
    answers = [RESET];
    expect(await deliver(users('c', 'd'))).toEqual([0, 1]);
    expect(posted).toHaveLength(1);
  });

  it('begins no message that Lambda may interrupt', async () => {
    // Each answer takes twelve seconds by the clock.
    server.on('request', () => {
      clock += 12_000;
    });
    const sweeps = ['1', '2', '3', '4', '5'].map((id) =>
      sweepFinished({ id, account: `11112222333${id}` }),
    );
    const back = await deliver(sweeps);
    expect(posted.length + back.length).toBe(5);
    expect(clock - START).toBeLessThan(60_000);
    expect(back.length).toBeGreaterThan(0);
    expect(problems()).toEqual([]);
  });

  it('one poison outcome in a digest delays no other', async () => {
    answers = [
      { status: 400, body: 'invalid_blocks' },
      { status: 200 },
      { status: 400, body: 'invalid_blocks' },
    ];
    expect(await deliver(users('a', 'poison', 'c'))).toEqual([]);
    expect(posted.map(({ text }) => text.split(' ')[0])).toEqual(['a', 'c']);
    expect(setAside().map(({ body }) => body)).toEqual([bodyOf(users('poison')[0] as Outcome)]);
  });

  it('records that failed together come back apart, so that one poison outcome delays no other for ever', async () => {
    const draws = [0, 0.5, 1];
    random = () => draws.shift() as number;
    answers = [{ status: 500 }];
    expect(await deliver(users('a', 'poison', 'c'), 8)).toEqual([0, 1, 2]);
    expect(['r0', 'r1', 'r2'].map((receipt) => sqs.hidden.get(receipt))).toEqual([360, 480, 660]);
  });

  it('for hours, nothing is lost: each record comes back until Slack is there again', async () => {
    for (let receives = 1; receives <= 12; receives += 1) {
      answers = [{ status: 503 }];
      expect(await deliver([blocked()], receives)).toEqual([0]);
      later(1_000_000);
    }
    expect(await deliver([blocked()], 13)).toEqual([]);
    expect(posted).toHaveLength(1);
    expect(setAside()).toEqual([]);
  });
});

describe('two copies of the function', () => {
  it('never post at once, and a postponed record is no error', async () => {
    const [first, second] = await Promise.all([deliver(users('a')), deliver(users('b'))]);
    expect([...(first ?? []), ...(second ?? [])]).toHaveLength(1);
    expect(posted).toHaveLength(1);
    expect(problems()).toEqual([]);
    expect(logged.filter(({ message }) => message === 'record postponed')).toHaveLength(1);
  });

  it('release only a send lock that is still theirs', async () => {
    // Slack answers after the turn has ended by itself, and another copy has taken it.
    const others = {
      id: { S: 'slack-send-lock' },
      owner: { S: 'another' },
      until: { N: String(START + 90_000) },
      inUse: { BOOL: true },
    };
    const { send } = dynamo;
    dynamo.send = (async (command: object) => {
      const { ConditionExpression = '' } = (command as { input: { ConditionExpression?: string } })
        .input;
      if (ConditionExpression === '#owner = :me') dynamo.items.set('slack-send-lock', others);
      return send.call(dynamo, command);
    }) as typeof dynamo.send;
    expect(await deliver(users('a'))).toEqual([]);
    expect(dynamo.items.get('slack-send-lock')).toEqual(others);
  });

  it('the second goes on if the first has died with the send lock', async () => {
    // The instance dies while it posts, and keeps the send lock until it expires.
    dynamo.fail.PutItem = 0;
    const { send } = dynamo;
    dynamo.send = (async (command: object) => {
      const { ConditionExpression = '' } = (command as { input: { ConditionExpression?: string } })
        .input;
      if (ConditionExpression === '#owner = :me') throw new Error('the process is gone');
      return send.call(dynamo, command);
    }) as typeof dynamo.send;
    await deliver(users('a'));
    dynamo.send = send;
    const from = clock;
    expect(await deliver(users('b'))).toEqual([0]);
    clock = from + 59_000;
    expect(await deliver(users('b'))).toEqual([]);
    expect(clock).toBeGreaterThanOrEqual(from + 60_000);
  });
});

describe('an unchanged outcome', () => {
  const bySweep = (sweepId: string) => sweepCause(sweepId, clock);
  const NIGHT = 24 * 60 * 60 * 1000;
  const nightly = (night: number, change: Partial<ReturnType<typeof sweepFinished>> = {}) =>
    sweepFinished({
      id: `sweep-finished/${night}`,
      startedAt: new Date(clock).toISOString(),
      ...change,
    });

  it('is posted once, and again after a week if it still needs a person', async () => {
    const counts: number[] = [];
    for (let night = 0; night < 9; night += 1) {
      await deliver([nightly(night)]);
      counts.push(posted.length);
      later(NIGHT);
    }
    expect(counts).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2]);
  });

  it('of a clean sweep is posted once a week', async () => {
    const counts: number[] = [];
    for (let night = 0; night < 15; night += 1) {
      await deliver([nightly(night, { differences: 0, differing: [] })]);
      counts.push(posted.length);
      later(NIGHT);
    }
    expect([counts[0], counts[6], counts[7], counts[13], counts[14]]).toEqual([1, 1, 2, 2, 3]);
  });

  it('is not posted after the sweep that made corrections', async () => {
    await deliver([nightly(1)]);
    later(NIGHT);
    const totals = { ...sweepFinished().totals, blocked: 2, unprotected: 0 };
    await deliver([
      nightly(2, { differences: 0, differing: [], totals, blockedUsers: ['dana', 'frank'] }),
    ]);
    expect(posted).toHaveLength(1);
  });

  it.each([['a break-glass user without MFA', { breakGlassWithoutMfa: ['fire'] }]])(
    'is not %s, though all else is clean: posted once',
    async (_, change) => {
      const clean = { differences: 0, differing: [] };
      await deliver([nightly(1, clean)]);
      for (const night of [2, 3, 4]) {
        later(NIGHT);
        await deliver([nightly(night, { ...clean, ...change })]);
      }
      expect(posted).toHaveLength(2);
    },
  );

  it('is posted again once it changes, with the changes of the totals', async () => {
    await deliver([nightly(1)]);
    later(NIGHT);
    const totals = { ...sweepFinished().totals, blocked: 5 };
    await deliver([nightly(2, { totals, blockedUsers: ['frank', 'gina'] })]);
    expect(JSON.stringify(posted[1])).toContain('*Blocked*\\n5 (+4)');
  });

  it('is not an exemption that ends: it is announced a week before and a day before', async () => {
    const clean = { differences: 0, differing: [] };
    const counts: number[] = [];
    for (let night = 1; night <= 8; night += 1) {
      const ending = night === 1 || night === 7;
      const endingExemptions = ending ? [{ user: 'robot', until: '2026-03-08' }] : [];
      await deliver([nightly(night, { ...clean, endingExemptions })]);
      counts.push(posted.length);
      later(NIGHT);
    }
    expect(counts).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
  });

  it('is posted again if it was over in between', async () => {
    const bad = sweepFinished();
    const clean = { differences: 0, differing: [] };
    for (const change of [bad, clean, bad, bad]) {
      const { differences, differing } = { ...bad, ...change };
      await deliver([nightly(clock, { differences, differing })]);
      later(NIGHT);
    }
    expect(posted).toHaveLength(2);
  });

  it.each([
    ['an open breaker', (id: string) => breakerOpen({ id })],
    [
      'a policy that is gone',
      (id: string) => policyOutcome({ id, state: 'missing', cause: bySweep(id) }),
    ],
    ['tampering', (id: string) => tampering({ id, cause: bySweep(id) })],
  ])('of %s is posted once, and again once it was over for two nights', async (_, outcome) => {
    const counts: number[] = [];
    for (const night of [1, 2, 3, 6, 7]) {
      clock = START + night * NIGHT;
      await deliver([outcome(`n${night}`)]);
      counts.push(posted.length);
    }
    expect(counts).toEqual([1, 1, 1, 2, 2]);
  });

  it('is not a restored policy: each one is posted', async () => {
    for (const night of [1, 2, 3]) {
      clock = START + night * NIGHT;
      await deliver([policyOutcome({ id: `n${night}`, state: 'restored', cause: bySweep('s') })]);
    }
    expect(posted).toHaveLength(3);
  });

  it('is posted as done, even if it was posted as "would" in observe mode', async () => {
    await deliver([blocked({ mode: 'observe' })]);
    later();
    await deliver([blocked()]);
    expect(posted).toHaveLength(2);
  });

  it('is looked for within a batch, too', async () => {
    const first = nightly(1, { at: new Date(clock - 1000).toISOString() });
    const clean = nightly(2, { differences: 0, differing: [] });
    expect(await deliver([clean, first])).toEqual([]);
    expect(posted.map(({ text }) => text)).toEqual([
      expect.stringContaining('1 of 4 users needs a change'),
    ]);
  });

  it('of an older sweep that comes late is dropped', async () => {
    await deliver([nightly(2)]);
    later();
    await deliver([
      nightly(1, { startedAt: new Date(START - NIGHT).toISOString(), differences: 9 }),
    ]);
    expect(posted).toHaveLength(1);
  });

  it('of a user who could not be blocked is not repeated by every sweep, but posted after an event', async () => {
    await deliver([couldNot({ id: '1', cause: bySweep('s1') })]);
    later(NIGHT);
    await deliver([couldNot({ id: '2', cause: bySweep('s2') })]);
    expect(posted).toHaveLength(1);
    later(NIGHT);
    await deliver([couldNot({ id: '3' })]);
    expect(posted).toHaveLength(2);
    later(NIGHT);
    await deliver([
      couldNot({ id: '4', cause: bySweep('s3'), why: { code: 'x', text: 'another' } }),
    ]);
    expect(posted).toHaveLength(3);
  });

  it('is never a block or an unblock: each is posted', async () => {
    for (const id of ['1', '2']) {
      await deliver([blocked({ id: `h${id}`, cause: bySweep(id) })]);
      later(NIGHT);
      await deliver([unblocked({ id: `r${id}`, cause: bySweep(id) })]);
      later(NIGHT);
    }
    expect(posted).toHaveLength(4);
  });
});

describe('of the accounts of an organization', () => {
  const HOUR = 60 * 60 * 1000;
  const NIGHT = 24 * HOUR;
  const SPOKE = '444455556666';
  const at = () => new Date(clock).toISOString();
  const byEvent = blocked().cause;

  let made = 0;
  const unreachable = (cause: Cause = sweepCause('s', clock)) => {
    made += 1;
    return unreachableAccount({ id: `out/${made}`, account: SPOKE, at: at(), cause });
  };
  const rolledUp = (change: Partial<ReturnType<typeof sweepFinished>> = {}) =>
    sweepFinished({
      id: `sweep-finished/${clock}`,
      account: SPOKE,
      at: at(),
      startedAt: at(),
      rolledUp: true,
      ...change,
    });
  const organization = (change: Partial<ReturnType<typeof organizationSwept>> = {}) =>
    organizationSwept({ id: `organization/${clock}`, at: at(), startedAt: at(), ...change });

  it('an unreachable one is posted once, and again after a week', async () => {
    const counts: number[] = [];
    for (let night = 0; night < 9; night += 1) {
      await deliver([unreachable(byEvent)]);
      counts.push(posted.length);
      later(NIGHT);
    }
    expect(counts).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2]);
  });

  it('events and sweeps find the same account unreachable: it is posted once', async () => {
    await deliver([unreachable(byEvent)]);
    later(HOUR);
    await deliver([unreachable(byEvent), unreachable()]);
    later(NIGHT);
    await deliver([unreachable()]);
    expect(posted).toHaveLength(1);
  });

  it('those that a sweep could not reach are only in its summary', async () => {
    const many = Array.from({ length: 300 }, (_, index) => {
      return { ...unreachable(), account: String(100_000_000_000 + index), id: `u-${index}` };
    });
    await deliver(many);
    expect(posted).toEqual([]);
  });

  it('one that was swept in between is posted when it is unreachable again', async () => {
    await deliver([unreachable(byEvent)]);
    later(2 * HOUR);
    await deliver([rolledUp()]);
    later(HOUR);
    await deliver([unreachable(byEvent)]);
    expect(posted).toHaveLength(2);
    later(HOUR);
    await deliver([unreachable(byEvent)]);
    expect(posted).toHaveLength(2);
  });

  it('a sweep and a failure in one batch are taken in their order', async () => {
    await deliver([unreachable(byEvent)]);
    later(HOUR);
    const swept = rolledUp();
    later(HOUR);
    await deliver([unreachable(byEvent), swept]);
    expect(posted).toHaveLength(2);
  });

  it('another that was swept in between does not count', async () => {
    await deliver([unreachable(byEvent)]);
    later(HOUR);
    await deliver([rolledUp({ account: '777788889999' })]);
    later(HOUR);
    await deliver([unreachable(byEvent)]);
    expect(posted).toHaveLength(1);
  });

  it('it is posted when it is unreachable for another reason', async () => {
    await deliver([unreachable(byEvent)]);
    later(NIGHT);
    await deliver([{ ...unreachable(byEvent), why: { code: 'spoke-wrong', text: 'a wrong tag' } }]);
    expect(posted).toHaveLength(2);
  });

  it('a sweep in the summary has no message of its own, and is recorded', async () => {
    expect(await deliver([rolledUp(), rolledUp({ id: 'other', account: '777788889999' })])).toEqual(
      [],
    );
    expect(posted).toEqual([]);
    later(NIGHT);
    const totals = { ...sweepFinished().totals, blocked: 5 };
    await deliver([rolledUp({ rolledUp: false, totals })]);
    expect(JSON.stringify(posted[0])).toContain('*Blocked*\\n5 (+4)');
  });

  it('an older sweep that comes late does not replace the record', async () => {
    const old = rolledUp();
    later(NIGHT);
    await deliver([rolledUp({ totals: { ...sweepFinished().totals, blocked: 2 } })]);
    later();
    await deliver([old]);
    later(NIGHT);
    await deliver([
      rolledUp({ rolledUp: false, totals: { ...sweepFinished().totals, blocked: 5 } }),
    ]);
    expect(JSON.stringify(posted[0])).toContain('*Blocked*\\n5 (+3)');
  });

  it('the summary is posted when something changed, else once a week', async () => {
    const counts: number[] = [];
    for (let night = 0; night < 9; night += 1) {
      await deliver([organization()]);
      counts.push(posted.length);
      later(NIGHT);
    }
    expect(counts).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2]);
  });

  const totals = organizationSwept().totals;
  const accounts = { listed: 1, swept: 1, unswept: 0, inactive: 0, observing: 0 };
  const named = { account: SPOKE, accountName: 'Data', alias: null };
  const clean = { differences: 0, totals: { ...totals, unprotected: 0 }, withFindings: [] };

  it.each([
    ['more are unprotected', { totals: { ...totals, unprotected: 7 } }],
    ['more accounts are in observe mode', { accounts: { ...accounts, observing: 1 } }],
    [
      'an account could not be swept',
      {
        ...clean,
        accounts: { ...accounts, listed: 2, unswept: 1 },
        unswept: [{ ...named, why: { code: 'late', text: 'its sweep has not finished' } }],
      },
    ],
    [
      'a break-glass user has no MFA',
      { ...clean, breakGlassWithoutMfa: [{ ...named, user: 'fire' }] },
    ],
    [
      'an exemption ends',
      { ...clean, endingExemptions: [{ ...named, user: 'robot', until: '2026-12-01' }] },
    ],
  ])('the summary is posted when %s, and only once', async (_, change) => {
    await deliver([organization()]);
    for (let night = 0; night < 3; night += 1) {
      later(NIGHT);
      const ending = night > 0 ? { endingExemptions: [] } : {};
      await deliver([organization({ ...change, ...ending })]);
    }
    expect(posted).toHaveLength(2);
  });

  it('the summary of a night after all corrections is not posted', async () => {
    await deliver([organization()]);
    later(NIGHT);
    await deliver([organization(clean)]);
    expect(posted).toHaveLength(1);
  });

  it('a late summary of an older sweep is dropped', async () => {
    const old = organization({ differences: 9 });
    later(NIGHT);
    await deliver([organization()]);
    later();
    await deliver([old]);
    expect(posted).toHaveLength(1);
  });

  it('a summary is a message of its own, with the changes of the totals', async () => {
    await deliver([organization()]);
    later(NIGHT);
    await deliver([
      ...users('a', 'b', 'c'),
      organization({ totals: { ...totals, unprotected: 3, users: 6 } }),
    ]);
    expect(posted.map(({ text }) => text.split(' ')[0])).toEqual(['Nightly', 'MFA', 'Nightly']);
    expect(JSON.stringify(posted[2])).toContain('*Unprotected*\\n3 (+2)');
  });
});

describe('a faulty deployment', () => {
  it.each([
    ['not JSON', 'cannot read the outcome: not JSON'],
    ['{"source":"aws.iam","detail":{}}', /^cannot read the outcome: source: /],
    [
      JSON.stringify({ source: 'mfa-enforcer', detail: { ...blocked(), version: 2 } }),
      /detail.version: /,
    ],
  ])(
    'a record that is no outcome of ours goes to the dead-letter queue, and delays no other: %s',
    async (body, problem) => {
      expect(await deliver([body, blocked()])).toEqual([]);
      expect(problems()[0]).toMatch(problem);
      expect(setAside().map((one) => one.body)).toEqual([body]);
      expect(posted).toHaveLength(1);
    },
  );

  it('logs that the webhook is a workflow’s trigger, without the URL, and waits for another', async () => {
    ssm.value = `https://hooks.slack.com/triggers/T0/1/${CANARY}`;
    expect(await deliver([blocked()])).toEqual([0]);
    expect(problems()[0]).toMatch(/^The Slack webhook is a workflow’s trigger \(\/triggers\/…\): /);
    expect(JSON.stringify(logged)).not.toContain(CANARY);
    expect(requests).toBe(0);
  });

  it('logs how to store a missing webhook, and waits for it', async () => {
    ssm.value = null;
    expect(await deliver([blocked()])).toEqual([0]);
    expect(problems()[0]).toContain(
      'aws ssm put-parameter --type SecureString --name /mfa-enforcer/slack-webhook',
    );
    expect(sqs.hidden.get('r0')).toBe(5);
  });

  it('posts to Slack’s hosts only, loopback only in the local run', async () => {
    expect(await deliver([blocked()], 1, false)).toEqual([0]);
    expect(requests).toBe(0);
    expect(JSON.stringify([logged, problems()])).not.toContain(CANARY);
  });

  it('posts nothing if the visibility timeout of a message could not be changed', async () => {
    answers = [{ status: 500 }];
    sqs.fail = 1;
    expect(await deliver([blocked()])).toEqual([0]);
    expect(logged.map(({ message }) => message)).toContain(
      'the visibility timeout of a message could not be changed',
    );
  });
});

describe('the log of notify-slack', () => {
  const lines = () => logged.map(({ level, message, values }) => [level, message, values]);

  it('has what was posted, and what needed no message', async () => {
    await deliver(users('a', 'b', 'c'));
    expect(lines()).toEqual([
      ['info', 'posted', { outcomeIds: ['user-blocked/a', 'user-blocked/b', 'user-blocked/c'] }],
    ]);
    logged = [];
    later();
    await deliver(users('a'));
    expect(lines()).toEqual([['info', 'nothing to post', { outcomeId: 'user-blocked/a' }]]);
  });

  it('has the reason why each record comes back later', async () => {
    const why = () =>
      logged
        .filter(({ message }) => message === 'record postponed')
        .map(({ values }) => (values as { why: string }).why);
    answers = [{ status: 429, headers: { 'retry-after': '30' } }];
    await deliver(users('a', 'b'));
    expect(why()).toEqual(['postponed: Slack is busy (429)', 'postponed: waits for Slack']);
    logged = [];
    // Slack's pause lasts.
    await deliver(users('c'));
    expect(why()).toEqual(['postponed: another instance posts to Slack']);
    expect(sqs.hidden.get('r0')).toBeGreaterThanOrEqual(30);
    expect(sqs.hidden.get('r0')).toBeLessThan(45);
  });

  it('has what was moved to the dead-letter queue, and what Slack refused', async () => {
    answers = [{ status: 400, body: 'invalid_blocks' }];
    await deliver([...users('a', 'b', 'c'), '{']);
    const problem = 'HTTP 400 (invalid_blocks)';
    expect(lines().slice(0, 2)).toEqual([
      ['error', 'moved to the dead-letter queue', { messageId: 'm3', problem: expect.any(String) }],
      ['warn', 'Slack refused a digest: each outcome is posted alone', { problem }],
    ]);
  });

  it('has that the visibility could not be changed, and that the send lock expires', async () => {
    const { send } = dynamo;
    let puts = 0;
    dynamo.send = (async (command: object) => {
      puts += command.constructor.name === 'PutItemCommand' ? 1 : 0;
      if (puts === 2) throw new Error('DynamoDB is unavailable');
      return send.call(dynamo, command);
    }) as typeof dynamo.send;
    answers = [{ status: 500 }];
    sqs.fail = 1;
    await deliver([blocked()]);
    expect(lines().slice(0, 2)).toEqual([
      [
        'warn',
        'the visibility timeout of a message could not be changed',
        { messageId: 'm0', error: new Error('SQS is unavailable') },
      ],
      [
        'warn',
        'the send lock could not be given up and expires by itself',
        { error: new Error('DynamoDB is unavailable') },
      ],
    ]);
  });

  it('has what could not be recorded, and nothing else', async () => {
    const { send } = dynamo;
    dynamo.send = (async (command: object) => {
      const { input } = command as { input: { Item?: { id?: { S?: string } } } };
      if (input.Item?.id?.S?.startsWith('last/')) throw new Error('DynamoDB is unavailable');
      return send.call(dynamo, command);
    }) as typeof dynamo.send;
    await deliver([sweepFinished()]);
    await deliver([sweepFinished({ rolledUp: true, id: 'sweep-finished/2' })]);
    const error = new Error('DynamoDB is unavailable');
    expect(lines().filter(([level]) => level === 'warn')).toEqual([
      ['warn', 'a posted outcome could not be recorded', { error }],
      ['warn', 'a repeated outcome could not be recorded', { error }],
    ]);
  });
});

describe('the history of Slack messages', () => {
  const DAY_MS = 24 * 60 * 60_000;
  const entries = () =>
    [...dynamo.items]
      .filter(([id]) => id !== 'slack-send-lock')
      .map(([id, { body, expires }]) => ({
        id,
        body: JSON.parse(body?.S ?? 'null') as Record<string, unknown>,
        days: Math.round((Number(expires?.N) * 1000 - START) / DAY_MS),
      }));

  it('has each id for 30 days, and the last message of a kind for 400', async () => {
    await deliver([sweepFinished({ id: 'sweep-finished/1' })]);
    const sentAt = new Date(START).toISOString();
    expect(entries()).toMatchObject([
      { id: 'sent/enforce/sweep-finished/1', body: { sentAt }, days: 30 },
      { id: expect.stringMatching(/^last\//), body: { sentAt, seenAt: sentAt }, days: 400 },
    ]);
  });

  it('has no last message of a kind that is always posted, such as a block', async () => {
    await deliver([blocked()]);
    expect(entries().map(({ id }) => id)).toEqual([expect.stringMatching(/^sent\/enforce\//)]);
    later();
    await deliver([blocked()]);
    expect(entries()).toHaveLength(1);
  });

  it('has what was seen without a message for 400 days, too', async () => {
    await deliver([sweepFinished({ rolledUp: true })]);
    expect(entries()).toMatchObject([{ id: expect.stringMatching(/^last\//), days: 400 }]);
  });

  it('does not count an invalid entry: the outcome is posted again', async () => {
    await deliver([sweepFinished({ id: 'sweep-finished/1' })]);
    for (const [id, item] of dynamo.items) {
      if (!id.startsWith('last/')) continue;
      const body = JSON.parse(item.body?.S ?? '') as object;
      for (const spoilt of ['sent', 'seen']) {
        posted = [];
        later();
        const S = JSON.stringify({ ...body, [spoilt]: { kind: 'of old' } });
        dynamo.items.set(id, { ...item, body: { S } });
        await deliver([sweepFinished({ id: `sweep-finished/${spoilt}` })]);
        expect(posted).toHaveLength(1);
      }
    }
  });

  it('has digests of forty at most, each user once', async () => {
    const names = Array.from({ length: 90 }, (_, index) => `user-${100 + index}`);
    await deliver(users(...names));
    const matched = posted.map((message) => [...JSON.stringify(message).matchAll(/`(user-\d+)`/g)]);
    const named = matched.map((matches) => new Set(matches.map(([, name]) => name)));
    expect(named.flatMap((one) => [...one]).sort()).toEqual(names);
    expect(named.map(({ size }) => size)).toEqual([40, 40, 10]);
  });
});
