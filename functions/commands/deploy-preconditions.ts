import type { ParameterPlan } from '../domain/deployment/parameters.ts';
import type { StackSummary } from '../io/cloudformation.ts';
import { type CodePlace, ownBucket } from '../pipeline/deployment/code-bucket.ts';
import type { DeploymentContext } from '../pipeline/doctor/check.ts';
import { aws, command } from '../pipeline/doctor/fixes.ts';
import { refuseForeign } from './connect-deployment.ts';
import { Refused, UsageError } from './terminal.ts';

// A Lambda function's name has at most 64 characters, and its longest ending is -nightly-sweep.
const LONGEST_NAME = 50;

/** @throws UsageError for a name after which a function cannot be named */
export function refuseLongName(stack: string): void {
  if (stack.length <= LONGEST_NAME) return;
  throw new UsageError(
    `"${stack}" is too long for the stack: the functions are named after it, so it may have at most ${LONGEST_NAME} characters.`,
  );
}

/** @throws UsageError where the code would lie among that of other stacks, and be deleted with it */
export function refuseSharedCode(context: DeploymentContext, { bucket, prefix }: CodePlace): void {
  if (prefix !== '' || bucket !== ownBucket(context)) return;
  throw new UsageError(
    `The bucket ${bucket} has the code of all stacks of the account, each under its own prefix: omit --s3-prefix, or name another bucket.`,
  );
}

/**
 * The stack that is upgraded; null where a new one is created.
 * @throws Refused for a stack that cannot be changed now, or is not one of this project
 */
export function deployedStack(
  context: DeploymentContext,
  found: StackSummary | null,
): StackSummary | null {
  // A change set of a new stack that was never executed leaves this status.
  if (found === null || found.status === 'REVIEW_IN_PROGRESS') return null;
  const { stack } = context;
  const { status } = found;
  refuseForeign(stack, found);
  if (status.endsWith('_IN_PROGRESS')) {
    throw new Refused(
      `The stack ${stack} is ${status}.`,
      'Wait until that has finished, and run this command again.',
    );
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    const rest = `continue-update-rollback --stack-name ${stack}`;
    throw new Refused(
      `The stack ${stack} is ${status}: an earlier change failed, and so did its rollback. Fix the cause, finish the rollback and run this command again:`,
      aws(context, 'cloudformation', `describe-stack-events --stack-name ${stack}`),
      aws(context, 'cloudformation', rest),
    );
  }
  if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/.test(status)) {
    throw new Refused(
      `The stack ${stack} is ${status} and cannot be changed. Remove it and run this command again:`,
      command(context, 'remove'),
    );
  }
  return found;
}

/** @throws Refused for another PolicyName: no one could unblock the users of the old policy */
export function refuseOtherPolicyName(
  deployed: StackSummary | null,
  { values, changes }: ParameterPlan,
  file: string | null,
): void {
  const { PolicyName } = deployed?.parameters ?? {};
  if (PolicyName === undefined || PolicyName === values.PolicyName) return;
  const isOfFile = changes.some(({ name, source }) => name === 'PolicyName' && source === 'file');
  throw new Refused(
    `PolicyName cannot be changed from ${PolicyName} to ${values.PolicyName}: users whom ${PolicyName} blocks would stay blocked, and the enforcer could not unblock them.`,
    `Omit ${isOfFile ? `PolicyName from ${file}` : '--policy-name'}. To get another name, remove the stack (mfa-enforcer remove), which unblocks all users, and deploy again.`,
  );
}

/**
 * The template refuses the same, but only after the code is uploaded.
 * @throws UsageError where mails to users have no sender, or there is no SES
 */
export function refuseMailWithoutSender(
  { partition }: DeploymentContext,
  { values: { NotifyUsers, NotifyFrom } }: ParameterPlan,
): void {
  if (NotifyUsers !== 'email') return;
  if (partition === 'aws-cn') {
    throw new UsageError(
      'Amazon SES is not available in China: --notify-users must be "no" there.',
    );
  }
  if (NotifyFrom === '') {
    throw new UsageError(
      'Mails to users need a sender that Amazon SES has verified: name it with --notify-from (docs/mail.md).',
    );
  }
}
