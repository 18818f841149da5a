import { checkDeadLetters } from './check-dead-letters.ts';
import { checkFunctions } from './check-functions.ts';
import { checkLastSweep } from './check-last-sweep.ts';
import { checkPolicy } from './check-policy.ts';
import { checkQueues } from './check-queues.ts';
import { checkRoles } from './check-roles.ts';
import { checkRules } from './check-rules.ts';
import { checkRegion, checkStack, noStack } from './check-stack.ts';
import { checkTrail } from './check-trail.ts';
import { checkWebhook } from './check-webhook.ts';
import type { Deployment, Patient } from './deployment-context.ts';
import { type ReadDeployment, readDeployment } from './read-deployment.ts';
import { type Check, checks, type Finding, notSeen, seeing } from './run-check.ts';

type CheckOf = (patient: Patient, deployment: Deployment) => Promise<Finding[]> | Finding[];

/** The checks of what the stack has deployed. */
const ofDeployment: Readonly<Partial<Record<Check, CheckOf>>> = {
  stack: checkStack,
  rules: checkRules,
  queues: checkQueues,
  'dead letters': checkDeadLetters,
  functions: checkFunctions,
  roles: checkRoles,
  policy: checkPolicy,
  webhook: checkWebhook,
  'last sweep': checkLastSweep,
};

/**
 * Looks at everything a deployment needs to work. Reads only; a check that cannot be made stops no other.
 * @returns what was found, in the order of the checks
 */
export async function diagnose(patient: Patient): Promise<Finding[]> {
  const [trail, deployed] = await Promise.all([
    seeing(patient, 'trail', () => checkTrail(patient)),
    lookAtDeployment(patient),
  ]);
  const found = [...checkRegion(patient), ...trail, ...deployed];
  return checks.flatMap((check) => found.filter((one) => one.check === check));
}

async function lookAtDeployment(patient: Patient): Promise<Finding[]> {
  let read: ReadDeployment | null;
  try {
    read = await readDeployment(patient);
  } catch (error) {
    const others = Object.keys(ofDeployment).filter((check) => check !== 'stack') as Check[];
    const said = 'not looked at: what the stack has deployed could not be read';
    return [
      notSeen(patient, 'stack', error),
      ...others.map((check): Finding => ({ check, status: 'not-seen', said, fix: null })),
    ];
  }
  // Nothing is deployed: there is nothing more to look at, and nothing unseen.
  if (read === null) return [noStack(patient)];
  const { deployment, unseen } = read;
  const found = await Promise.all(
    Object.entries(ofDeployment).map(([check, look]) =>
      seeing(patient, check as Check, () => look(patient, deployment)),
    ),
  );
  return [...found.flat(), ...unseen];
}
