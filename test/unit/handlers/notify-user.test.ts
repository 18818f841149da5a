import { ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../events/outcome.ts';
import { notifyUser } from '../../../functions/notify-user.ts';
import { MemoryQueues } from '../../fakes/memory-buses.ts';
import { MemoryDynamo } from '../../fakes/memory-dynamo.ts';
import { MemorySes, sesError } from '../../fakes/memory-ses.ts';
import {
  blocked,
  breakerOpen,
  couldNot,
  enrolmentDue,
  sweepFinished,
  unblocked,
} from '../../fakes/outcomes.ts';
import { type Logged, START } from '../../fakes/pipeline.ts';
import { context, sqsEventOf } from '../../fakes/sqs-event.ts';

const QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/mails';
const DEAD_LETTER_QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/failed-mails';
const DAY_MS = 24 * 60 * 60 * 1000;

/** SSM with the text of the mails; null where the deployment has none. */
class MemorySsm extends SSMClient {
  text: string | null = null;
  constructor() {
    super({
      region: 'us-east-1',
      credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
    });
  }
  override async send(): Promise<never> {
    if (this.text === null) throw new ParameterNotFound({ message: '', $metadata: {} });
    return { Parameter: { Value: this.text, Type: 'String' } } as never;
  }
}

let ses: MemorySes;
let ssm: MemorySsm;
let sqs: MemoryQueues;
let dynamo: MemoryDynamo;
let logged: Logged[];
let clock: number;

beforeEach(() => {
  ses = new MemorySes();
  ssm = new MemorySsm();
  sqs = new MemoryQueues();
  dynamo = new MemoryDynamo();
  logged = [];
  clock = START;
});

function handler() {
  const write =
    (level: string) =>
    (message: unknown, ...values: unknown[]) => {
      logged.push({ level, message: String(message), values: values[0] });
    };
  return notifyUser({
    ses,
    ssm,
    sqs,
    dynamo,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    config: {
      from: 'aws@example.com',
      textParameter: '/mfa-enforcer/mail-text',
      helpContact: 'the help desk',
      queueUrl: QUEUE,
      failedMessagesUrl: DEAD_LETTER_QUEUE,
      stateTable: 'memory',
      partition: 'aws',
      enrolWith: 'console',
      unblock: 'on-enrolment',
    },
    now: () => new Date(clock),
    sleep: async (ms) => {
      clock += ms;
    },
    random: () => 1,
  });
}

/** Delivers a batch. @returns the indices of the records that come back */
async function deliver(outcomes: readonly (Outcome | string)[], receives = 1) {
  const event = sqsEventOf(
    outcomes.map((one) =>
      typeof one === 'string' ? one : JSON.stringify({ source: 'mfa-enforcer', detail: one }),
    ),
  );
  for (const { attributes } of event.Records) attributes.ApproximateReceiveCount = String(receives);
  const { batchItemFailures } = await handler()(event, context);
  return batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.slice(1)));
}

const at = () => new Date(clock).toISOString();
const addressOf = (user: string) => `${user}@example.com`;
const blockOf = (user: string, change: Parameters<typeof blocked>[0] = {}) =>
  blocked({ user, id: `user-blocked/${user}`, at: at(), email: addressOf(user), ...change });
const unblockOf = (user: string, change: Parameters<typeof unblocked>[0] = {}) =>
  unblocked({ user, id: `user-unblocked/${user}`, at: at(), email: addressOf(user), ...change });
const dueOf = (user: string, step: 'started' | 'half-time' | 'last') =>
  enrolmentDue({
    user,
    step,
    id: `enrolment-due/${user}/${step}`,
    at: at(),
    until: '2026-12-01T14:00:00.000Z',
    email: addressOf(user),
  });
const ending = (...users: string[]) =>
  users.map((user) => ({ user, until: '2026-03-08', email: addressOf(user) }));
const sweep = (...users: string[]) =>
  sweepFinished({ id: 'sweep-finished/1', at: at(), endingExemptions: ending(...users) });
const receivers = () => ses.sent.map(({ to }) => to.join());
const setAside = () => sqs.sent.filter(({ queueUrl }) => queueUrl === DEAD_LETTER_QUEUE);
const problems = () =>
  logged
    .filter(({ level }) => level === 'error')
    .map(({ values }) => {
      const { error, problem } = values as { error?: Error; problem?: string };
      return error?.message ?? problem;
    });
const entries = () =>
  Object.fromEntries(
    [...dynamo.items]
      .filter(([id]) => id.startsWith('mail/'))
      .map(([id, { body }]) => [id, JSON.parse(body?.S ?? '') as unknown]),
  );

describe('notify-user', () => {
  it('sends one mail from the deployment’s address to the user’s', async () => {
    expect(await deliver([blockOf('dana')])).toEqual([]);
    const [mail, ...others] = ses.sent;
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ from: 'aws@example.com', to: ['dana@example.com'] });
    expect(mail?.text).toContain('the help desk');
    expect(mail?.html).toContain('dana');
    expect(entries()).toEqual({
      'mail/111122223333/blocked/dana': { sentAt: at(), outcomes: ['user-blocked/dana'] },
    });
  });

  it.each<[string, () => Outcome, string[]]>([
    ['a block', () => blockOf('dana'), ['dana@example.com']],
    ['an unblock', () => unblockOf('dana'), ['dana@example.com']],
    [
      'a sweep, for each exemption that ends',
      () => sweep('dana', 'erin'),
      ['dana@example.com', 'erin@example.com'],
    ],
    ['a time to enrol', () => dueOf('dana', 'started'), ['dana@example.com']],
    [
      'a time to enrol in observe mode',
      () => ({ ...dueOf('dana', 'started'), mode: 'observe' }),
      [],
    ],
    ['a block in observe mode', () => blockOf('dana', { mode: 'observe' }), []],
    ['a sweep in observe mode', () => ({ ...sweep('dana'), mode: 'observe' }), []],
    ['a block without an address', () => blocked({ at: at() }), []],
    [
      'a sweep without addresses',
      () => sweepFinished({ at: at(), endingExemptions: [{ user: 'dana', until: '2026-03-08' }] }),
      [],
    ],
    ['a user who could not be blocked', () => couldNot({ at: at() }), []],
    ['an open circuit breaker', () => breakerOpen({ at: at() }), []],
  ])('sends the mails of %s', async (_, outcome, to) => {
    expect(await deliver([outcome()])).toEqual([]);
    expect(receivers()).toEqual(to);
    expect(setAside()).toEqual([]);
  });

  it('says with which device and from where a user enrolled', async () => {
    const actor = { type: 'IAMUser', name: 'dana', sourceIp: '203.0.113.7' };
    const serial = 'arn:aws:iam::111122223333:mfa/phone';
    const enrolment = { serial, actor, findings: [], suspicious: false };
    await deliver([unblockOf('dana', { enrolment })]);
    expect(ses.sent[0]?.text).toContain(serial);
    expect(ses.sent[0]?.text).toContain('203.0.113.7');
  });

  it('names the account as people call it', async () => {
    await deliver([blockOf('dana', { alias: 'acme-alias', accountName: null })]);
    await deliver([blockOf('erin', { alias: 'acme-alias', accountName: 'acme-name' })]);
    expect(ses.sent[0]?.text).toContain('acme-alias');
    expect(ses.sent[1]?.text).toContain('acme-name');
  });
});

describe('no mail is sent twice', () => {
  it.each([
    ['a batch', [0, 0]],
    ['two deliveries', [0]],
  ])('of an outcome that comes twice in %s', async (_, indices) => {
    const outcome = blockOf('dana');
    await deliver(indices.map(() => outcome));
    expect(await deliver([outcome])).toEqual([]);
    clock += 2 * DAY_MS;
    expect(await deliver([outcome])).toEqual([]);
    expect(receivers()).toEqual(['dana@example.com']);
  });

  it('of a kind on one day, and each kind has its own', async () => {
    await deliver([blockOf('dana')]);
    clock += 60_000;
    await deliver([unblockOf('dana')]);
    clock += 60_000;
    await deliver([blockOf('dana', { id: 'user-blocked/again' })]);
    await deliver([unblockOf('dana', { id: 'user-unblocked/again' })]);
    expect(ses.sent).toHaveLength(2);
    clock += DAY_MS;
    await deliver([blockOf('dana', { id: 'user-blocked/tomorrow' })]);
    expect(ses.sent).toHaveLength(3);
  });

  it('of a reminder, and each step of a day has its own', async () => {
    const steps = ['started', 'half-time', 'last'] as const;
    for (const step of [...steps, ...steps]) await deliver([dueOf('dana', step)]);
    expect(ses.sent).toHaveLength(3);
    expect(new Set(ses.sent.map(({ subject }) => subject)).size).toBeGreaterThan(1);
    expect(ses.sent[2]?.text).toContain('2026-12-01 14:00 UTC');
  });

  it('of an outcome that was dropped yesterday', async () => {
    const dropped = blockOf('dana', { id: 'user-blocked/dropped' });
    await deliver([blockOf('dana')]);
    const before = entries();
    clock += 1000;
    await deliver([dropped]);
    expect(entries()).toEqual({
      'mail/111122223333/blocked/dana': {
        ...(before['mail/111122223333/blocked/dana'] as object),
        outcomes: ['user-blocked/dropped', 'user-blocked/dana'],
      },
    });
    clock += DAY_MS;
    await deliver([dropped]);
    expect(ses.sent).toHaveLength(1);
  });

  it('of two outcomes of a day in one batch: the first one is sent', async () => {
    const first = blockOf('dana', { id: 'user-blocked/first' });
    const second = {
      ...first,
      id: 'user-blocked/second',
      at: new Date(clock + 1000).toISOString(),
    };
    expect(await deliver([second, first])).toEqual([]);
    expect(receivers()).toEqual(['dana@example.com']);
    expect(JSON.stringify(entries())).toContain('user-blocked/first');
  });

  it('by two instances at once', async () => {
    await Promise.all([deliver([blockOf('dana')]), deliver([blockOf('dana', { id: 'other' })])]);
    expect(receivers()).toEqual(['dana@example.com']);
  });

  it('whatever the case of the name', async () => {
    await deliver([blockOf('dana')]);
    await deliver([blockOf('Dana', { id: 'user-blocked/case' })]);
    expect(ses.sent).toHaveLength(1);
  });

  it('to another account’s user of the same name', async () => {
    await deliver([blockOf('dana')]);
    await deliver([blockOf('dana', { id: 'user-blocked/other', account: '444455556666' })]);
    expect(ses.sent).toHaveLength(2);
  });

  it('except after a crash between SES’s answer and the record', async () => {
    const outcome = blockOf('dana');
    ses.afterTaken = () => {
      dynamo.fail.PutItem = 2;
    };
    expect(await deliver([outcome])).toEqual([]);
    expect(logged.map(({ message }) => message)).toContain(
      'a mail could not be recorded and may be sent twice',
    );
    ses.afterTaken = () => undefined;
    clock += 120_000;
    await deliver([outcome]);
    clock += 120_000;
    await deliver([outcome]);
    expect(ses.sent).toHaveLength(2);
  });
});

describe('no mail is lost', () => {
  it.each([
    ['TooManyRequestsException', 'Maximum sending rate exceeded.', 7],
    ['TooManyRequestsException', 'Daily message quota exceeded.', 900],
    ['SendingPausedException', '', 5],
    ['AccessDeniedException', '', 5],
    ['InternalServiceErrorException', '', 5],
    ['TimeoutError', '', 5],
  ])('while SES answers %s (%s): the message comes back after %i s', async (name, text, least) => {
    ses.errors.set('*', sesError(name, text));
    expect(await deliver([blockOf('dana'), blockOf('erin')])).toEqual([0, 1]);
    // The others are not tried: they would fail in the same way.
    expect(ses.asked).toEqual(['dana@example.com']);
    for (const seconds of sqs.hidden.values()) expect(seconds).toBeGreaterThanOrEqual(least);
    expect(setAside()).toEqual([]);
    ses.errors.clear();
    clock += 1_000_000;
    expect(await deliver([blockOf('dana'), blockOf('erin')])).toEqual([]);
    expect(receivers()).toEqual(['dana@example.com', 'erin@example.com']);
  });

  it.each(['GetItem', 'PutItem'])('while %s fails: it waits for the table', async (action) => {
    for (const receives of [1, 2, 3, 500]) {
      dynamo.fail[action] = 1;
      expect(await deliver([blockOf('dana')], receives)).toEqual([0]);
      clock += 1_000_000;
    }
    expect(ses.asked).toEqual([]);
    expect(await deliver([blockOf('dana')], 501)).toEqual([]);
    expect(receivers()).toEqual(['dana@example.com']);
  });

  it('while another instance sends: it waits for its turn', async () => {
    dynamo.items.set('mail-send-lock', {
      id: { S: 'mail-send-lock' },
      owner: { S: 'other' },
      until: { N: String(clock + 60_000) },
      inUse: { BOOL: true },
    });
    expect(await deliver([blockOf('dana')])).toEqual([0]);
    expect(logged.at(-1)?.values).toMatchObject({
      why: 'postponed: another instance posts to SES',
    });
    clock += 120_000;
    expect(await deliver([blockOf('dana')])).toEqual([]);
  });

  it('where the time of an invocation does not suffice', async () => {
    const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
    ses.afterTaken = () => {
      clock += 3_000;
    };
    const outcome = sweep(...users);
    for (let tries = 1; tries < 10 && (await deliver([outcome], tries)).length > 0; tries += 1) {
      clock += 120_000;
    }
    expect(receivers()).toEqual(users.map(addressOf));
    expect(problems()).toEqual([]);
  });

  it('where SES stops in the middle of a sweep’s mails', async () => {
    ses.errors.set('erin@example.com', sesError('InternalServiceErrorException'));
    const outcome = sweep('dana', 'erin', 'frank');
    expect(await deliver([outcome])).toEqual([0]);
    ses.errors.clear();
    clock += 120_000;
    expect(await deliver([outcome])).toEqual([]);
    expect(receivers()).toEqual(['dana@example.com', 'erin@example.com', 'frank@example.com']);
  });
});

describe('under faults of every kind', () => {
  const faults = [
    'none',
    'rate',
    'quota',
    'paused',
    'no answer after it was taken',
    'table cannot be read',
    'table cannot be written',
    'delivered again',
  ] as const;
  const outcomes = fc.array(
    fc.record({
      user: fc.constantFrom('dana', 'erin', 'Dana'),
      make: fc.constantFrom(blockOf, unblockOf),
      id: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('each user gets one mail of a kind a day: never none, and two only after a lost answer', async () => {
    const run = async (
      drawn: readonly { user: string; make: typeof blockOf | typeof unblockOf; id: number }[],
      steps: readonly (typeof faults)[number][],
    ) => {
      ses = new MemorySes();
      dynamo = new MemoryDynamo();
      clock = START;
      let waiting: readonly Outcome[] = drawn.map(({ user, make, id }) => {
        const outcome = make(user);
        return { ...outcome, id: `${outcome.id}/${id}` };
      });
      const keyOf = ({ kind }: Outcome, user: string) => `${kind}/${user.toLowerCase()}`;
      const asked = new Set(waiting.map((one) => keyOf(one, 'user' in one ? one.user : '')));
      let lost = 0;
      for (const fault of [...steps, 'none', 'none', 'none'] as const) {
        ses.errors.clear();
        ses.afterTaken = () => undefined;
        dynamo.fail.GetItem = fault === 'table cannot be read' ? 1 : 0;
        dynamo.fail.PutItem = fault === 'table cannot be written' ? 1 : 0;
        const errors = {
          rate: sesError('TooManyRequestsException'),
          quota: sesError('TooManyRequestsException', 'Daily message quota exceeded.'),
          paused: sesError('SendingPausedException'),
        };
        if (fault in errors) ses.errors.set('*', errors[fault as keyof typeof errors]);
        if (fault === 'no answer after it was taken') {
          ses.afterTaken = () => {
            lost += 1;
            throw sesError('TimeoutError');
          };
        }
        const back = await deliver(waiting);
        if (fault !== 'delivered again')
          waiting = waiting.filter((_, index) => back.includes(index));
        clock += 20 * 60_000;
      }
      expect(waiting).toEqual([]);
      expect(setAside()).toEqual([]);
      expect(ses.sent.length).toBeGreaterThanOrEqual(asked.size);
      expect(ses.sent.length).toBeLessThanOrEqual(asked.size + lost);
      if (lost === 0) {
        const mails = ses.sent.map(({ to, subject }) => `${to.join().toLowerCase()} ${subject}`);
        expect(new Set(mails).size).toBe(asked.size);
      }
    };
    await fc.assert(
      fc.asyncProperty(outcomes, fc.array(fc.constantFrom(...faults), { maxLength: 9 }), run),
      { numRuns: 300 },
    );
  });
});

describe('a mail that can never be sent', () => {
  it.each(['BadRequestException', 'MessageRejected'])(
    'is set aside, and stops no other one: %s',
    async (name) => {
      ses.errors.set('dana@example.com', sesError(name, 'no'));
      expect(await deliver([blockOf('dana'), blockOf('erin')])).toEqual([]);
      expect(receivers()).toEqual(['erin@example.com']);
      expect(setAside()).toHaveLength(1);
      expect(setAside()[0]?.body).toContain('user-blocked/dana');
      expect(problems()).toEqual([`SES refused the message: ${name} (no)`]);
    },
  );

  it('of a sweep stops none of its others, and is the only one sent again', async () => {
    ses.errors.set('dana@example.com', sesError('MessageRejected'));
    const outcome = sweep('dana', 'erin');
    expect(await deliver([outcome])).toEqual([]);
    expect(receivers()).toEqual(['erin@example.com']);
    expect(setAside()).toHaveLength(1);
    // The operator has fixed the cause, and requeued the message.
    ses.errors.clear();
    clock += 3 * DAY_MS;
    expect(await deliver([setAside()[0]?.body ?? ''])).toEqual([]);
    expect(receivers()).toEqual(['erin@example.com', 'dana@example.com']);
  });

  it.each([
    ['text', 'not JSON'],
    [
      'two addresses',
      JSON.stringify({
        source: 'mfa-enforcer',
        detail: blocked({ email: 'a@example.com,b@example.com' }),
      }),
    ],
    [
      'a display name',
      JSON.stringify({ source: 'mfa-enforcer', detail: blocked({ email: 'AWS <a@example.com>' }) }),
    ],
    [
      'a header',
      JSON.stringify({
        source: 'mfa-enforcer',
        detail: blocked({ email: 'a@example.com\r\nBcc: b@example.com' }),
      }),
    ],
  ])('is set aside where the message has %s', async (_, body) => {
    expect(await deliver([body, blockOf('erin')])).toEqual([]);
    expect(setAside()).toHaveLength(1);
    expect(receivers()).toEqual(['erin@example.com']);
  });

  it('comes back where it cannot be set aside', async () => {
    ses.errors.set('*', sesError('MessageRejected'));
    sqs.fail = 1;
    expect(await deliver([blockOf('dana')])).toEqual([0]);
  });
});

describe('the text of the mails', () => {
  it('is the release’s where the company’s own one is invalid, and the log says so', async () => {
    ssm.text = 'no mail at all';
    expect(await deliver([blockOf('dana')])).toEqual([]);
    expect(ses.sent).toHaveLength(1);
    expect(logged.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      'the text of the mails is invalid: the release’s text is used',
    ]);
  });

  it('is the company’s own one, and read each time', async () => {
    const { defaultMailText } = await import('../../../functions/runtime/default-mail-text.ts');
    await deliver([blockOf('dana')]);
    ssm.text = defaultMailText.replaceAll('AWS', 'ACME’s AWS');
    await deliver([blockOf('erin')]);
    expect(ses.sent[0]?.text).not.toContain('ACME’s');
    expect(ses.sent[1]?.text).toContain('ACME’s AWS');
  });
});

describe('the log of notify-user', () => {
  it('contains no user and no address', async () => {
    ses.errors.set(
      'erin@example.com',
      sesError('MessageRejected', 'not verified: erin@example.com'),
    );
    ses.errors.set('frank@example.com', sesError('SendingPausedException', 'frank@example.com'));
    await deliver([
      blockOf('dana', { id: 'one' }),
      blockOf('erin', { id: 'two' }),
      blockOf('frank', { id: 'three' }),
      blockOf('dana', { id: 'four' }),
    ]);
    const said = JSON.stringify(logged, (_, value: unknown) =>
      value instanceof Error ? value.message : value,
    );
    expect(said).not.toMatch(/dana|erin|frank|example/);
    expect(said).toContain('"outcomeIds":["one"]');
    expect(said).toContain('"outcomeId":"four"');
  });

  it('names an entry of the state table that cannot be right, and the mail is sent', async () => {
    const id = 'mail/111122223333/blocked/dana';
    const future = new Date(clock + 2 * DAY_MS).toISOString();
    for (const body of ['[]', JSON.stringify({ sentAt: future, outcomes: [] })]) {
      dynamo.items.set(id, { id: { S: id }, body: { S: body } });
      await deliver([blockOf('dana')]);
    }
    expect(ses.sent).toHaveLength(2);
  });
});
