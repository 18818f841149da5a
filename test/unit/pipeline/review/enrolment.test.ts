import { describe, expect, it } from 'vitest';
import { accessDenied, timedOut } from '../../../fakes/memory-iam.ts';
import {
  ACCOUNT,
  handle,
  iamEvent,
  type TestPipeline,
  testPipeline,
} from '../../../fakes/pipeline.ts';

const NARROW = `arn:aws:iam::${ACCOUNT}:policy/narrow`;

/** dana has this boundary, and is blocked. */
async function blocked(
  action: string,
  change: Parameters<typeof testPipeline>[0] = {},
  spoil: (pipeline: TestPipeline) => void = () => undefined,
): Promise<TestPipeline> {
  const pipeline = testPipeline(change);
  const statement = { Effect: 'Allow', Action: action, Resource: '*' };
  pipeline.iam.managed[NARROW] = {
    defaultId: 'v1',
    versions: { v1: { Statement: [statement] } },
  };
  pipeline.iam.put('dana', { password: true, boundary: NARROW });
  spoil(pipeline);
  await handle(pipeline, iamEvent('CreateUser'));
  return pipeline;
}

describe('the outcome of a block', () => {
  it.each([{}, { mode: 'observe' }] as const)(
    'says that the user’s permissions boundary denies enrolling: %j',
    async (change) => {
      const { events, iam } = await blocked('s3:*', change);
      expect(events.outcomes).toMatchObject([
        { kind: 'user-blocked', enrolmentProblem: { code: 'boundary-denies-enrolling' } },
      ]);
      expect(iam.count('SimulatePrincipalPolicy')).toBe(1);
    },
  );

  it('says nothing where the boundary allows it, or where there is none', async () => {
    const { events } = await blocked('*');
    expect(events.outcomes[0]).not.toHaveProperty('enrolmentProblem');
    const pipeline = testPipeline();
    pipeline.iam.put('dana');
    await handle(pipeline, iamEvent('CreateUser'));
    expect(pipeline.events.outcomes[0]).not.toHaveProperty('enrolmentProblem');
    expect(pipeline.iam.count('SimulatePrincipalPolicy')).toBe(0);
  });

  it.each([
    ['is denied', accessDenied, 'AWS answered AccessDenied'],
    ['gets no answer', timedOut, 'AWS answered TimeoutError'],
  ])('is a block, too, where the simulator %s', async (_, error, why) => {
    const pipeline = await blocked('s3:*', {}, ({ iam }) =>
      iam.failNext('SimulatePrincipalPolicy', error, 99),
    );
    expect(pipeline.iam.isBlocked('dana')).toBe(true);
    expect(pipeline.events.outcomes).toMatchObject([
      {
        kind: 'user-blocked',
        enrolmentProblem: { code: 'enrolling-not-checked', text: expect.stringContaining(why) },
      },
    ]);
  });
});
