import { shellOption, shellQuoted } from '../../domain/deployment/shell-quoted.ts';
import type { DeploymentContext } from './check.ts';

type Where = Pick<DeploymentContext, 'profile' | 'region' | 'stack'>;

/** A command of the AWS CLI, with the Region and the profile that the doctor used. */
export function aws({ profile, region }: Where, service: string, rest: string): string {
  const [operation = '', ...options] = rest.split(' ');
  const as = profile === null ? '' : ` ${shellOption('profile', profile)}`;
  const where = service === 'iam' ? '' : ` --region ${region}`;
  return [`aws ${service} ${operation}${where}${as}`, ...options].join(' ');
}

/** An mfa-enforcer command, with the stack and the profile that the doctor used. @param rest the command and its arguments */
export function command({ profile, stack }: Where, rest: string): string {
  const as = profile === null ? '' : ` ${shellOption('profile', profile)}`;
  return `mfa-enforcer ${rest} --stack ${shellQuoted(stack)}${as}`;
}

/** Whether a line is a command. It stays on one line, so that it can be copied whole; the terminal wraps it. */
export const isCommand = (line: string) => /^(aws|mfa-enforcer) /.test(line);

/** The command that writes the deployed definition of a resource to a file for the next command. */
export function printed(where: Where, id: string, file: string): string {
  return `${command(where, 'doctor')} --print ${id} > ${file}`;
}

/**
 * The commands that recreate missing resources with a drift-aware change set. A deployment would not recreate them,
 * because its template has not changed (CloudFormation User Guide, "Using drift-aware change sets").
 */
export function putBack(where: Where): string[] {
  const named = `--stack-name ${where.stack} --change-set-name put-back`;
  return [
    'Recreate the missing resource. Read the change set before you execute it:',
    aws(
      where,
      'cloudformation',
      `create-change-set ${named} --use-previous-template --deployment-mode REVERT_DRIFT --capabilities CAPABILITY_NAMED_IAM`,
    ),
    aws(where, 'cloudformation', `describe-change-set ${named}`),
    aws(where, 'cloudformation', `execute-change-set ${named}`),
  ];
}

/** What to do where the call of a probe was refused. */
export const PROBE_REFUSED =
  'Deploy the account’s spoke again, or look for a policy that denies iam:TagPolicy.';

/** The commands that show why an event does not leave an account. Only that account's own credentials can read these. */
export function lookInSpoke(where: Where, policyName: string): string[] {
  const there = { ...where, profile: null };
  const rule = `${policyName}-policy-changes`;
  return [
    aws(there, 'events', `describe-rule --name ${rule}`),
    aws(there, 'events', `list-targets-by-rule --rule ${rule}`),
    aws(there, 'cloudtrail', 'describe-trails'),
  ];
}
