import { describe, expect, it } from 'vitest';
import {
  handle,
  iamEvent,
  POLICY,
  START,
  sweepRequest,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const MINUTES = 60;

const session = (mfaAuthenticated: unknown) => ({
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/SecurityAdmin/alice',
  sessionContext: { attributes: { mfaAuthenticated } },
});
const withMfa = session('true');

/** The event that a caller detaches ForceMFA from dana now. */
function detach({ iam, clock }: TestPipeline, identity: object): string {
  iam.put('dana', { policies: [] });
  const ago = -(clock.time - START) / 1000;
  const parameters = { policyArn: POLICY };
  return iamEvent('DetachUserPolicy', { ago, parameters, identity: { ...identity } });
}

function blocked(): TestPipeline {
  const pipeline = testPipeline();
  pipeline.iam.put('dana', { policies: [POLICY] });
  return pipeline;
}

const kinds = ({ events }: TestPipeline) => events.outcomes.map(({ kind }) => kind);

describe('a blocked user after an administrator with MFA detaches ForceMFA', () => {
  it('can be deleted, and nothing is reported', async () => {
    const pipeline = blocked();
    const body = detach(pipeline, withMfa);
    pipeline.clock.time += 4_000;
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.sqs.sent).toMatchObject([{ body, delaySeconds: 296 }]);

    pipeline.iam.remove('dana');
    pipeline.clock.time += 296_000;
    expect(await handle(pipeline, body)).toEqual(['fulfilled']);
    expect(kinds(pipeline)).toEqual([]);
    expect(pipeline.iam.writes).toEqual([]);
    expect(pipeline.sqs.sent).toHaveLength(1);
  });

  it('waits with every review, also a sweep’s, and with those of other copies', async () => {
    const pipeline = blocked();
    await handle(pipeline, detach(pipeline, withMfa));
    pipeline.clock.time += 60_000;
    const password = iamEvent('DeleteLoginProfile', { ago: -60, identity: withMfa });
    expect(await handle(pipeline, password, sweepRequest('Dana'))).toHaveLength(2);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(pipeline.sqs.sent.slice(1)).toMatchObject([
      { delaySeconds: 240 },
      { delaySeconds: 240 },
    ]);
    expect(kinds(pipeline)).toEqual([]);
  });

  it('is blocked again after five minutes, and reported', async () => {
    const pipeline = blocked();
    const body = detach(pipeline, withMfa);
    await handle(pipeline, body);
    pipeline.clock.time += 5 * MINUTES * 1000;
    await handle(pipeline, body);
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.events.outcomes).toMatchObject([
      { kind: 'user-blocked', cause: { eventName: 'DetachUserPolicy', actor: { mfa: true } } },
    ]);
  });

  it('is blocked at once the second time that day', async () => {
    const pipeline = blocked();
    await handle(pipeline, detach(pipeline, withMfa));
    pipeline.clock.time += 60 * MINUTES * 1000;
    await handle(pipeline, detach(pipeline, withMfa));
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
  });

  it('takes no room under the limit meanwhile', async () => {
    const pipeline = testPipeline({ blockLimit: 1 });
    pipeline.iam.put('dana');
    await handle(pipeline, iamEvent('CreateUser'));
    pipeline.clock.time += 10_000;
    await handle(pipeline, detach(pipeline, withMfa));
    pipeline.iam.put('erin');
    await handle(pipeline, iamEvent('CreateUser', { user: 'erin', ago: -10 }));
    expect(pipeline.iam.isBlocked('erin')).toBe(true);
    expect(kinds(pipeline)).toEqual(['user-blocked', 'user-blocked']);
  });

  it('may enrol meanwhile', async () => {
    const pipeline = blocked();
    const body = detach(pipeline, withMfa);
    await handle(pipeline, body);
    pipeline.iam.put('dana', { devices: ['GAHT12345678'] });
    pipeline.clock.time += 5 * MINUTES * 1000;
    await handle(pipeline, body);
    expect(pipeline.iam.isBlocked('dana')).toBe(false);
    expect(kinds(pipeline)).toEqual([]);
  });
});

it.each([
  ['a session without MFA', session('false')],
  ['a session of which CloudTrail does not say', session(null)],
  ['a session with a value that is no text', session(true)],
  ['a long-term key', { type: 'IAMUser', userName: 'ci' }],
  ['the user, also with MFA', { ...withMfa, type: 'IAMUser', userName: 'DANA' }],
])('a blocked user is blocked again at once after a detach by %s', async (_, identity) => {
  const pipeline = blocked();
  expect(await handle(pipeline, detach(pipeline, identity))).toEqual(['fulfilled']);
  expect(pipeline.iam.isBlocked('dana')).toBe(true);
  expect(kinds(pipeline)).toEqual(['user-blocked']);
  expect(pipeline.sqs.sent).toEqual([]);
});

it('a second copy that is faster has the message come back', async () => {
  const pipeline = blocked();
  const body = detach(pipeline, withMfa);
  const { stateStore } = pipeline;
  const compareAndSet = async () => ({ done: false, found: null }) as const;
  const late = { ...pipeline, stateStore: { ...stateStore, compareAndSet } };
  await handle({ ...late, accounts: { of: async () => late } } as unknown as TestPipeline, body);
  expect(pipeline.sqs.sent).toMatchObject([{ delaySeconds: 2 }]);
  expect(pipeline.iam.isBlocked('dana')).toBe(false);
});

it('in observe mode nothing waits, and nothing is remembered', async () => {
  const pipeline = testPipeline({ mode: 'observe' });
  pipeline.iam.put('dana');
  await handle(pipeline, detach(pipeline, withMfa));
  expect(pipeline.events.outcomes).toMatchObject([{ kind: 'user-blocked', mode: 'observe' }]);
  expect([...pipeline.dynamo.items.keys()].filter((id) => id.endsWith('/pause'))).toEqual([]);
});
