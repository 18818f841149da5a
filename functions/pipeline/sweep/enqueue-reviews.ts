import type { IAMClient } from '@aws-sdk/client-iam';
import type { Cause } from '../../../events/cause.ts';
import type { ReviewRequest, SweepProgress, SweepRoom } from '../../../events/requests.ts';
import { sweepRoom, takeRoom } from '../../domain/accounts/sweep-tally.ts';
import { waitingRequest } from '../../domain/review/refused-users.ts';
import { SETTLED_AFTER_SECONDS } from '../../domain/review/stale-reads.ts';
import { byOtherMethod } from '../../domain/rules/block-methods.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { getAccountSummary } from '../../io/iam-account.ts';
import { sendMessages } from '../../io/sqs.ts';
import { listBlockedUsers } from '../review/circuit-breaker.ts';
import type { UserRead } from '../review/read-user.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** The users of a page for whom there is something to do. */
interface ToReview {
  readonly differing: readonly UserRead[];
  /**
   * Users who could not be read: the review tries again, and an alarm follows if it fails, too. And users in whose time to enrol a
   * reminder is due.
   */
  readonly others: readonly UserFacts[];
}

/**
 * Sends users who need a change to review; in observe mode none. Users beyond the block limit are counted, and wait in the
 * queue for room.
 * @returns the remaining room
 * @throws if the queue refuses a message, or the account's users cannot be counted
 */
export async function sendToReview(
  { iam, sqs, queueUrl, settings, now }: SweepDeps,
  cause: Cause,
  { differing, others }: ToReview,
  { room, tally }: Pick<SweepProgress, 'room' | 'tally'>,
): Promise<SweepRoom | null> {
  const toBlock = differing.filter(({ decision }) => decision.action === 'block');
  let left = room;
  let beyond: ReadonlySet<UserRead> = new Set();
  if (toBlock.length > 0) left ??= await roomNow(iam, settings, tally.totals.blocked);
  if (left !== null) {
    const taken = takeRoom(
      left,
      toBlock.map(({ facts }) => facts.user),
    );
    beyond = new Set(toBlock.slice(taken.within.length));
    left = taken.room;
  }
  if (settings.mode === 'enforce') {
    const within = differing.filter((one) => !beyond.has(one));
    const requests = [...within.map(({ facts }) => facts), ...others].map((facts) =>
      JSON.stringify(reviewRequest(facts, cause, settings)),
    );
    await sendMessages(sqs, queueUrl, requests, settings.account);
    // The sweep reports these users.
    const waiting = [...beyond].map(({ facts }) =>
      waitingRequest(settings.account, facts.user, cause, now()),
    );
    await sendMessages(sqs, queueUrl, waiting, settings.account, SETTLED_AFTER_SECONDS);
  }
  return left;
}

/** Null if ForceMFA does not exist: no user can be blocked, and the reviews report it. */
async function roomNow(
  iam: IAMClient,
  settings: Settings,
  seen: number,
): Promise<SweepRoom | null> {
  const listed = await listBlockedUsers(iam, settings);
  if (listed === null) return null;
  const { users } = await getAccountSummary(iam);
  return sweepRoom({ listed: listed.size, seen, users }, settings);
}

function reviewRequest(facts: UserFacts, cause: Cause, { account }: Settings): ReviewRequest {
  const { user } = facts;
  const otherMethods = byOtherMethod(facts);
  return { schema: 'mfa-enforcer/review-request/1', account, user, cause, otherMethods };
}
