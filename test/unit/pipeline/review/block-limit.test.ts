import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  handle,
  iamEvent,
  POLICY,
  START,
  sweepAll,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const HOUR = 3_600_000;
const PHONE = 'arn:aws:iam::111122223333:mfa/phone';
const kinds = ({ events }: TestPipeline) => events.outcomes.map(({ kind }) => kind);
const reserved = ({ dynamo }: TestPipeline) =>
  JSON.parse(dynamo.items.get('breaker/111122223333')?.body?.S ?? '{"reserved":[]}') as {
    reserved: [string][];
  };
const reservedUsers = (pipeline: TestPipeline) => reserved(pipeline).reserved.map(([user]) => user);

/** An event of now, by the pipeline's clock. */
function now(pipeline: TestPipeline, eventName: string, user: string, parameters = {}): string {
  const ago = -(pipeline.clock.time - START) / 1000;
  return iamEvent(eventName, { user, ago, parameters });
}

describe('the breaker stays closed', () => {
  it('however often one user is detached and blocked again', async () => {
    const pipeline = testPipeline({ blockLimit: 10 });
    const { iam, clock } = pipeline;
    iam.put('mallory');
    await handle(pipeline, now(pipeline, 'CreateUser', 'mallory'));
    for (let times = 0; times < 50; times += 1) {
      clock.time += 5_000;
      iam.put('mallory', { policies: [] });
      // By another caller each time: the block of one caller's third detach waits.
      const identity = { type: 'IAMUser', userName: `caller-${times}` };
      const ago = -(clock.time - START) / 1000;
      const parameters = { policyArn: POLICY };
      const detached = { user: 'mallory', ago, parameters, identity };
      await handle(pipeline, iamEvent('DetachUserPolicy', detached));
      expect(iam.isBlocked('mallory')).toBe(true);
    }
    iam.put('newcomer');
    await handle(pipeline, now(pipeline, 'CreateUser', 'newcomer'));
    expect(iam.isBlocked('newcomer')).toBe(true);
    expect(kinds(pipeline)).not.toContain('breaker-open');
  });

  it.each([true, false])(
    'for a pipeline that creates and deletes a user every ten seconds, of a new name: %s',
    async (isNew) => {
      const pipeline = testPipeline({ blockLimit: 2 });
      const { iam, clock } = pipeline;
      for (let times = 0; times < 60; times += 1) {
        const user = isNew ? `ci-${times}` : 'ci';
        iam.put(user);
        await handle(pipeline, now(pipeline, 'CreateUser', user));
        expect(iam.isBlocked(user)).toBe(true);
        clock.time += 9_000;
        iam.remove(user);
        await handle(pipeline, now(pipeline, 'DeleteUser', user));
        expect(reservedUsers(pipeline)).toEqual([]);
        clock.time += 1_000;
      }
      expect(kinds(pipeline)).not.toContain('breaker-open');
    },
  );

  it('for users who enrol within seconds', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    const { iam, clock } = pipeline;
    for (let times = 0; times < 10; times += 1) {
      const user = `user-${times}`;
      iam.put(user);
      await handle(pipeline, now(pipeline, 'CreateUser', user));
      expect(iam.isBlocked(user)).toBe(true);
      clock.time += 2_000;
      iam.put(user, { devices: [PHONE] });
      await handle(pipeline, now(pipeline, 'EnableMFADevice', user, { serialNumber: PHONE }));
      expect(iam.isBlocked(user)).toBe(false);
      expect(reservedUsers(pipeline)).toEqual([]);
      // IAM's list is asked again after five seconds.
      clock.time += 5_000;
    }
    expect(kinds(pipeline)).not.toContain('breaker-open');
  });

  it('for a user who is exempted, and detached by hand', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    const { iam, clock } = pipeline;
    iam.put('dana');
    await handle(pipeline, now(pipeline, 'CreateUser', 'dana'));
    expect(reservedUsers(pipeline)).toEqual(['dana']);
    clock.time += 20_000;
    iam.put('dana', { policies: [], tags: { userType: 'Service' } });
    await handle(pipeline, now(pipeline, 'DetachUserPolicy', 'dana', { policyArn: POLICY }));
    expect(reservedUsers(pipeline)).toEqual([]);
  });

  it('in observe mode, which writes nothing to the table, and for a switch to enforce', async () => {
    const observing = testPipeline({ mode: 'observe', blockLimit: 1 });
    observing.iam.put('dana', { tags: { team: 'x' } });
    const tagged = (pipeline: TestPipeline) =>
      iamEvent('TagUser', { ago: 200, parameters: { tags: [{ key: 'team', value: 'x' }] } }) +
      ' '.repeat(pipeline === observing ? 0 : 1);
    for (let times = 0; times < 11; times += 1) {
      observing.clock.time += 2_000;
      await handle(observing, tagged(observing));
    }
    expect(new Set(kinds(observing))).toEqual(new Set(['user-blocked']));
    expect(observing.dynamo.items.size).toBe(0);
    const enforcing = testPipeline({ mode: 'enforce', blockLimit: 1 }, {}, observing.iam);
    await handle(enforcing, tagged(enforcing));
    expect(observing.iam.isBlocked('dana')).toBe(true);
  });
});

describe('a deletion', () => {
  const blocked = async (change: Parameters<typeof testPipeline>[0] = {}) => {
    const pipeline = testPipeline(change);
    pipeline.iam.put('dana');
    await handle(pipeline, now(pipeline, 'CreateUser', 'dana'));
    pipeline.clock.time += 5_000;
    return pipeline;
  };

  it('is waited for while IAM still shows the user', async () => {
    const pipeline = await blocked();
    await handle(pipeline, now(pipeline, 'DeleteUser', 'dana'));
    expect(pipeline.sqs.sent).toHaveLength(1);
    expect(reservedUsers(pipeline)).toEqual(['dana']);
  });

  it('ends no reservation of a user who was blocked for a later change', async () => {
    const pipeline = await blocked();
    const deleted = now(pipeline, 'DeleteUser', 'dana');
    pipeline.clock.time += 2_000;
    pipeline.iam.remove('dana');
    pipeline.iam.put('dana');
    await handle(pipeline, now(pipeline, 'CreateUser', 'dana'));
    // The deletion comes late, and its reading shows the moment between the two users.
    pipeline.iam.remove('dana');
    await handle(pipeline, deleted);
    expect(reservedUsers(pipeline)).toEqual(['dana']);
  });

  it('ends no reservation while a reading without the user may be stale', async () => {
    const pipeline = await blocked();
    pipeline.iam.remove('dana');
    await handle(pipeline, iamEvent('TagUser', { ago: 200, parameters: { tags: [] } }));
    expect(reservedUsers(pipeline)).toEqual(['dana']);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });
});

/** Delivers what waits in the queue, each message when it is due, until a time has passed. */
async function deliverFor(pipeline: TestPipeline, ms: number): Promise<void> {
  const { sqs, clock } = pipeline;
  const until = clock.time + ms;
  const queue: { body: string; due: number }[] = [];
  for (;;) {
    for (const { body, delaySeconds = 0 } of sqs.sent.splice(0)) {
      queue.push({ body, due: clock.time + delaySeconds * 1000 });
    }
    const next = Math.min(...queue.map(({ due }) => due));
    if (next > until) break;
    clock.time = Math.max(clock.time, next);
    const due = queue.filter((one) => one.due <= clock.time).slice(0, 10);
    for (const one of due) queue.splice(queue.indexOf(one), 1);
    await handle(pipeline, ...due.map(({ body }) => body));
  }
  clock.time = until;
  sqs.sent.push(
    ...queue.map(({ body, due }) => ({ body, delaySeconds: (due - until) / 1000 }) as never),
  );
}

const namesOf = ({ events }: TestPipeline) =>
  events.outcomes.flatMap((outcome) => (outcome.kind === 'breaker-open' ? outcome.users : []));

describe('a refused user', () => {
  /** The limit is one, and it is taken. */
  async function refused(change: Parameters<typeof testPipeline>[0] = {}) {
    const pipeline = testPipeline({ blockLimit: 1, ...change });
    pipeline.iam.put('first', { policies: [POLICY] });
    pipeline.iam.put('dana');
    await handle(pipeline, now(pipeline, 'CreateUser', 'dana'));
    return pipeline;
  }

  it('comes back when IAM’s list has settled, for the same change', async () => {
    const pipeline = await refused();
    expect(pipeline.sqs.sent).toHaveLength(1);
    expect(pipeline.sqs.sent[0]?.delaySeconds).toBe(120);
    expect(JSON.parse(pipeline.sqs.sent[0]?.body ?? '')).toMatchObject({
      schema: 'mfa-enforcer/review-request/1',
      user: 'dana',
      cause: { eventName: 'CreateUser' },
      refusedSince: new Date(START).toISOString(),
    });
  });

  it('comes back once, however many messages of a batch concern the user', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    pipeline.iam.put('dana');
    const created = now(pipeline, 'CreateUser', 'dana');
    await handle(pipeline, created, now(pipeline, 'CreateLoginProfile', 'dana'), created);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('whose message cannot be sent does not end the batch while another user’s is in progress', async () => {
    const pipeline = testPipeline({ blockLimit: 0 });
    for (const user of ['dana', 'erin']) pipeline.iam.put(user);
    const { sqs } = pipeline;
    const send = sqs.send.bind(sqs);
    let [begun, ended] = [0, 0];
    sqs.send = async (command: object) => {
      begun += 1;
      if (begun === 1) {
        ended += 1;
        throw new Error('SQS is unavailable');
      }
      await new Promise((done) => setTimeout(done, 20));
      ended += 1;
      return send(command);
    };
    const created = ['dana', 'erin'].map((user) => now(pipeline, 'CreateUser', user));
    expect(await handle(pipeline, ...created)).toEqual([
      'SQS is unavailable',
      'SQS is unavailable',
    ]);
    expect([begun, ended]).toEqual([2, 2]);
  });

  it('is blocked once there is room, and named once', async () => {
    const pipeline = await refused();
    await deliverFor(pipeline, HOUR);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    pipeline.iam.put('first', { policies: [], devices: [PHONE] });
    await deliverFor(pipeline, HOUR / 4 + 60_000);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.sqs.sent).toEqual([]);
    expect(kinds(pipeline)).toEqual(['breaker-open', 'user-blocked']);
    expect(namesOf(pipeline)).toEqual(['dana']);
  });

  it('is not read while there is no room, and waits longer each time', async () => {
    const pipeline = await refused();
    const before = pipeline.iam.calls.length;
    await deliverFor(pipeline, HOUR);
    const made = pipeline.iam.calls.slice(before).map(({ action }) => action);
    expect(made.filter((action) => /User$|MFA|Attached/.test(action))).toEqual([]);
    expect(pipeline.iam.count('GetAccountSummary')).toBeLessThan(10);
  });

  it('who has enrolled in the meantime is not blocked', async () => {
    const pipeline = await refused();
    pipeline.iam.put('dana', { devices: [PHONE] });
    pipeline.iam.remove('first');
    await deliverFor(pipeline, HOUR);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.sqs.sent).toEqual([]);
  });

  it('waits until there is room, however long it takes', async () => {
    const pipeline = await refused();
    await deliverFor(pipeline, 50 * HOUR);
    expect(pipeline.sqs.sent).toHaveLength(1);
    pipeline.iam.put('first', { devices: [PHONE], policies: [] });
    await deliverFor(pipeline, HOUR);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.sqs.sent).toEqual([]);
  });

  it('waits once, however many changes of the user are refused', async () => {
    const pipeline = await refused();
    for (let index = 0; index < 20; index += 1) {
      pipeline.clock.time += 60_000;
      await handle(pipeline, now(pipeline, 'TagUser', 'dana', { tags: [] }));
    }
    await deliverFor(pipeline, HOUR);
    expect(pipeline.sqs.sent).toHaveLength(1);
    expect(namesOf(pipeline)).toEqual(['dana']);
    pipeline.iam.put('first', { devices: [PHONE], policies: [] });
    await deliverFor(pipeline, HOUR);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });

  it('waits on where the instance that named the user died before it recorded that', async () => {
    const pipeline = await refused();
    const [waiting] = pipeline.sqs.sent.splice(0);
    pipeline.dynamo.items.delete(`actions/${ACCOUNT}/dana`);
    pipeline.clock.time += HOUR;
    const tagged = now(pipeline, 'TagUser', 'dana', { tags: [] });
    await handle(pipeline, tagged, waiting?.body ?? '');
    await deliverFor(pipeline, HOUR);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('of observe mode does not come back', async () => {
    expect((await refused({ mode: 'observe' })).sqs.sent).toEqual([]);
  });

  it('of a sweep comes back, too: the sweep has named the user', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    for (const user of ['a', 'b', 'c']) pipeline.iam.put(user);
    const { outcomes } = await sweepAll(pipeline);
    expect(outcomes).toMatchObject([{}, { kind: 'breaker-open', total: 2, users: ['b', 'c'] }]);
    await deliverFor(pipeline, HOUR);
    expect(pipeline.iam.isBlocked('a')).toBe(true);
    for (const user of ['a', 'b']) {
      pipeline.iam.put(user, { devices: [PHONE], policies: [] });
      await deliverFor(pipeline, HOUR);
    }
    expect(pipeline.iam.isBlocked('c')).toBe(true);
    expect(kinds(pipeline)).not.toContain('breaker-open');
  });
});

describe('a hundred users in a minute', () => {
  it('are blocked up to the limit, the others named, and blocked as room appears', async () => {
    const pipeline = testPipeline({ blockLimit: 'auto' });
    const { iam, clock } = pipeline;
    const users = Array.from({ length: 100 }, (_, index) => `user-${index}`);
    for (const user of users) iam.put(user);
    clock.time += 60_000;
    iam.lag = 20_000;
    for (const user of users) {
      await handle(pipeline, now(pipeline, 'TagUser', user, { tags: [] }));
      clock.time += 600;
    }
    const blocked = users.filter((user) => iam.isBlocked(user));
    expect(blocked).toHaveLength(50);
    const others = users.filter((user) => !iam.isBlocked(user));
    expect(namesOf(pipeline)).toEqual(others);
    for (const user of blocked) iam.put(user, { policies: [], devices: [PHONE] });
    iam.lag = 0;
    await deliverFor(pipeline, HOUR / 2);
    expect(others.filter((user) => iam.isBlocked(user))).toEqual(others);
    expect(namesOf(pipeline)).toEqual(others);
  });
});

describe('users detached all at once', () => {
  it.each([
    [30, 14, 0],
    [30, 14, 5_000],
    [30, 14, 20_000],
    [100, 40, 20_000],
    [100, 50, 20_000],
  ])(
    'are all blocked again, never more than the limit: %i users, %i of them, IAM’s list is %i ms behind',
    async (all, many, lag) => {
      const pipeline = testPipeline({ blockLimit: 'auto' });
      const { iam, clock } = pipeline;
      const names = Array.from({ length: many }, (_, index) => `blocked-${index}`);
      for (const name of names) iam.put(name, { policies: [POLICY] });
      for (let index = many; index < all; index += 1) iam.put(`ok-${index}`, { devices: [PHONE] });
      clock.time += 24 * HOUR;
      const call = iam.call.bind(iam);
      iam.call = (action, input) => {
        iam.lag = action === 'ListEntitiesForPolicy' ? lag : 0;
        try {
          return call(action, input);
        } finally {
          iam.lag = 0;
        }
      };
      for (const name of names) iam.put(name, { policies: [] });
      const events = names.map((name) =>
        now(pipeline, 'DetachUserPolicy', name, { policyArn: POLICY }),
      );
      clock.time += 3_000;
      for (const event of events) {
        await handle(pipeline, event);
        clock.time += 300;
        expect(names.filter((name) => iam.isBlocked(name)).length).toBeLessThanOrEqual(all / 2);
      }
      await deliverFor(pipeline, 150_000);
      expect(names.filter((name) => !iam.isBlocked(name))).toEqual([]);
    },
  );
});
