import type { Reason } from '../../../events/outcome.ts';

/** A call that a user makes. */
export interface UserCall {
  readonly action: string;
  /** ARN. */
  readonly resource: string;
}

/** What IAM's policy simulator says of a call. */
export interface SimulatedCall extends UserCall {
  readonly allowed: boolean;
  readonly deniedByBoundary: boolean;
  /** By service control policies, which the simulator evaluates without their conditions. */
  readonly deniedByOrganization: boolean;
}

/**
 * The calls that enrolling a device needs, on resources of the user's own.
 * @param userArn with the path
 */
export function enrolmentCalls(userArn: string): readonly UserCall[] {
  const prefix = userArn.slice(0, userArn.indexOf(':user/'));
  return [
    { action: 'iam:CreateVirtualMFADevice', resource: `${prefix}:mfa/${nameIn(userArn)}` },
    { action: 'iam:EnableMFADevice', resource: userArn },
  ];
}

/** The name in a user's ARN, without the path. */
export function nameIn(userArn: string): string {
  return userArn.slice(userArn.lastIndexOf('/') + 1);
}

/**
 * Why a user could not enrol once blocked; null where the simulator finds that the calls are allowed.
 * @param calls what enrolling needs
 * @param simulated the simulator's results, with ForceMFA among the user's policies
 * @param boundary the ARN of the user's permissions boundary
 */
export function enrolmentProblem(
  calls: readonly UserCall[],
  simulated: readonly SimulatedCall[],
  boundary: string,
): Reason | null {
  const results = calls.map(({ action, resource }) =>
    simulated.find((one) => one.action === action && one.resource === resource),
  );
  const actions = (isDenied: (call: SimulatedCall) => boolean) =>
    results
      .flatMap((one) => (one !== undefined && isDenied(one) ? [one.action] : []))
      .join(' and ');
  const byBoundary = actions((call) => call.deniedByBoundary);
  if (byBoundary !== '') {
    return {
      code: 'boundary-denies-enrolling',
      text: `cannot enrol: the permissions boundary ${boundary} does not allow ${byBoundary}. Allow it there, or remove the boundary`,
    };
  }
  const byOrganization = actions((call) => call.deniedByOrganization);
  if (byOrganization !== '') {
    return {
      code: 'organization-denies-enrolling',
      text: `cannot enrol: a service control policy denies ${byOrganization}. Except these calls there`,
    };
  }
  const byPolicy = actions((call) => !call.allowed);
  if (byPolicy !== '') {
    return {
      code: 'policy-denies-enrolling',
      text: `cannot enrol: a policy of the user denies ${byPolicy}. Except these calls there`,
    };
  }
  return results.includes(undefined)
    ? notChecked('IAM’s policy simulator gave no answer for a call')
    : null;
}

/** @param why without a full stop */
export function notChecked(why: string): Reason {
  const text = `may be unable to enrol: the permissions boundary could not be checked (${why})`;
  return { code: 'enrolling-not-checked', text };
}

/** Whether a user certainly cannot enrol. */
export function cannotEnrol(problem: Reason | null): problem is Reason {
  return problem !== null && problem.code !== 'enrolling-not-checked';
}
