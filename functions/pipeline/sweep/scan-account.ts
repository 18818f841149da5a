import type { IAMClient } from '@aws-sdk/client-iam';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Cause } from '../../../events/cause.ts';
import type { FailedPart, Outcome } from '../../../events/outcome.ts';
import type { SweepProgress, SweepRoom } from '../../../events/requests.ts';
import { addToTally, noTally } from '../../domain/accounts/sweep-tally.ts';
import { breakerOutcome } from '../../domain/outcomes/outcomes.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Log } from '../../runtime/log.ts';
import { inFews, listUserPages, lookAt } from '../list-users.ts';
import type { UserRead } from '../review/read-user.ts';
import { failedPart, sweepPolicies } from './check-policies.ts';
import { sendToReview } from './enqueue-reviews.ts';
import { lookForSweep } from './read-user-in-sweep.ts';

export interface Sweeper {
  readonly iam: IAMClient;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly settings: Settings;
  readonly log: Log;
  readonly now: () => Date;
  /** Waits so many ms; real time where nobody says. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Gives memory back that is no longer in use. */
  readonly collectGarbage?: () => void;
}

/** One run of a sweep: a large or slow account takes several, one after the other. */
export interface SweepRun {
  /** When the sweep began, ISO 8601. */
  readonly startedAt?: string;
  /** Where the run before left off. */
  readonly progress?: SweepProgress | undefined;
  /** How many ms are left to this run; for ever where nobody says. */
  readonly msLeft?: () => number;
}

/** What a run came to, and what is to be told of it. */
export type Swept =
  | {
      readonly kind: 'finished';
      readonly finished: SweepFinished;
      readonly outcomes: readonly Outcome[];
    }
  | {
      readonly kind: 'unfinished';
      /** What the next run begins with. */
      readonly progress: SweepProgress;
      readonly outcomes: readonly Outcome[];
      /** What stopped it, where it was not the time. */
      readonly error: unknown;
    };

type SweepFinished = Extract<Outcome, { kind: 'sweep-finished' }>;
type SweepCause = Extract<Cause, { kind: 'sweep' }>;

// The slowest look at a few users: two calls each, of six tries of 5 s and 20 s of waiting between them.
const RESERVE_MS = 120_000;

/**
 * Reads the account in bulk and sends everyone who differs from what they should be to review. It never acts on its
 * own reading: the review reads again. In observe mode nothing is sent; the summary is the news.
 * A run whose time is up, or that fails once it has come further, says how far it has come.
 * @param sweepId names this sweep in its requests and its summary
 * @throws whatever a failed read throws before the run has come further than the one before
 */
export async function sweep(sweeper: Sweeper, sweepId: string, run: SweepRun = {}): Promise<Swept> {
  const { progress, startedAt = sweeper.now().toISOString() } = run;
  const cause: SweepCause = { kind: 'sweep', sweepId, startedAt };
  const { outcomes: before, failedParts } = progress
    ? { outcomes: [], failedParts: [] }
    : await sweepPolicies(sweeper, cause);
  for (const { part, why } of failedParts) {
    sweeper.log.error('a part of the sweep could not be done', { sweepId, part, why });
  }
  const start = {
    marker: null,
    done: [],
    tally: noTally,
    room: null,
    failedParts: [...failedParts],
  };
  let reached: Reached;
  try {
    reached = await goThrough(sweeper, cause, progress ?? start, run);
  } catch (error) {
    if (progress === undefined || !isMarkerRefused(error)) throw error;
    sweeper.log.warn('IAM no longer knows the page to go on with: the sweep begins anew');
    return sweep(sweeper, sweepId, { ...run, startedAt, progress: undefined });
  }
  const { state, isLast, error } = reached;
  if (!isLast) return { kind: 'unfinished', progress: state, outcomes: before, error };
  const finished = sweepFinished(sweeper, cause, state);
  const tooMany = beyondTheLimit(sweeper, cause, state.room);
  return { kind: 'finished', finished, outcomes: [...before, finished, ...tooMany] };
}

// A marker is made for the next call; how long IAM knows it is not said.
function isMarkerRefused(error: unknown): boolean {
  return error instanceof Error && /marker/i.test(error.message) && !/throttl/i.test(error.name);
}

interface Reached {
  readonly state: SweepProgress;
  /** Everyone has been looked at. */
  readonly isLast: boolean;
  readonly error: unknown;
}

async function goThrough(
  sweeper: Sweeper,
  cause: SweepCause,
  from: SweepProgress,
  { msLeft = () => Number.POSITIVE_INFINITY }: SweepRun,
): Promise<Reached> {
  const { iam, settings, now, collectGarbage } = sweeper;
  let state = from;
  const onNoReport = (error: unknown) => {
    state = withFailed(state, failedPart('credential-report', error));
  };
  const look = lookForSweep({ ...sweeper, onNoReport });
  let differing: UserRead[] = [];
  const send = async () => {
    state = { ...state, room: await sendToReview(sweeper, cause, differing, state) };
    differing = [];
  };
  try {
    for await (const { marker, users } of listUserPages(
      iam,
      settings,
      from.marker,
      collectGarbage,
    )) {
      const done = new Set(marker === from.marker ? from.done : []);
      if (marker !== state.marker) state = { ...state, marker, done: [] };
      for (const few of inFews(users.filter(({ user }) => !done.has(user)))) {
        if (state.tally !== from.tally && msLeft() < RESERVE_MS) {
          await send();
          return { state, isLast: false, error: null };
        }
        const looked = await lookAt(few, look);
        const tally = looked.reduce(
          (sum, userRead) => addToTally(sum, userRead, settings, now()),
          state.tally,
        );
        state = { ...state, tally, done: [...state.done, ...few.map(({ user }) => user)] };
        differing.push(...looked.filter(({ decision }) => decision.action !== 'none'));
      }
      await send();
    }
    return { state, isLast: true, error: null };
  } catch (error) {
    // What was done is not done again; what stands in the way is tried again, and fails by itself if it stays.
    if (state.tally === from.tally) throw error;
    await send();
    return { state, isLast: false, error };
  }
}

/** A part that fails in every run of a sweep is named once. */
function withFailed(state: SweepProgress, failed: FailedPart): SweepProgress {
  const others = state.failedParts.filter(({ part }) => part !== failed.part);
  return { ...state, failedParts: [...others, failed] };
}

function sweepFinished(
  { settings, now }: Sweeper,
  { sweepId, startedAt }: SweepCause,
  { tally, failedParts }: SweepProgress,
): SweepFinished {
  return {
    kind: 'sweep-finished',
    version: 1,
    id: `sweep-finished/${settings.account}/${sweepId}`,
    account: settings.account,
    alias: null,
    accountName: null,
    rolledUp: false,
    at: now().toISOString(),
    mode: settings.mode,
    sweepId,
    startedAt,
    ...tally,
    failedParts,
  };
}

/** Whoever would be blocked beyond the limit is told of once. */
function beyondTheLimit(
  { settings, now }: Sweeper,
  cause: SweepCause,
  room: SweepRoom | null,
): Outcome[] {
  if (room === null || room.beyond === 0) return [];
  const { counted, limit, beyond } = room;
  const numbers = { counted, assumed: 0, limit, total: beyond };
  return [breakerOutcome(room.firstBeyond, numbers, cause, settings, now())];
}
