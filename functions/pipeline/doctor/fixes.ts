import { shellQuoted } from '../../domain/deployment/shell-quoted.ts';
import type { DeploymentContext } from './deployment-context.ts';

type Where = Pick<DeploymentContext, 'profile' | 'region' | 'stack'>;

/** A command of the AWS CLI, with the Region and the profile that the doctor used. */
export function aws({ profile, region }: Where, service: string, rest: string): string {
  const [operation = '', ...options] = rest.split(' ');
  const as = profile === null ? '' : ` --profile ${shellQuoted(profile)}`;
  const where = service === 'iam' ? '' : ` --region ${region}`;
  return [`aws ${service} ${operation}${where}${as}`, ...options].join(' ');
}

/** A command of ours, on the same stack with the same profile. @param rest what to do, and its arguments */
export function command({ profile, stack }: Where, rest: string): string {
  const as = profile === null ? '' : ` --profile ${shellQuoted(profile)}`;
  return `node dist/cli/index.mjs ${rest} --stack ${shellQuoted(stack)}${as}`;
}

/** Writes what a resource must be, as it was deployed, to a file for the next command. */
export function printed(where: Where, id: string, file: string): string {
  return `${command(where, 'doctor')} --print ${id} > ${file}`;
}

/**
 * Makes a change set that puts back what is gone: a deployment would not, since its template has not changed
 * (CloudFormation User Guide, "Using drift-aware change sets").
 */
export function putBack(where: Where): string[] {
  const named = `--stack-name ${where.stack} --change-set-name put-back`;
  return [
    'Put back what is gone, having looked at the change set before it is executed:',
    aws(
      where,
      'cloudformation',
      `create-change-set ${named} --use-previous-template --deployment-mode REVERT_DRIFT --capabilities CAPABILITY_NAMED_IAM`,
    ),
    aws(where, 'cloudformation', `describe-change-set ${named}`),
    aws(where, 'cloudformation', `execute-change-set ${named}`),
  ];
}
