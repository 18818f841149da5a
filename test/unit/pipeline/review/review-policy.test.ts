import { expect, it } from 'vitest';
import type { Cause } from '../../../../events/cause.ts';
import type { PolicyChange } from '../../../../events/message.ts';
import { reviewPolicy } from '../../../../functions/pipeline/review/review-policy.ts';
import { bySweep } from '../../../fakes/outcomes.ts';
import { ACCOUNT, POLICY, START, testPipeline } from '../../../fakes/pipeline.ts';

/** The state of the policy: as deployed, with another document (and without its good version), or gone. */
type Found = 'intact' | 'changed' | 'missing';

interface Case {
  readonly found: Found;
  /** Seconds ago; null: the sweep's. */
  readonly ago?: number | null;
  readonly name?: string;
  readonly sourceIp?: string;
  readonly change?: Partial<PolicyChange>;
}

const OURS = 'OnIamChangeRole/x';
const CLOUDFORMATION = 'cloudformation.amazonaws.com';

/** @returns "stale", or the states that are reported */
async function stateTold({ found, ago = 10, name, sourceIp, change }: Case) {
  const pipeline = testPipeline();
  const policy = pipeline.iam.managed[POLICY];
  if (policy === undefined) throw new Error('no policy');
  if (found === 'changed') policy.versions.v1 = { Version: '2012-10-17', Statement: [] };
  if (found === 'missing') delete pipeline.iam.managed[POLICY];
  const cause: Cause =
    ago === null
      ? bySweep()
      : {
          kind: 'event',
          eventId: 'e1',
          eventName: 'SetDefaultPolicyVersion',
          eventTime: new Date(START - ago * 1000).toISOString(),
          actor: {
            type: 'AssumedRole',
            name: name ?? 'SecurityAdmin/alice',
            sourceIp: sourceIp ?? '203.0.113.10',
          },
        };
  const policyChange = {
    account: ACCOUNT,
    policyArn: POLICY,
    defaultVersionId: null,
    deleted: false,
    ...change,
    cause,
  };
  const result = await reviewPolicy(pipeline, policyChange, pipeline.deadline());
  if (result.kind === 'stale') return result.kind;
  expect(result.kind).toBe('reviewed');
  return result.outcomes.map((outcome) => outcome.kind === 'policy-changed' && outcome.state);
}

const other = `arn:aws:iam::${ACCOUNT}:policy/Other`;

it.each<[string, Case, string | string[]]>([
  ['a policy that is not ours', { found: 'changed', change: { policyArn: other } }, []],
  [
    'ours, named in another case',
    { found: 'changed', change: { policyArn: POLICY.replace('ForceMFA', 'FORCEMFA') } },
    ['changed'],
  ],
  ['one that is as it should be', { found: 'intact' }, ['intact']],
  ['one that we put back', { found: 'intact', name: OURS }, []],
  ['one that a sweep finds as it should be', { found: 'intact', ago: null }, []],
  ['one that is changed', { found: 'changed' }, ['changed']],
  ['one that a sweep finds changed', { found: 'changed', ago: null }, ['changed']],
  ['one that is gone', { found: 'missing', change: { deleted: true } }, ['missing']],
  ['one that a sweep finds gone', { found: 'missing', ago: null }, ['missing']],
  [
    'one that is said to be gone and is still there',
    { found: 'intact', change: { deleted: true } },
    'stale',
  ],
  [
    'one that was said to be gone long ago and is there',
    { found: 'intact', ago: 130, change: { deleted: true } },
    ['intact'],
  ],
  [
    'the version that is said',
    { found: 'changed', change: { defaultVersionId: 'v1' } },
    ['changed'],
  ],
  [
    'another version than is said',
    { found: 'changed', change: { defaultVersionId: 'v2' } },
    'stale',
  ],
  [
    'no version where one is said',
    { found: 'missing', change: { defaultVersionId: 'v1' } },
    'stale',
  ],
  [
    'another version than is said by a sweep',
    { found: 'changed', ago: null, change: { defaultVersionId: 'v2' } },
    ['changed'],
  ],
  [
    'one that CloudFormation changes just now',
    { found: 'changed', sourceIp: CLOUDFORMATION },
    'stale',
  ],
  [
    'one that CloudFormation changed long ago',
    { found: 'changed', sourceIp: CLOUDFORMATION, ago: 130 },
    ['changed'],
  ],
  [
    'one that CloudFormation made as it should be',
    { found: 'intact', sourceIp: CLOUDFORMATION },
    [],
  ],
])('%s', async (_, one, expected) => {
  expect(await stateTold(one)).toEqual(expected);
});
