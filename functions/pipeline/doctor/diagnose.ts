import {
  type Check,
  checks,
  type Deployment,
  type DeploymentContext,
  type Finding,
  runCheck,
  unknown,
} from './check.ts';
import { checkEventPath } from './check-event-path.ts';
import { checkFailedMessages } from './check-failed-messages.ts';
import { checkFunctions } from './check-functions.ts';
import { checkLastSweep } from './check-last-sweep.ts';
import { checkMail } from './check-mail.ts';
import { checkPolicy } from './check-policy.ts';
import { checkQueues } from './check-queues.ts';
import { checkRoles } from './check-roles.ts';
import { checkRules } from './check-rules.ts';
import { checkRegion, checkStack, noStack } from './check-stack.ts';
import { checkTrail } from './check-trail.ts';
import { checkWebhook } from './check-webhook.ts';
import { type ReadDeployment, readDeployment } from './read-deployment.ts';

type CheckOf = (
  context: DeploymentContext,
  deployment: Deployment,
) => Promise<Finding[]> | Finding[];

/** The checks of the stack and its resources. */
const ofDeployment: Readonly<Partial<Record<Check, CheckOf>>> = {
  stack: checkStack,
  rules: checkRules,
  queues: checkQueues,
  'failed messages': checkFailedMessages,
  functions: checkFunctions,
  roles: checkRoles,
  policy: checkPolicy,
  webhook: checkWebhook,
  mail: checkMail,
  'last sweep': checkLastSweep,
  'event path': checkEventPath,
};

/**
 * Checks everything that a deployment needs to work. It only reads. A check that cannot run stops no other check.
 * @returns the findings, in the order of the checks
 */
export async function diagnose(context: DeploymentContext): Promise<Finding[]> {
  const [trail, deployed] = await Promise.all([
    runCheck(context, 'trail', () => checkTrail(context)),
    checkDeployment(context),
  ]);
  const found = [...checkRegion(context), ...trail, ...deployed];
  return checks.flatMap((check) => found.filter((one) => one.check === check));
}

async function checkDeployment(context: DeploymentContext): Promise<Finding[]> {
  let read: ReadDeployment | null;
  try {
    read = await readDeployment(context);
  } catch (error) {
    const others = Object.keys(ofDeployment).filter((check) => check !== 'stack') as Check[];
    const message = 'not checked, because the stack could not be read';
    return [
      unknown(context, 'stack', error),
      ...others.map((check): Finding => ({ check, status: 'unknown', message, fix: null })),
    ];
  }
  // Without a stack there is nothing more to check.
  if (read === null) return [noStack(context)];
  const { deployment, unread } = read;
  const found = await Promise.all(
    Object.entries(ofDeployment).map(([check, checkIt]) =>
      runCheck(context, check as Check, () => checkIt(context, deployment)),
    ),
  );
  return [...found.flat(), ...unread];
}
