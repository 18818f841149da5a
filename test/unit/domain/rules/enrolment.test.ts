import { describe, expect, it } from 'vitest';
import {
  cannotEnrol,
  enrolmentCalls,
  enrolmentProblem,
  notChecked,
  type SimulatedCall,
} from '../../../../functions/domain/rules/enrolment.ts';

const BOUNDARY = 'arn:aws:iam::111122223333:policy/developer';
const ARN = 'arn:aws:iam::111122223333:user/teams/blue/dana';
const calls = enrolmentCalls(ARN);
const CREATE = 'iam:CreateVirtualMFADevice';
const ENABLE = 'iam:EnableMFADevice';

/** The simulator's results: both calls are allowed, but for these changes by action. */
function simulated(changes: Readonly<Record<string, Partial<SimulatedCall> | null>>) {
  return calls.flatMap((call) => {
    const change = changes[call.action];
    const allowed = { allowed: true, deniedByBoundary: false, deniedByOrganization: false };
    return change === null ? [] : [{ ...call, ...allowed, ...change }];
  });
}

const boundary = { allowed: false, deniedByBoundary: true };
const organization = { allowed: false, deniedByOrganization: true };
const policy = { allowed: false };

describe('whether a user could enrol', () => {
  it('is asked about the user’s own resources', () => {
    expect(calls).toEqual([
      { action: CREATE, resource: 'arn:aws:iam::111122223333:mfa/dana' },
      { action: ENABLE, resource: ARN },
    ]);
  });

  it.each<[string, Parameters<typeof simulated>[0], string | null, string]>([
    ['allowed', {}, null, ''],
    [
      'both denied by the boundary',
      { [CREATE]: boundary, [ENABLE]: boundary },
      'boundary-denies-enrolling',
      `${BOUNDARY} does not allow ${CREATE} and ${ENABLE}. `,
    ],
    [
      'one denied by the boundary, and one by an SCP',
      { [CREATE]: organization, [ENABLE]: boundary },
      'boundary-denies-enrolling',
      `does not allow ${ENABLE}. `,
    ],
    [
      'denied by an SCP, and by a policy',
      { [CREATE]: organization, [ENABLE]: policy },
      'organization-denies-enrolling',
      `a service control policy denies ${CREATE}. `,
    ],
    [
      'denied by a policy of the user',
      { [ENABLE]: policy },
      'policy-denies-enrolling',
      `a policy of the user denies ${ENABLE}. `,
    ],
    ['unanswered', { [ENABLE]: null }, 'enrolling-not-checked', 'no answer'],
    [
      'unanswered, and denied',
      { [CREATE]: null, [ENABLE]: boundary },
      'boundary-denies-enrolling',
      ENABLE,
    ],
  ])('is judged by the calls: %s', (_, changes, code, text) => {
    const problem = enrolmentProblem(calls, simulated(changes), BOUNDARY);
    expect(problem?.code ?? null).toBe(code);
    expect(problem?.text ?? '').toContain(text);
    expect(cannotEnrol(problem)).toBe(code !== null && code !== 'enrolling-not-checked');
  });

  it('needs the result of each call on its own resource', () => {
    const others = simulated({}).map((one) => ({ ...one, resource: 'arn:aws:iam::1:user/erin' }));
    expect(enrolmentProblem(calls, others, BOUNDARY)?.code).toBe('enrolling-not-checked');
    const swapped = simulated({}).map((one) => ({ ...one, action: 'iam:GetUser' }));
    expect(enrolmentProblem(calls, swapped, BOUNDARY)?.code).toBe('enrolling-not-checked');
  });

  it('is said to be unknown where it could not be asked', () => {
    expect(notChecked('AWS denied it').text).toBe(
      'may be unable to enrol: the permissions boundary could not be checked (AWS denied it)',
    );
  });
});
