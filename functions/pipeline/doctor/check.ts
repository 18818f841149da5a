import type { StackFacts, StackTemplate } from '../../domain/deployment/stack-template.ts';
import type { DeploymentClients } from '../../runtime/command-clients.ts';

/** The deployment that the doctor checks, and the clients for it. */
export interface DeploymentContext {
  readonly clients: DeploymentClients;
  readonly account: string;
  readonly partition: string;
  /** The Region where IAM's events of the partition are delivered. The deployment must be there. */
  readonly region: string;
  /** The Region of --region, or null. */
  readonly askedRegion: string | null;
  /** The caller's own ARN. */
  readonly caller: string;
  readonly profile: string | null;
  readonly stack: string;
  /** The maximum age of the last sweep from --sweep-within; null for the limit of SweepMissingAlarm. */
  readonly sweepWithinHours: number | null;
  /** True in the local run, whose Slack listens on loopback. */
  readonly allowLoopback: boolean;
  readonly now: Date;
  /** Describes an error that is not a missing permission. */
  readonly describe: (error: unknown) => string;
}

/** A stack's resources and template. */
export interface Deployment {
  readonly status: string;
  readonly facts: StackFacts;
  /** The deployed template; null if it could not be read. */
  readonly template: StackTemplate | null;
}

/** Logical and physical IDs of a deployment's resources of a type. */
export function resourcesOf({ facts }: Deployment, type: string): (readonly [string, string])[] {
  return [...facts.resources]
    .filter(([, resource]) => resource.type === type)
    .map(([id, { physicalId }]) => [id, physicalId] as const);
}

/** The checks, in the order of the output. */
export const checks = [
  'region',
  'stack',
  'trail',
  'rules',
  'queues',
  'failed messages',
  'functions',
  'roles',
  'policy',
  'webhook',
  'mail',
  'last sweep',
  'event path',
] as const;
export type Check = (typeof checks)[number];

/** One finding. A check that found nothing broken has one finding with status ok. */
export interface Finding {
  readonly check: Check;
  /** unknown: the check could not run. */
  readonly status: 'ok' | 'broken' | 'unknown';
  /** A description with the name of the resource. */
  readonly message: string;
  /** What to do: a sentence or commands, one per line. */
  readonly fix: string | null;
}

/** The finding for something broken. @param fix lines, each a sentence or a command */
export function broken(check: Check, message: string, ...fix: string[]): Finding {
  return { check, status: 'broken', message, fix: fix.join('\n') };
}

/** The findings of a check, or the finding `ok` if there are none. */
export function orWell(check: Check, found: readonly Finding[], message: string): Finding[] {
  return found.length > 0 ? [...found] : [{ check, status: 'ok', message, fix: null }];
}

/** The finding for a check that could not run, with the missing permission if that is the cause. */
export function unknown(
  { caller, describe }: DeploymentContext,
  check: Check,
  error: unknown,
): Finding {
  if (!(error instanceof Error) || !isDenied(error)) {
    return { check, status: 'unknown', message: describe(error), fix: null };
  }
  const { message, command } = error as Error & { readonly command?: string };
  const action = /not authorized to perform: (\S+)/.exec(message)?.[1] ?? command ?? 'the call';
  // "… with an explicit deny in a service control policy" (IAM User Guide, access denied errors).
  const by = /explicit deny in (an? [a-z -]*policy)/.exec(message)?.[1];
  return {
    check,
    status: 'unknown',
    message: `AWS denied ${action}${by ? ` (explicit deny in ${by})` : ''}`,
    fix: `Allow ${action} to ${caller}. doctor-policy.json of the release lists all permissions of doctor.`,
  };
}

const DENIED = /AccessDenied|UnauthorizedOperation|NotAuthorized/;

/** Whether AWS denied a call because of a missing permission. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && DENIED.test(error.name);
}

/** Runs one check. A check that cannot run gives the finding `unknown` and stops no other check. */
export async function runCheck(
  context: DeploymentContext,
  check: Check,
  run: () => Promise<Finding[]> | Finding[],
): Promise<Finding[]> {
  try {
    return await run();
  } catch (error) {
    return [unknown(context, check, error)];
  }
}

/** Runs a check for several things in parallel. Equal findings are reported once. */
export async function runCheckEach<T>(
  context: DeploymentContext,
  check: Check,
  things: readonly T[],
  run: (thing: T) => Promise<Finding[]>,
): Promise<Finding[]> {
  const found = await Promise.all(things.map((one) => runCheck(context, check, () => run(one))));
  const byText = new Map(found.flat().map((one) => [JSON.stringify(one), one]));
  return [...byText.values()];
}
