import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import { getEntry, putEntry } from '../../../../functions/io/dynamodb.ts';
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

/** An account with time to enrol, in which dana was created just now. */
function graceful(change: Partial<Settings> = {}): TestPipeline {
  const pipeline = testPipeline({ graceHours: 72, ...change });
  pipeline.iam.put('dana', { createdAt: new Date(START) });
  return pipeline;
}

/** Hours since START. */
const hoursOf = (time: number) => (time - START) / HOUR;

/** Delivers the messages that come back, each when it is due, until a time. @returns how many */
async function play(pipeline: TestPipeline, untilHours: number): Promise<number> {
  const { sqs, clock } = pipeline;
  let delivered = 0;
  for (let waiting = sqs.sent.splice(0); waiting.length > 0; waiting = sqs.sent.splice(0)) {
    const delay = Math.min(...waiting.map(({ delaySeconds = 0 }) => delaySeconds));
    if (hoursOf(clock.time + delay * 1000) > untilHours) {
      sqs.sent.push(...waiting);
      break;
    }
    clock.time += delay * 1000;
    delivered += waiting.length;
    await handle(pipeline, ...waiting.map(({ body }) => body));
  }
  clock.time = START + untilHours * HOUR;
  return delivered;
}

/** What was published, with the hour: of a reminder the step. */
function published({ events }: TestPipeline): string[] {
  return events.outcomes.map((outcome) => {
    const hours = hoursOf(Date.parse(outcome.at)).toFixed(1);
    return `${hours} ${outcome.kind === 'enrolment-due' ? outcome.step : outcome.kind}`;
  });
}

const storedGrace = async ({ dynamo, iam }: TestPipeline, user = 'dana') =>
  JSON.parse(
    (await getEntry(dynamo, 'memory', stateKeys.userGrace(ACCOUNT, iam.user(user)?.id ?? ''))) ??
      'null',
  ) as object;

describe('a new user without an MFA device', () => {
  it('has time to enrol, with reminders, and is blocked after it', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    await play(pipeline, 71.9);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    await play(pipeline, 73);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(published(pipeline)).toEqual([
      '0.0 started',
      '36.0 half-time',
      '70.0 last',
      '72.0 user-blocked',
    ]);
    expect(pipeline.events.outcomes.at(-1)).toMatchObject({
      cause: { eventName: 'CreateUser' },
      reasons: [
        { code: 'no-mfa' },
        { code: 'not-exempt' },
        { code: 'grace-over', text: 'the time to enrol is over' },
      ],
    });
  });

  it('is named with the hour of the block', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'enrolment-due',
        id: `enrolment-due/${ACCOUNT}/dana/${pipeline.iam.user('dana')?.id}/started/2026-03-04T12:00:00.000Z`,
        user: 'dana',
        until: '2026-03-04T12:00:00.000Z',
        step: 'started',
        reasons: [{ code: 'no-mfa' }, { code: 'not-exempt' }],
      },
    ]);
  });

  it('costs no call of IAM while nothing is due', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    const calls = pipeline.iam.calls.length;
    expect(await play(pipeline, 35)).toBeGreaterThan(100);
    expect(pipeline.iam.calls).toHaveLength(calls);
  });

  it('is left alone after enrolling', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    await play(pipeline, 10);
    pipeline.iam.put('dana', { devices: ['key'] });
    await handle(
      pipeline,
      iamEvent('EnableMFADevice', { ago: -36_000, parameters: { serialNumber: 'key' } }),
    );
    await play(pipeline, 80);
    expect(published(pipeline)).toEqual(['0.0 started']);
    expect(pipeline.sqs.sent).toEqual([]);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
  });

  it('is left alone after enrolling without an event', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    pipeline.iam.put('dana', { devices: ['key'] });
    await play(pipeline, 80);
    expect(published(pipeline)).toEqual(['0.0 started']);
    expect(pipeline.sqs.sent).toEqual([]);
    expect(await storedGrace(pipeline)).toMatchObject({ ended: 'had-mfa' });
  });

  it('is blocked at once without the device, once there was one', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    pipeline.iam.put('dana', { devices: ['key'] });
    await handle(pipeline, iamEvent('EnableMFADevice', { parameters: { serialNumber: 'key' } }));
    // The event of the removal is lost, and only the sweep finds the user.
    pipeline.clock.time += 10 * HOUR;
    pipeline.iam.put('dana', { devices: [] });
    pipeline.sqs.sent.splice(0);
    await sweepAll(pipeline);
    await play(pipeline, 11);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.events.outcomes.at(-1)).toMatchObject({
      kind: 'user-blocked',
      reasons: [{ code: 'no-mfa' }, { code: 'not-exempt' }, { code: 'grace-had-mfa' }],
    });
  });

  it('is blocked at once by the event of the removal, also if nothing was recorded before', async () => {
    const pipeline = graceful();
    await handle(
      pipeline,
      iamEvent('DeactivateMFADevice', { parameters: { serialNumber: 'key' } }),
    );
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(await storedGrace(pipeline)).toMatchObject({ ended: 'had-mfa' });
  });

  it('is blocked at once after a block was removed by hand', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('DetachUserPolicy', { parameters: { policyArn: POLICY } }));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(await storedGrace(pipeline)).toMatchObject({ ended: 'was-blocked' });
  });

  it('has no second time by tags, events or another name', async () => {
    const pipeline = graceful();
    const { iam, dynamo, clock } = pipeline;
    await handle(pipeline, iamEvent('CreateUser'));
    await play(pipeline, 40);
    iam.put('dana', { tags: { userType: 'Service' } });
    await handle(
      pipeline,
      iamEvent('TagUser', {
        ago: -40 * 3600,
        parameters: { tags: [{ key: 'userType', value: 'Service' }] },
      }),
    );
    iam.put('dana', { tags: {} });
    await handle(
      pipeline,
      iamEvent('UntagUser', { ago: -40 * 3600 - 1, parameters: { tagKeys: ['userType'] } }),
    );
    const { name: _, ...rest } = iam.user('dana') as NonNullable<ReturnType<typeof iam.user>>;
    iam.remove('dana');
    iam.put('diana', rest);
    await handle(
      pipeline,
      iamEvent('UpdateUser', { ago: -40 * 3600 - 2, parameters: { newUserName: 'diana' } }),
    );
    expect(iam.isBlocked('diana')).toBe(false);
    // The record is lost.
    await putEntry(dynamo, 'memory', stateKeys.userGrace(ACCOUNT, rest.id), '{}', new Date(0));
    clock.time = START + 72 * HOUR;
    iam.put('diana', { tags: { team: 'a' } });
    await handle(
      pipeline,
      iamEvent('TagUser', {
        user: 'diana',
        ago: -72 * 3600,
        parameters: { tags: [{ key: 'team', value: 'a' }] },
      }),
    );
    expect(iam.isBlocked('diana')).toBe(true);
    expect(published(pipeline).filter((one) => one.includes('started'))).toHaveLength(1);
  });

  it('is another user if created again under the same name', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    await play(pipeline, 73);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    pipeline.iam.remove('dana');
    pipeline.iam.put('dana', { createdAt: new Date(START + 73 * HOUR) });
    await handle(pipeline, iamEvent('CreateUser', { ago: -73 * 3600 }));
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(published(pipeline).at(-1)).toBe('73.0 started');
  });

  it('is not blocked on a reading of an earlier user of the name', async () => {
    const pipeline = graceful();
    await handle(
      pipeline,
      iamEvent('DeactivateMFADevice', { parameters: { serialNumber: 'key' } }),
    );
    pipeline.iam.put('dana', { policies: [] });
    pipeline.clock.time += 30_000;
    const event = iamEvent('CreateUser', { ago: -30 });
    await handle(pipeline, event);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.sqs.sent).toMatchObject([{ body: event, delaySeconds: 2 }]);
  });

  it.each([
    ['is blocked within minutes where the time is removed', 0, 10.3],
    ['is blocked within minutes where the time is shortened', 8, 10.3],
  ])('%s', async (_name, graceHours, by) => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    await play(pipeline, 10);
    const shorter = { ...pipeline, settings: { ...pipeline.settings, graceHours } };
    await play({ ...shorter, accounts: { own: shorter, of: async () => shorter } }, by);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });

  it('gets a message with the new hour where the time becomes another one', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    await play(pipeline, 10);
    const longer = { ...pipeline, settings: { ...pipeline.settings, graceHours: 100 } };
    await play({ ...longer, accounts: { own: longer, of: async () => longer } }, 101);
    expect(published(pipeline)).toEqual([
      '0.0 started',
      '10.2 started',
      '50.0 half-time',
      '98.0 last',
      '100.0 user-blocked',
    ]);
    expect(pipeline.events.outcomes[1]).toMatchObject({ until: '2026-03-05T16:00:00.000Z' });
  });

  it('waits on where a message is delivered twice, and is reminded once', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    const [waiting] = pipeline.sqs.sent;
    if (waiting) pipeline.sqs.sent.push(waiting);
    await play(pipeline, 73);
    expect(published(pipeline)).toHaveLength(4);
  });

  it('is counted by the circuit breaker only when the user is blocked', async () => {
    const pipeline = graceful({ blockLimit: 0 });
    await handle(pipeline, iamEvent('CreateUser'));
    expect(published(pipeline)).toEqual(['0.0 started']);
    await play(pipeline, 72.1);
    expect(published(pipeline).at(-1)).toBe('72.0 breaker-open');
  });

  it('would have time in observe mode, which records and sends nothing', async () => {
    const pipeline = graceful({ mode: 'observe' });
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'user-blocked',
        mode: 'observe',
        reasons: [{}, {}, { code: 'grace-first', text: 'has 72 hours to enrol first' }],
      },
    ]);
    expect(pipeline.sqs.sent).toEqual([]);
    expect(await storedGrace(pipeline)).toBeNull();
  });

  it('is not blocked, and not given time, while the state table is unavailable', async () => {
    const pipeline = graceful();
    pipeline.dynamo.fail.GetItem = 50;
    const [result] = await handle(pipeline, iamEvent('CreateUser'));
    expect(result).toBe('GetItem is unavailable');
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(published(pipeline)).toEqual([]);
  });

  it('gets the same reminder again, with the same ID, where its record is lost', async () => {
    const pipeline = graceful();
    pipeline.sqs.fail = 1;
    const event = iamEvent('CreateUser');
    expect(await handle(pipeline, event)).toEqual(['SQS is unavailable']);
    expect(await handle(pipeline, event)).toEqual(['fulfilled']);
    const ids = pipeline.events.outcomes.map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });
});

describe('a message that waits', () => {
  it('makes no copies of itself while the access history cannot be read', async () => {
    const pipeline = graceful();
    const { stateStore } = pipeline;
    await handle(pipeline, iamEvent('CreateUser'));
    const failing: TestPipeline['stateStore'] = {
      ...stateStore,
      get: (id) =>
        id.endsWith('/access') ? Promise.reject(new Error('away')) : stateStore.get(id),
    };
    const there = { ...pipeline, stateStore: failing };
    const accounts = { own: there, of: async () => there };
    const [waiting] = pipeline.sqs.sent.splice(0);
    pipeline.clock.time += 900_000;
    expect(await handle({ ...there, accounts }, waiting?.body ?? '')).toEqual(['fulfilled']);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('waits on under a new name of the user', async () => {
    const pipeline = graceful();
    const { iam } = pipeline;
    await handle(pipeline, iamEvent('CreateUser'));
    await play(pipeline, 10);
    const { name: _, ...rest } = iam.user('dana') as NonNullable<ReturnType<typeof iam.user>>;
    iam.remove('dana');
    iam.put('diana', rest);
    await handle(
      pipeline,
      iamEvent('UpdateUser', { ago: -36_000, parameters: { newUserName: 'diana' } }),
    );
    await play(pipeline, 73);
    expect(published(pipeline)).toEqual([
      '0.0 started',
      '36.0 half-time',
      '70.0 last',
      '72.0 user-blocked',
    ]);
  });

  it('counts neither as a late block nor as found by a sweep', async () => {
    const pipeline = graceful();
    await handle(pipeline, iamEvent('CreateUser'));
    pipeline.metricLines.splice(0);
    const shorter = { ...pipeline, settings: { ...pipeline.settings, graceHours: 0 } };
    await play({ ...shorter, accounts: { own: shorter, of: async () => shorter } }, 0.5);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.metricLines.join()).not.toMatch(/BlockLatency|FoundBySweep/);
  });
});

describe('the end of a grace period', () => {
  it('does not stop an unblock where the state table is unavailable', async () => {
    const pipeline = graceful();
    pipeline.iam.put('dana', { policies: [POLICY], devices: ['key'] });
    pipeline.dynamo.fail.GetItem = 50;
    pipeline.dynamo.fail.PutItem = 50;
    const event = iamEvent('EnableMFADevice', { parameters: { serialNumber: 'key' } });
    expect(await handle(pipeline, event)).toEqual(['fulfilled']);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
  });

  it('is recorded of a user who enrols and removes the device while exempt', async () => {
    const pipeline = graceful();
    pipeline.iam.put('dana', { tags: { userType: 'Service' } });
    await handle(
      pipeline,
      iamEvent('DeactivateMFADevice', { parameters: { serialNumber: 'key' } }),
    );
    expect(await storedGrace(pipeline)).toMatchObject({ ended: 'had-mfa' });
  });

  it('comes again with the message where other instances keep changing the record', async () => {
    const pipeline = graceful();
    const { stateStore } = pipeline;
    const busy: TestPipeline['stateStore'] = {
      get: (id) => stateStore.get(id),
      compareAndSet: async (id, ...how) =>
        id.startsWith(`grace/${ACCOUNT}/`)
          ? { done: false, found: null }
          : stateStore.compareAndSet(id, ...how),
    };
    const there = { ...pipeline, stateStore: busy };
    const event = iamEvent('DeactivateMFADevice', { parameters: { serialNumber: 'key' } });
    expect(
      await handle({ ...there, accounts: { own: there, of: async () => there } }, event),
    ).toEqual(['the grace period of a user changes too often to end it']);
    expect(await handle(pipeline, event)).toEqual(['fulfilled']);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });
});

describe('users without an MFA device when enforcement begins', () => {
  const old = { createdAt: new Date(START - 1000 * HOUR) };
  const names = ['ann', 'bob'];

  it('have time from then on, by the first sweep', async () => {
    const pipeline = testPipeline({ graceHours: 72 });
    for (const name of names) pipeline.iam.put(name, old);
    const { finished } = await sweepAll(pipeline);
    expect(finished).toMatchObject({
      differences: 0,
      differing: [],
      totals: { unprotected: 2 },
      inGrace: {
        total: 2,
        users: names.map((user) => ({ user, until: '2026-03-04T12:00:00.000Z' })),
      },
    });
    await play(pipeline, 73);
    expect(published(pipeline)).toEqual([
      '0.0 started',
      '0.0 started',
      '36.0 half-time',
      '36.0 half-time',
      '70.0 last',
      '70.0 last',
      '72.0 user-blocked',
      '72.0 user-blocked',
    ]);
  });

  it('have the same time if an event shows one before the first sweep', async () => {
    const pipeline = testPipeline({ graceHours: 72 });
    for (const name of names) pipeline.iam.put(name, old);
    await handle(
      pipeline,
      iamEvent('CreateAccessKey', { user: 'ann' }),
      iamEvent('CreateLoginProfile', { user: 'ann' }),
    );
    pipeline.clock.time += 5 * HOUR;
    const { finished } = await sweepAll(pipeline);
    expect(finished.inGrace?.users.map(({ until }) => until)).toEqual([
      '2026-03-04T12:00:00.000Z',
      '2026-03-04T12:00:00.000Z',
    ]);
  });

  it('have none if a later sweep finds them: they had a device, or were exempt', async () => {
    const pipeline = testPipeline({ graceHours: 72 });
    for (const name of names) pipeline.iam.put(name, { ...old, devices: ['key'] });
    await sweepAll(pipeline);
    pipeline.iam.put('ann', { devices: [] });
    pipeline.clock.time += 24 * HOUR;
    const { finished } = await sweepAll(pipeline, 'sweep-2');
    expect(finished).toMatchObject({
      differences: 1,
      differing: [{ user: 'ann', action: 'block' }],
    });
    await play(pipeline, 25);
    expect(pipeline.iam.isBlocked('ann')).toBe(true);
  });

  it('are blocked by the sweep after their time if the waiting messages are lost', async () => {
    const pipeline = testPipeline({ graceHours: 72 });
    pipeline.iam.put('ann', old);
    for (const night of [0, 1, 2, 3]) {
      pipeline.clock.time = START + night * 24 * HOUR;
      pipeline.sqs.sent.splice(0);
      await sweepAll(pipeline, `sweep-${night}`);
      const sent = pipeline.sqs.sent.splice(0);
      await handle(pipeline, ...sent.map(({ body }) => body));
    }
    expect(published(pipeline).filter((one) => !one.includes('sweep'))).toEqual([
      '0.0 started',
      '48.0 half-time',
      '72.0 user-blocked',
    ]);
  });

  it('cost no message of the sweep while nothing is due', async () => {
    const pipeline = testPipeline({ graceHours: 72 });
    pipeline.iam.put('ann', old);
    await sweepAll(pipeline);
    await play(pipeline, 24);
    pipeline.sqs.sent.splice(0);
    const { finished } = await sweepAll(pipeline, 'sweep-2');
    expect(finished).toMatchObject({ differences: 0, inGrace: { total: 1 } });
    expect(pipeline.sqs.sent).toEqual([]);
  });

  it('are sent to review as to be blocked in observe mode, with what would be first', async () => {
    const pipeline = testPipeline({ graceHours: 72, mode: 'observe' });
    pipeline.iam.put('ann', old);
    const { finished } = await sweepAll(pipeline);
    expect(finished.inGrace).toBeUndefined();
    expect(finished.differing).toMatchObject([
      { user: 'ann', action: 'block', reasons: [{}, {}, { code: 'grace-first' }] },
    ]);
    expect([...pipeline.dynamo.items.keys()]).not.toContain(`grace/${ACCOUNT}`);
  });

  it('stop the sweep while the state table is unavailable, so that it comes again, after the unblocks', async () => {
    const pipeline = testPipeline({ graceHours: 72 });
    pipeline.iam.put('ann', old);
    pipeline.iam.put('bob', { ...old, policies: [POLICY], devices: ['key'] });
    pipeline.dynamo.fail.BatchGetItem = 1;
    await expect(sweepAll(pipeline)).rejects.toThrow('BatchGetItem is unavailable');
    expect(
      pipeline.sqs.sent.map(({ body }) => (JSON.parse(body) as { user: string }).user),
    ).toEqual(['bob']);
  });
});
