import { setTimeout as sleep } from 'node:timers/promises';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SweepTotals } from '../../events/outcome.ts';
import { listAttachedPolicies } from '../../functions/io/iam-user.ts';
import type { LocalAws } from './local-aws.ts';

const LOOK_EVERY_MS = 20;

/** Waits until a check succeeds. @returns the time in ms, or null if the check did not succeed within the limit */
export async function waitFor(
  check: () => Promise<boolean> | boolean,
  withinMs: number,
): Promise<number | null> {
  const from = performance.now();
  for (;;) {
    if (await check()) return performance.now() - from;
    if (performance.now() - from > withinMs) return null;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Whether ForceMFA is attached to a user. @param iam a client of moto itself, not of the trail */
export async function isBlocked(aws: LocalAws, iam: IAMClient, user: string): Promise<boolean> {
  const policy = aws.stack.resources.get('ForceMfaPolicy') ?? '';
  return (await listAttachedPolicies(iam, user))?.includes(policy) ?? false;
}

/** A review in the log of on-iam-change. */
export interface LoggedReview {
  readonly user: string;
  readonly action: 'block' | 'unblock' | 'none';
  readonly status: string;
  readonly reasons: readonly { readonly text: string }[];
  readonly cause: { readonly kind: string; readonly eventName?: string; readonly eventId?: string };
}

/** All reviews so far, oldest first. */
export function loggedReviews(aws: LocalAws): LoggedReview[] {
  return aws.functions.onIamChange
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"message":"reviewed"'))
    .map((line) => JSON.parse(line) as LoggedReview);
}

const SWEPT_WITHIN_MS = 30_000;

/**
 * Starts a sweep like the schedule, and waits until all accounts are swept.
 * @returns account → its totals
 * @throws if it takes longer than 30 s
 */
export async function sweepNow(
  aws: LocalAws,
  sweepId: string,
): Promise<ReadonlyMap<string, SweepTotals>> {
  await aws.functions.nightlySweep.invoke({ id: sweepId });
  const started = loggedLines(aws, 'sweep started').find((line) => line.sweepId === sweepId);
  const finished = () =>
    loggedLines(aws, 'sweep finished').filter((line) => line.sweepId === sweepId);
  const unreachable = () => loggedLines(aws, 'account unreachable');
  const all = Number(started?.accounts);
  if (
    (await waitFor(() => finished().length + unreachable().length >= all, SWEPT_WITHIN_MS)) === null
  ) {
    throw new Error(
      `The sweep ${sweepId} did not finish within 30 s. ${aws.functions.nightlySweep.log()}`,
    );
  }
  return new Map(finished().map((line) => [String(line.account), line.totals as SweepTotals]));
}

function loggedLines(aws: LocalAws, message: string): Record<string, unknown>[] {
  return aws.functions.nightlySweep
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(`"message":"${message}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
