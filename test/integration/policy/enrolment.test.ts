import { expect, it } from 'vitest';
import { enrolmentCalls, enrolmentProblem } from '../../../functions/domain/rules/enrolment.ts';
import { forceMfaPolicy } from '../../../functions/domain/rules/force-mfa.ts';
import { simulateUserCalls } from '../../../functions/io/iam-policies.ts';
import { MemoryIam } from '../../fakes/memory-iam.ts';
import { ACCOUNT, ask } from './evaluator.ts';

const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/developer`;
const ARN = `arn:aws:iam::${ACCOUNT}:user/blue/dana`;
const forceMfa = forceMfaPolicy('aws', 'console');
const statement = (Effect: string, Action: string | string[]) => ({
  Effect,
  Action,
  Resource: '*',
});

/** A boundary, and which of the two calls it lets through. */
it.each([
  ['everything', [statement('Allow', '*')], [true, true]],
  ['one service', [statement('Allow', 's3:*')], [false, false]],
  [
    'half of enrolling',
    [statement('Allow', ['s3:*', 'iam:CreateVirtualMFADevice'])],
    [true, false],
  ],
  ['all but IAM', [statement('Allow', '*'), statement('Deny', 'iam:*')], [false, false]],
])(
  'a blocked user whose boundary allows %s can enrol as far as an independent evaluator and the simulator say',
  async (_, Statement, allowed) => {
    const boundary = { Version: '2012-10-17', Statement };
    const calls = enrolmentCalls(ARN);
    const verdicts = calls.map(({ action, resource }) =>
      ask({
        principal: ARN,
        action,
        resource,
        context: { 'aws:username': 'dana', 'aws:MultiFactorAuthPresent': 'false' },
        identityPolicies: [forceMfa],
        boundary,
      }),
    );
    expect((await Promise.all(verdicts)).map((verdict) => verdict === 'allowed')).toEqual(allowed);

    const iam = new MemoryIam({ account: ACCOUNT });
    iam.managed[BOUNDARY] = { defaultId: 'v1', versions: { v1: boundary } };
    iam.put('dana', { path: '/blue/', boundary: BOUNDARY });
    const simulated = await simulateUserCalls(iam, ARN, calls, forceMfa);
    expect(simulated.map((one) => one.allowed)).toEqual(allowed);
    expect(enrolmentProblem(calls, simulated, BOUNDARY) === null).toBe(allowed.every(Boolean));
  },
);
