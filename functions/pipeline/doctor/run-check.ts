import type { DeploymentContext } from './deployment-context.ts';

/** Looks at one thing. What cannot be looked at is said to be not seen, and stops nothing else. */
export async function runCheck(
  context: DeploymentContext,
  check: Check,
  look: () => Promise<Finding[]> | Finding[],
): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    return [unknown(context, check, error)];
  }
}

/** Looks at several things at once. What is said of more than one of them is said once. */
export async function runCheckEach<T>(
  context: DeploymentContext,
  check: Check,
  things: readonly T[],
  look: (thing: T) => Promise<Finding[]>,
): Promise<Finding[]> {
  const found = await Promise.all(things.map((one) => runCheck(context, check, () => look(one))));
  const byText = new Map(found.flat().map((one) => [JSON.stringify(one), one]));
  return [...byText.values()];
}

const DENIED = /AccessDenied|UnauthorizedOperation|NotAuthorized/;

/** Whether AWS refused a call for want of a permission. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && DENIED.test(error.name);
}

/** What an error leaves unseen, with the missing permission where that is the reason. */
export function unknown(
  { caller, wordsOf }: DeploymentContext,
  check: Check,
  error: unknown,
): Finding {
  if (!(error instanceof Error) || !isDenied(error)) {
    return { check, status: 'unknown', message: wordsOf(error), fix: null };
  }
  const { message, command } = error as Error & { readonly command?: string };
  const action = /not authorized to perform: (\S+)/.exec(message)?.[1] ?? command ?? 'the call';
  // "… with an explicit deny in a service control policy" (IAM User Guide, access denied errors).
  const by = /explicit deny in (an? [a-z -]*policy)/.exec(message)?.[1];
  return {
    check,
    status: 'unknown',
    message: `AWS denies ${action}${by ? `, by ${by}` : ''}`,
    fix: `Allow ${action} to ${caller}; infra/doctor-policy.json has all that doctor reads.`,
  };
}

/** What is looked at, in the order it is told. */
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
  'last sweep',
] as const;
export type Check = (typeof checks)[number];

/** One thing that was found. A check that found nothing wrong has one finding, which says what is well. */
export interface Finding {
  readonly check: Check;
  /** unknown: it could not be looked at, so that nothing is known of it. */
  readonly status: 'ok' | 'broken' | 'unknown';
  /** In words, with the name of the thing. */
  readonly message: string;
  /** What to do: a sentence, or commands, one a line. */
  readonly fix: string | null;
}

/** Something is not as it must be. @param fix lines: a sentence or a command each */
export function broken(check: Check, message: string, ...fix: string[]): Finding {
  return { check, status: 'broken', message, fix: fix.join('\n') };
}

/** What a check found wrong or did not see, or that all is well. */
export function orWell(check: Check, found: readonly Finding[], message: string): Finding[] {
  return found.length > 0 ? [...found] : [{ check, status: 'ok', message, fix: null }];
}
