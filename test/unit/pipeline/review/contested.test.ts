import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import { ACCOUNT, handle, iamEvent, POLICY, START, testPipeline } from '../../../fakes/pipeline.ts';

type Pipeline = ReturnType<typeof testPipeline>;
const KEY = stateKeys.removals(ACCOUNT, 'dana');
const terraform = (run: number) => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Terraform/run-${run}`,
});

/** Detaches ForceMFA, and handles the event at once. @returns the event */
async function detach(pipeline: Pipeline, run: number, identity: object = terraform(run)) {
  const { iam, clock } = pipeline;
  iam.put('dana', { policies: [] });
  const ago = (START - clock.time) / 1000;
  const event = iamEvent('DetachUserPolicy', {
    ago,
    identity: { ...identity },
    parameters: { policyArn: POLICY },
  });
  await handle(pipeline, event);
  return event;
}

const contested = ({ events }: Pipeline) =>
  events.outcomes.flatMap((outcome) => (outcome.kind === 'block-contested' ? [outcome] : []));

describe('a block that one caller removes again and again', () => {
  it('is reported at the third removal, and comes back after a wait', async () => {
    const pipeline = testPipeline();
    const { clock, iam, sqs } = pipeline;
    for (const run of [1, 2]) {
      await detach(pipeline, run);
      expect(iam.isBlocked('dana')).toBe(true);
      clock.time += 300_000;
    }
    expect(contested(pipeline)).toEqual([]);
    const event = await detach(pipeline, 3);
    expect(iam.isBlocked('dana')).toBe(false);
    expect(contested(pipeline)).toMatchObject([
      { user: 'dana', count: 3, cause: { actor: { name: 'Terraform/run-3' } } },
    ]);
    expect(sqs.sent).toMatchObject([{ body: event, delaySeconds: 30 }]);
    clock.time += 30_000;
    await handle(pipeline, event);
    expect(iam.isBlocked('dana')).toBe(true);
    expect(contested(pipeline)).toHaveLength(1);
  });

  it('is reported once an hour, and the waits grow to five minutes', async () => {
    const pipeline = testPipeline();
    const { clock, sqs } = pipeline;
    for (let run = 1; run <= 9; run += 1) {
      const event = await detach(pipeline, run);
      clock.time += 300_000;
      await handle(pipeline, event);
    }
    expect(sqs.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([
      30, 60, 120, 240, 300, 300, 300,
    ]);
    expect(contested(pipeline)).toHaveLength(1);
    clock.time += 1_600_000;
    for (let run = 10; run <= 13; run += 1) await detach(pipeline, run);
    expect(contested(pipeline)).toHaveLength(2);
  });

  it('has the same id where the publication is repeated', async () => {
    const pipeline = testPipeline();
    for (const run of [1, 2]) await detach(pipeline, run);
    const { stateStore } = pipeline;
    const { items } = pipeline.dynamo;
    const kept = items.get(KEY);
    const event = await detach(pipeline, 3);
    // The instance died before it could remember the report.
    if (kept !== undefined) items.set(KEY, kept);
    await handle(pipeline, event);
    expect(new Set(contested(pipeline).map(({ id }) => id)).size).toBe(1);
    expect(await stateStore.get(KEY)).toContain('reportedAt');
  });

  it('waits also where the event of another change is reviewed', async () => {
    const pipeline = testPipeline();
    for (const run of [1, 2, 3]) await detach(pipeline, run);
    const other = iamEvent('CreateLoginProfile', { ago: 600 });
    await handle(pipeline, other);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.sqs.sent.at(-1)).toMatchObject({ body: other, delaySeconds: 30 });
  });

  it('is reported where another review blocked the user before the third event came', async () => {
    const pipeline = testPipeline();
    for (const run of [1, 2]) await detach(pipeline, run);
    pipeline.clock.time += 60_000;
    const identity = terraform(3);
    const late = iamEvent('DetachUserPolicy', {
      identity,
      parameters: { policyArn: POLICY },
    });
    pipeline.clock.time += 60_000;
    pipeline.iam.put('dana', { policies: [POLICY] });
    await handle(pipeline, late);
    expect(contested(pipeline)).toMatchObject([{ user: 'dana', count: 3 }]);
  });

  it('is not reported once the user is exempt, as nobody blocks again', async () => {
    const pipeline = testPipeline();
    for (const run of [1, 2]) await detach(pipeline, run);
    pipeline.clock.time += 600_000;
    pipeline.iam.put('dana', { tags: { userType: 'Service' } });
    await detach(pipeline, 3);
    expect(contested(pipeline)).toEqual([]);
  });

  it('does not keep a user blocked who enrolled, while the state table is unavailable', async () => {
    const pipeline = testPipeline();
    pipeline.iam.put('dana', { policies: [POLICY], devices: ['arn:aws:iam::1:mfa/phone'] });
    Object.assign(pipeline.dynamo.fail, { GetItem: 99, PutItem: 99 });
    const event = iamEvent('DetachUserPolicy', {
      ago: 600,
      identity: terraform(1),
      parameters: { policyArn: POLICY },
    });
    await handle(pipeline, event);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
  });

  it.each([
    ['different callers', [terraform(1), { type: 'IAMUser', userName: 'erin' }, { type: 'Root' }]],
    [
      'the enforcer',
      [1, 2, 3].map(() => ({ type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/role/x' })),
    ],
  ])('is none by %s', async (_, identities) => {
    const pipeline = testPipeline({ enforcerRole: 'role' });
    for (const identity of identities) {
      await detach(pipeline, 0, identity);
      pipeline.clock.time += 130_000;
    }
    expect(contested(pipeline)).toEqual([]);
  });

  it('is none in observe mode, and reads nothing', async () => {
    const pipeline = testPipeline({ mode: 'observe' });
    for (const run of [1, 2, 3]) await detach(pipeline, run);
    expect(contested(pipeline)).toEqual([]);
    expect(pipeline.dynamo.items.has(KEY)).toBe(false);
  });

  it.each([
    ['damaged', 'x'],
    ['from the future', '{"last":[],"reportedAt":"2999-01-01T00:00:00.000Z"}'],
  ])('is found in spite of an entry that is %s', async (_, text) => {
    const pipeline = testPipeline();
    for (const run of [1, 2, 3]) {
      if (run === 1) pipeline.dynamo.items.set(KEY, { id: { S: KEY }, body: { S: text } });
      await detach(pipeline, run);
    }
    expect(contested(pipeline)).toHaveLength(1);
  });
});
