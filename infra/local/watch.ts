import { setTimeout as sleep } from 'node:timers/promises';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SweepTotals } from '../../events/outcome.ts';
import { listAttachedPolicies } from '../../functions/io/iam-user.ts';
import type { LocalFunction } from './lambda.ts';
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
  readonly timestamp: string;
  readonly user: string;
  readonly action: 'block' | 'unblock' | 'none';
  readonly status: string;
  readonly reasons: readonly { readonly text: string }[];
  readonly cause: { readonly kind: string; readonly eventName?: string; readonly eventId?: string };
}

/** All reviews so far, oldest first. */
export function loggedReviews({ functions }: LocalAws): LoggedReview[] {
  return loggedLines<LoggedReview>(functions.onIamChange, 'reviewed');
}

/** The outcomes so far that were posted to Slack, or that needed no message. */
export function notifiedOutcomes({ functions }: LocalAws): { id: string; posted: boolean }[] {
  const { notifySlack } = functions;
  const posted = loggedLines<{ outcomeIds: string[] }>(notifySlack, 'posted');
  const dropped = loggedLines<{ outcomeId: string }>(notifySlack, 'nothing to post');
  return [
    ...posted.flatMap(({ outcomeIds }) => outcomeIds.map((id) => ({ id, posted: true }))),
    ...dropped.map(({ outcomeId }) => ({ id: outcomeId, posted: false })),
  ];
}

interface SweepLine {
  readonly sweepId: string;
  readonly account: string;
  readonly accounts: number;
  readonly totals: SweepTotals;
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
  const { nightlySweep } = aws.functions;
  const ofSweep = (message: string) =>
    loggedLines<SweepLine>(nightlySweep, message).filter((line) => line.sweepId === sweepId);
  const [started] = ofSweep('sweep started');
  const finished = () => ofSweep('sweep finished');
  const unreachable = () => loggedLines(nightlySweep, 'account unreachable');
  const all = Number(started?.accounts);
  if (
    (await waitFor(() => finished().length + unreachable().length >= all, SWEPT_WITHIN_MS)) === null
  ) {
    throw new Error(`The sweep ${sweepId} did not finish within 30 s. ${nightlySweep.log()}`);
  }
  return new Map(finished().map(({ account, totals }) => [account, totals]));
}

function loggedLines<Line>(from: LocalFunction, message: string): Line[] {
  return (
    from
      .log()
      .split('\n')
      // The last line may still be on its way.
      .slice(0, -1)
      .filter((line) => line.startsWith('{') && line.includes(`"message":"${message}"`))
      .map((line) => JSON.parse(line) as Line)
  );
}
