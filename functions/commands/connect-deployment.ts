import { isLoopback } from '../domain/notify/webhook.ts';
import { iamEventRegionOf } from '../domain/rules/partition.ts';
import type { StackSummary } from '../io/cloudformation.ts';
import type { DeploymentContext } from '../pipeline/doctor/check.ts';
import { deploymentClients } from '../runtime/command-clients.ts';
import { identify } from './connect.ts';
import { describeError } from './errors.ts';
import { stackOf } from './options.ts';
import { Refused, type Terminal } from './terminal.ts';

/** Options of every command that works on a deployment. */
export interface DeploymentOptions {
  readonly profile?: string;
  readonly region?: string;
  readonly stack?: string;
}

/** Reads the caller's account and connects to the Region of IAM events, where the deployment must be. */
export async function connectToDeployment(
  terminal: Terminal,
  options: DeploymentOptions,
): Promise<DeploymentContext> {
  const { env, now } = terminal;
  const stack = stackOf(env, options.stack);
  const { config, account, partition, caller } = await identify(terminal, options);
  const region = iamEventRegionOf(partition);
  return {
    clients: deploymentClients({ ...config, region }),
    account,
    partition,
    region,
    askedRegion: options.region ?? null,
    caller,
    profile: options.profile ?? null,
    stack,
    sweepWithinHours: null,
    allowLoopback: isOnLoopback(terminal),
    now: now(),
    describe: (error) => describeError(error).text,
  };
}

/** Whether AWS is an emulator on this machine. */
export function isOnLoopback({ env }: Pick<Terminal, 'env'>): boolean {
  const endpoint = env.AWS_ENDPOINT_URL ?? '';
  return URL.canParse(endpoint) && isLoopback(new URL(endpoint));
}

/** @throws Refused where --region names another Region than that of IAM's events */
export function refuseOtherRegion({ askedRegion, region }: DeploymentContext): void {
  if (askedRegion === null || askedRegion === region) return;
  throw new Refused(
    `A stack in ${askedRegion} would get no events: IAM's events are delivered in ${region}.`,
    `Omit --region, or pass --region ${region}.`,
  );
}

/**
 * A stack that was never created (REVIEW_IN_PROGRESS) has no parameters, and no resources.
 * @throws Refused for a stack of another project, which no command may change
 */
export function refuseForeign(stack: string, { status, parameters }: StackSummary): void {
  if (status === 'REVIEW_IN_PROGRESS') return;
  if (parameters.Mode !== undefined && parameters.PolicyName !== undefined) return;
  throw new Refused(
    `The stack ${stack} is not a deployment of iam-mfa-enforcer: it has no parameters Mode and PolicyName.`,
    'Name another stack with --stack.',
  );
}
