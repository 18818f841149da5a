import type { DeployerCommand } from '../domain/deployment/deployer-rights.ts';
import { ownBucket } from '../pipeline/deployment/code-bucket.ts';
import { checkRights } from '../pipeline/deployment/missing-rights.ts';
import type { DeploymentContext } from '../pipeline/doctor/check.ts';
import { countOf } from '../render/report/text.ts';
import { Refused, type Terminal } from './terminal.ts';

/** Whether the caller has the rights of a command. */
export interface CallerRights {
  readonly status: 'ok' | 'unknown';
  readonly message: string;
}

/** Own calls that a command does not make where the code is in a bucket that mfa-enforcer did not create. */
const ofOtherBucket: Readonly<Record<DeployerCommand, readonly string[]>> = {
  deploy: ['s3:CreateBucket'],
  remove: ['s3:DeleteBucket', 's3:DeleteObject', 's3:ListBucket'],
};

/**
 * Checks the caller's rights before anything is changed.
 * @param parameters of the stack
 * @param unused own calls that this run does not make
 * @throws Refused with every missing right, and the policy that grants them
 */
export async function refuseMissingRights(
  { release }: Terminal,
  context: DeploymentContext,
  command: DeployerCommand,
  parameters: Readonly<Record<string, string>>,
  unused: readonly string[] = [],
): Promise<CallerRights> {
  const { PolicyName = '', SlackWebhookParameter = '', OrganizationId = '' } = parameters;
  const { S3Bucket: bucket = ownBucket(context) } = parameters;
  const names = {
    ...context,
    bucket,
    policyName: PolicyName,
    webhookParameter: SlackWebhookParameter,
  };
  const ofBucket = bucket === ownBucket(context) ? [] : ofOtherBucket[command];
  const isHub = OrganizationId !== '';
  const run = { command, names, isHub, unused: [...unused, ...ofBucket] };
  const { simulated, missing, denied, policy, unknown } = await checkRights(context, run, release);
  if (missing.length > 0) {
    throw new Refused(
      `${context.caller} lacks ${countOf(missing.length, 'right')} that ${command} needs: ${missing.join(', ')}. Nothing was changed.`,
      ...(denied.length === 0
        ? []
        : [`A policy or a permissions boundary denies ${denied.join(', ')} explicitly.`]),
      'Grant them to the caller with this policy. deployer-policy.json of the release has all rights (docs/install.md):',
      ...JSON.stringify(policy, null, 2).split('\n'),
    );
  }
  if (unknown === null) {
    const rights = countOf(simulated, 'right');
    return { status: 'ok', message: `the caller has the ${rights} that ${command} needs` };
  }
  const what =
    simulated === 0 ? 'the caller’s rights were not checked' : 'not all rights were judged';
  return { status: 'unknown', message: `${what}: ${unknown}` };
}
