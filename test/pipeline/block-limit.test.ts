import { describe, expect, it } from 'vitest';
import {
  handle,
  iamEvent,
  POLICY,
  START,
  type TestPipeline,
  testPipeline,
} from '../fakes/pipeline.ts';

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
    const pipeline = testPipeline({ holdLimit: 10 });
    const { iam, clock } = pipeline;
    iam.put('mallory');
    await handle(pipeline, now(pipeline, 'CreateUser', 'mallory'));
    for (let times = 0; times < 50; times += 1) {
      clock.time += 5_000;
      iam.put('mallory', { policies: [] });
      await handle(pipeline, now(pipeline, 'DetachUserPolicy', 'mallory', { policyArn: POLICY }));
      expect(iam.isHeld('mallory')).toBe(true);
    }
    iam.put('newcomer');
    await handle(pipeline, now(pipeline, 'CreateUser', 'newcomer'));
    expect(iam.isHeld('newcomer')).toBe(true);
    expect(kinds(pipeline)).not.toContain('breaker-open');
  });

  it.each([true, false])(
    'for a pipeline that creates and deletes a user every ten seconds, of a new name: %s',
    async (isNew) => {
      const pipeline = testPipeline({ holdLimit: 2 });
      const { iam, clock } = pipeline;
      for (let times = 0; times < 60; times += 1) {
        const user = isNew ? `ci-${times}` : 'ci';
        iam.put(user);
        await handle(pipeline, now(pipeline, 'CreateUser', user));
        expect(iam.isHeld(user)).toBe(true);
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
    const pipeline = testPipeline({ holdLimit: 1 });
    const { iam, clock } = pipeline;
    for (let times = 0; times < 10; times += 1) {
      const user = `user-${times}`;
      iam.put(user);
      await handle(pipeline, now(pipeline, 'CreateUser', user));
      expect(iam.isHeld(user)).toBe(true);
      clock.time += 2_000;
      iam.put(user, { devices: [PHONE] });
      await handle(pipeline, now(pipeline, 'EnableMFADevice', user, { serialNumber: PHONE }));
      expect(iam.isHeld(user)).toBe(false);
      expect(reservedUsers(pipeline)).toEqual([]);
      // IAM's list is asked again after five seconds.
      clock.time += 5_000;
    }
    expect(kinds(pipeline)).not.toContain('breaker-open');
  });

  it('for a user who is exempted, and detached by hand', async () => {
    const pipeline = testPipeline({ holdLimit: 1 });
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
    const observing = testPipeline({ mode: 'observe', holdLimit: 1 });
    observing.iam.put('dana', { tags: { team: 'x' } });
    const tagged = (pipeline: TestPipeline) =>
      iamEvent('TagUser', { ago: 200, parameters: { tags: [{ key: 'team', value: 'x' }] } }) +
      ' '.repeat(pipeline === observing ? 0 : 1);
    for (let times = 0; times < 11; times += 1) {
      observing.clock.time += 2_000;
      await handle(observing, tagged(observing));
    }
    expect(new Set(kinds(observing))).toEqual(new Set(['user-held']));
    expect(observing.dynamo.items.size).toBe(0);
    const enforcing = testPipeline({ mode: 'enforce', holdLimit: 1 }, {}, observing.iam);
    await handle(enforcing, tagged(enforcing));
    expect(observing.iam.isHeld('dana')).toBe(true);
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

  it('ends no reservation while a reading without the user may be too early', async () => {
    const pipeline = await blocked();
    pipeline.iam.remove('dana');
    await handle(pipeline, iamEvent('TagUser', { ago: 200, parameters: { tags: [] } }));
    expect(reservedUsers(pipeline)).toEqual(['dana']);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });
});
