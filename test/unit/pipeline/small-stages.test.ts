import { IAMServiceException, NoSuchEntityException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../functions/domain/rules/settings.ts';
import { redrive } from '../../../functions/pipeline/doctor/redrive.ts';
import { publish } from '../../../functions/pipeline/publish.ts';
import { accountPlan } from '../../../functions/pipeline/report/account-plan.ts';
import { accountReport, monitorReport } from '../../../functions/pipeline/report/account-report.ts';
import { AccountThrottle } from '../../../functions/pipeline/review/account-throttle.ts';
import { Breaker } from '../../../functions/pipeline/review/circuit-breaker.ts';
import { ActionDeadline } from '../../../functions/pipeline/review/deadline.ts';
import { refusalOf } from '../../../functions/pipeline/review/enforcement-result.ts';
import { enforcerOf } from '../../../functions/pipeline/review/enforcer.ts';
import { measureReview, measureRollUp } from '../../../functions/pipeline/review/review-metrics.ts';
import { inMemoryStateStore } from '../../../functions/pipeline/state-store.ts';
import { MemoryQueues } from '../../fakes/memory-buses.ts';
import { blocked } from '../../fakes/outcomes.ts';
import {
  ACCOUNT,
  BOUNDARY,
  handle,
  iamEvent,
  POLICY,
  QUEUE_URL,
  START,
  type TestPipeline,
  testPipeline,
} from '../../fakes/pipeline.ts';
import { script } from '../../fakes/scripted-client.ts';

const device = (user: string) => `arn:aws:iam::${ACCOUNT}:mfa/${user}`;
const linesOf = ({ logged }: TestPipeline) =>
  logged.map(({ level, message, values }) => [level, message, values]);

describe('what EventBridge does not take', () => {
  it.each(['refuse', 'fail'] as const)('is in the log, try by try: %s', async (how) => {
    const pipeline = testPipeline();
    pipeline.events[how] = 3;
    const outcome = blocked();
    await publish(pipeline, [outcome]);
    const tries = [1, 2, 3].map((attempt) =>
      how === 'refuse'
        ? [
            'warn',
            'PutEvents refused an entry',
            { outcomeId: outcome.id, errorCode: 'ThrottlingException', attempt },
          ]
        : ['warn', 'PutEvents failed', { attempt, error: new Error('EventBridge is away') }],
    );
    expect(linesOf(pipeline)).toEqual([
      ...tries,
      ['warn', 'outcome waits in the queue', { outcomeId: outcome.id }],
    ]);
    expect(pipeline.sqs.sent).toMatchObject([{ queueUrl: QUEUE_URL, delaySeconds: 30 }]);
  });

  it('is nothing where there is nothing to tell: nobody’s name is read', async () => {
    const pipeline = testPipeline();
    pipeline.events.fail = 1;
    await publish(pipeline, []);
    expect(pipeline.events.fail).toBe(1);
  });
});

describe('the log of a review', () => {
  const event = (name: string, user: string) => iamEvent(name, { user, eventId: `e-${user}` });
  const cause = (user: string, eventName = 'CreateUser') =>
    expect.objectContaining({ kind: 'event', eventId: `e-${user}`, eventName });

  it('says what was found and done, and why', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await handle(pipeline, event('CreateUser', 'dana'));
    expect(linesOf(pipeline)).toEqual([
      [
        'info',
        'reviewed',
        {
          user: 'dana',
          mode: 'enforce',
          cause: cause('dana'),
          action: 'block',
          status: expect.anything(),
          blocked: false,
          reasons: expect.arrayContaining([expect.objectContaining({ code: 'no-mfa' })]),
          published: ['user-blocked'],
        },
      ],
    ]);
  });

  it('says why it was stale', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, event('CreateUser', 'dana'));
    expect(linesOf(pipeline)).toMatchObject([
      ['info', 'stale', { user: 'dana', kind: 'stale', staleReads: [expect.any(String)] }],
    ]);
  });

  it('says that ours was tampered with', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('DeleteGroup', { parameters: { groupName: 'ForceMFA' } }));
    expect(linesOf(pipeline)).toEqual([
      [
        'warn',
        'tampering seen',
        expect.objectContaining({ account: ACCOUNT, what: expect.any(String) }),
      ],
    ]);
  });

  it('says what is of no concern, and why', async () => {
    const pipeline = testPipeline();
    await handle(pipeline, iamEvent('ChangePassword', { eventId: 'e-2' }));
    expect(linesOf(pipeline)).toEqual([
      ['info', 'dropped', { eventId: 'e-2', reason: expect.any(String) }],
    ]);
  });
});

describe('a change that IAM does not show yet comes back', () => {
  it.each([
    [0, 2],
    [1, 2],
    [9, 9],
    [31, 30],
    [100, 30],
  ])('after %i s in %i s', async (ago, delaySeconds) => {
    const pipeline = testPipeline();
    const body = iamEvent('CreateUser', { ago });
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(pipeline.sqs.sent).toEqual([{ queueUrl: QUEUE_URL, body, delaySeconds }]);
  });
});

describe('the throttle of an account', () => {
  it('slows down from five seconds on, for a minute', () => {
    const clock = { time: START };
    const accountThrottle = new AccountThrottle(() => new Date(clock.time));
    accountThrottle.took(ACCOUNT, 4_999);
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(Number.POSITIVE_INFINITY);
    accountThrottle.took(ACCOUNT, 5_000);
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(2);
    expect(accountThrottle.capacityFor('222233334444')).toBe(Number.POSITIVE_INFINITY);
    clock.time += 59_999;
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(2);
    clock.time += 1;
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(Number.POSITIVE_INFINITY);
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('redrive', () => {
  const letters = (...bodies: string[]) => ({
    Messages: bodies.map((body) => ({ Body: body, ReceiptHandle: `h-${body}` })),
  });

  it('sends each letter before it deletes it, and ends where there is none', async () => {
    const sqs = new MemoryQueues();
    const asked = script(sqs, [letters('a', 'b'), {}, {}, {}, {}, letters('c'), {}, {}, {}]);
    let told = 0;
    const moved = await redrive(sqs, 'from', 'to', 10, () => {
      told += 1;
    });
    expect([moved, told]).toEqual([3, 3]);
    expect(
      asked.map(([action, input]) => [action, input.MessageBody ?? input.ReceiptHandle]),
    ).toEqual([
      ['ReceiveMessage', undefined],
      ['SendMessage', 'a'],
      ['DeleteMessage', 'h-a'],
      ['SendMessage', 'b'],
      ['DeleteMessage', 'h-b'],
      ['ReceiveMessage', undefined],
      ['SendMessage', 'c'],
      ['DeleteMessage', 'h-c'],
      ['ReceiveMessage', undefined],
    ]);
    expect(asked[0]?.[1]).toMatchObject({ QueueUrl: 'from', VisibilityTimeout: 60 });
    expect(asked[1]?.[1]).toMatchObject({ QueueUrl: 'to', DelaySeconds: 0 });
  });

  it('asks for no more once as many were moved as there were', async () => {
    const sqs = new MemoryQueues();
    const asked = script(sqs, [letters('a'), {}, {}]);
    expect(await redrive(sqs, 'from', 'to', 1)).toBe(1);
    expect(asked).toHaveLength(3);
  });
});

describe('IAM refuses for good', () => {
  const error = (name: string, message: string, attempts?: number) =>
    new IAMServiceException({
      name,
      message,
      $fault: 'client',
      $metadata: attempts === undefined ? {} : { attempts },
    });
  const denied =
    'is the permission missing, is the user tagged break-glass, or is an SCP in the way?';

  it.each([
    [
      error(
        'AccessDenied',
        'x is not authorized to perform: iam:AttachUserPolicy on resource: y',
        1,
      ),
      { code: 'AccessDenied', text: `AWS denies iam:AttachUserPolicy: ${denied}` },
    ],
    [
      error('AccessDeniedException', 'no'),
      { code: 'AccessDeniedException', text: `AWS denies it: ${denied}` },
    ],
    [
      error('UnmodifiableEntityException', 'no'),
      { code: 'UnmodifiableEntityException', text: 'AWS does not let this user be modified' },
    ],
    [
      error('PolicyNotAttachableException', 'no'),
      { code: 'PolicyNotAttachableException', text: 'AWS does not let ForceMFA be attached' },
    ],
    [error('Throttling', 'no'), null],
    [error('toString', 'no'), null],
    [error('AccessDenied', 'no', 2), null],
    [Object.assign(new Error('no'), { name: 'AccessDenied' }), null],
  ])('or not: %s', (thrown, refusal) => {
    expect(refusalOf(thrown)).toEqual(refusal);
  });
});

describe('the memory of one process', () => {
  it('changes nothing that is no longer what was seen', async () => {
    const stateStore = inMemoryStateStore();
    const later = new Date();
    expect(await stateStore.compareAndSet('i', null, 'a', later)).toEqual({ done: true });
    expect(await stateStore.compareAndSet('i', null, 'b', later)).toEqual({
      done: false,
      found: 'a',
    });
    expect(await stateStore.get('i')).toBe('a');
    expect(await stateStore.get('other')).toBeNull();
  });
});

describe('a measure', () => {
  it('says which organization’s sweep, or which sweep’s review it is of', () => {
    const lines: string[] = [];
    const meter = {
      stack: 's',
      now: () => new Date(START),
      writeMetrics: (one: string) => void lines.push(one),
    };
    measureRollUp(meter, { sweepId: 'sweep-1', organization: 'o-a1b2c3d4e5' }, 2);
    const cause = {
      kind: 'sweep',
      sweepId: 'sweep-1',
      startedAt: new Date(START).toISOString(),
    } as const;
    measureReview(meter, { account: ACCOUNT, user: 'dana', cause, refusedSince: null } as never, {
      kind: 'breaker-open',
      user: 'Dana',
      counted: 1,
      assumed: 0,
      limit: 1,
      named: true,
      since: new Date(0),
      outcomes: [],
      markPublished: async () => undefined,
      markNamed: async () => undefined,
    });
    const [rolledUp, reviewed] = lines.map((line) => JSON.parse(line) as object);
    expect(rolledUp).toMatchObject({
      cause: 'sweep-1',
      organization: 'o-a1b2c3d4e5',
      AccountsUnswept: 2,
    });
    expect(reviewed).toMatchObject({ account: ACCOUNT, user: 'Dana' });
    expect(reviewed).not.toHaveProperty('eventName');
  });
});

describe('an account’s report', () => {
  const account = () => {
    const pipeline = testPipeline();
    pipeline.iam.put('zoe', { devices: [device('zoe')], password: true });
    pipeline.iam.put('adam', { password: true });
    pipeline.iam.put('mia', { devices: ['GAHT1'] });
    return pipeline;
  };

  it('has each user’s ARN, age and reasons, by name', async () => {
    const { iam, settings, now } = account();
    let read = 0;
    const { users, decidedBy } = await accountReport(iam, settings, now(), () => {
      read += 1;
    });
    expect(read).toBe(3);
    expect(decidedBy).toContain('all-users');
    expect(users[0]).toEqual({
      name: 'adam',
      arn: `arn:aws:iam::${ACCOUNT}:user/adam`,
      state: 'unprotected',
      reasons: [
        { code: 'no-mfa', text: 'no MFA device' },
        { code: 'not-exempt', text: 'no exemption' },
      ],
      hasPassword: true,
      devices: [],
      createdAt: '2024-03-01T09:00:00.000Z',
      blocked: false,
    });
    expect(users.map(({ name }) => name)).toEqual(['adam', 'mia', 'zoe']);
  });

  it('for a monitor lists who has no device, and asks for the password of nobody else', async () => {
    const { iam, settings, now } = account();
    const { users, totals } = await monitorReport(iam, settings, now());
    expect(users.map(({ name, hasPassword }) => [name, hasPassword])).toEqual([['adam', true]]);
    expect(totals.users).toBe(3);
    const asked = iam.calls.filter(({ action }) => action === 'GetLoginProfile');
    expect(asked.map(({ input }) => input.UserName)).toEqual(['adam']);
  });

  it.each([
    ['in full', accountReport],
    ['for a monitor', monitorReport],
  ])('leaves out who is deleted meanwhile: %s', async (_, report) => {
    const { iam, settings, now } = account();
    iam.failNext(
      'ListMFADevices',
      () => new NoSuchEntityException({ message: 'no', $metadata: {} }),
    );
    const { totals } = await report(iam, settings, now());
    expect(totals.users).toBe(2);
    expect(iam.count('GetLoginProfile')).toBeLessThan(3);
  });
});

describe('an account’s plan', () => {
  it('counts who is unblocked from the policy as room, and who is blocked otherwise as blocked', async () => {
    const pipeline = testPipeline({ blockLimit: 3 });
    const { iam, settings, now } = pipeline;
    const free = (user: string) => [device(user)];
    iam.put('detached', { policies: [POLICY], devices: free('detached') });
    iam.put('unbound', { boundary: BOUNDARY, devices: free('unbound'), policies: [] });
    iam.put('blocked', { policies: [POLICY] });
    for (let index = 0; index < 9; index += 1) {
      iam.put(`user-${index}`, { keys: [{ id: `AKIA${index}` }] });
    }
    const before = iam.calls.length;
    const plan = await accountPlan(iam, settings, now);
    expect(plan).toMatchObject({
      schema: 'mfa-enforcer/plan/1',
      policyDeployed: true,
      beyondLimit: { limit: 3 },
    });
    expect(plan.blocks.map(({ user }) => user)).toEqual(
      Array.from({ length: 9 }, (_, index) => `user-${index}`),
    );
    expect(plan.blocks[0]?.accessKeys).toEqual([
      { id: 'AKIA0', lastUsedAt: null, service: null, region: null },
    ]);
    expect(plan.unblocks).toMatchObject([
      { user: 'detached', methods: ['managed-policy'] },
      { user: 'unbound', methods: ['boundary'] },
    ]);
    // One stays blocked, so that there is room for two of the nine.
    expect(plan.beyondLimit.users).toBe(7);
    expect(
      iam.calls.slice(before).filter(({ action }) => action === 'ListAccessKeys'),
    ).toHaveLength(9);
  });

  it.each<[string, Partial<Settings>, boolean, boolean]>([
    ['with a password', {}, true, true],
    ['without a password', {}, false, false],
    ['with a password, which the scope asks for', { scope: 'console-users' }, true, true],
    ['whose access keys may enrol', { enrolWith: 'console-and-keys' }, false, true],
  ])('says whether a user can enrol: %s', async (_, change, password, canEnrol) => {
    const { iam, settings, now } = testPipeline(change);
    iam.put('dana', { password });
    expect((await accountPlan(iam, settings, now)).blocks).toMatchObject([
      { user: 'dana', canEnrol },
    ]);
  });

  it('says that the policy is not deployed', async () => {
    const { iam, settings, now } = testPipeline();
    iam.put('dana');
    delete iam.managed[POLICY];
    expect(await accountPlan(iam, settings, now)).toMatchObject({
      policyDeployed: false,
      blocks: [{ user: 'dana' }],
    });
  });
});

describe('in observe mode', () => {
  const time = new ActionDeadline(new Date(), () => new Date());
  const watching = () => {
    const pipeline = testPipeline({ mode: 'observe' });
    const { iam, settings, stateStore, now } = pipeline;
    return {
      pipeline,
      enforcer: enforcerOf(iam, settings, new Breaker(iam, settings, stateStore, now)),
    };
  };

  it('a block would be by the policy, and an unblock from what blocks', async () => {
    const { enforcer } = watching();
    const reservation = await enforcer.reserve('dana', null);
    expect(
      reservation.kind === 'reserved' && (await reservation.block({ user: 'dana' }, time, 0)),
    ).toEqual({
      kind: 'blocked',
      method: 'managed-policy',
    });
    const attachments = { methods: ['boundary'], policies: [] } as never;
    expect(await enforcer.unblock({ user: 'dana', attachments }, false, time)).toEqual({
      kind: 'unblocked',
      methods: ['boundary'],
    });
    expect(await enforcer.unblock({ user: 'dana' }, false, time)).toEqual({
      kind: 'unblocked',
      methods: [],
    });
  });

  it('nobody could be blocked where there is no policy', async () => {
    const { pipeline, enforcer } = watching();
    delete pipeline.iam.managed[POLICY];
    expect(await enforcer.reserve('dana', null)).toEqual({
      kind: 'could-not',
      why: { code: 'no-policy', text: `the policy ${POLICY} does not exist any more` },
    });
  });
});
