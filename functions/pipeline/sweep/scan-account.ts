import type { Cause } from '../../../events/cause.ts';
import type { FailedPart, Outcome, OutcomeOf } from '../../../events/outcome.ts';
import type { SweepProgress, SweepRoom } from '../../../events/requests.ts';
import { addToTally, noTally } from '../../domain/accounts/sweep-tally.ts';
import { breakerOutcome, outcomeHeader } from '../../domain/outcomes/outcomes.ts';
import { inFews, listUserPages, lookAt } from '../list-users.ts';
import type { UserRead } from '../review/read-user.ts';
import { failedPart, sweepPolicies } from './check-policies.ts';
import { sendToReview } from './enqueue-reviews.ts';
import { lookForSweep } from './read-user-in-sweep.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** One run of a sweep. A large or slow account needs several, one after the other. */
export interface SweepRun {
  /** When the sweep began, ISO 8601. */
  readonly startedAt?: string;
  /** The progress of the previous run. */
  readonly progress?: SweepProgress | undefined;
  /** Remaining ms of this run; unlimited by default. */
  readonly msLeft?: () => number;
}

/** The result of a run, with its outcomes. */
export type Swept =
  | {
      readonly kind: 'finished';
      readonly finished: SweepFinished;
      readonly outcomes: readonly Outcome[];
    }
  | {
      readonly kind: 'unfinished';
      /** The start of the next run. */
      readonly progress: SweepProgress;
      readonly outcomes: readonly Outcome[];
      /** The error that stopped the run; null if the time was over. */
      readonly error: unknown;
    };

type SweepFinished = OutcomeOf<'sweep-finished'>;
type SweepCause = Extract<Cause, { kind: 'sweep' }>;

// The slowest read of a few users: two calls each, with six attempts of 5 s and 20 s of waiting in between.
const RESERVE_MS = 120_000;

/**
 * Reads the account in bulk and sends users who need a change to review, which reads them again. In observe mode nothing is
 * sent, and only the summary is published.
 * A run that runs out of time, or fails after some progress, returns its progress.
 * @param sweepId the sweep's ID in its requests and its summary
 * @throws the error of a read that fails before the run has made progress
 */
export async function sweep(deps: SweepDeps, sweepId: string, run: SweepRun = {}): Promise<Swept> {
  const { progress, startedAt = deps.now().toISOString() } = run;
  const cause: SweepCause = { kind: 'sweep', sweepId, startedAt };
  const { outcomes: before, failedParts } = progress
    ? { outcomes: [], failedParts: [] }
    : await sweepPolicies(deps, cause);
  for (const { part, why } of failedParts) {
    deps.log.error('a part of the sweep failed', { sweepId, part, why });
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
    reached = await goThrough(deps, cause, progress ?? start, run);
  } catch (error) {
    if (progress === undefined || !isMarkerRefused(error)) throw error;
    deps.log.warn('IAM no longer accepts the marker of the next page: the sweep starts again');
    return sweep(deps, sweepId, { ...run, startedAt, progress: undefined });
  }
  const { state, isLast, error } = reached;
  if (!isLast) return { kind: 'unfinished', progress: state, outcomes: before, error };
  const finished = sweepFinished(deps, cause, state);
  const tooMany = beyondTheLimit(deps, cause, state.room);
  return { kind: 'finished', finished, outcomes: [...before, finished, ...tooMany] };
}

// IAM does not document how long a marker is valid.
function isMarkerRefused(error: unknown): boolean {
  return error instanceof Error && /marker/i.test(error.message) && !/throttl/i.test(error.name);
}

interface Reached {
  readonly state: SweepProgress;
  /** All users have been read. */
  readonly isLast: boolean;
  readonly error: unknown;
}

async function goThrough(
  deps: SweepDeps,
  cause: SweepCause,
  from: SweepProgress,
  { msLeft = () => Number.POSITIVE_INFINITY }: SweepRun,
): Promise<Reached> {
  const { iam, settings, now } = deps;
  let state = from;
  const onNoReport = (error: unknown) => {
    state = withFailed(state, failedPart('credential-report', error));
  };
  const look = lookForSweep(deps, onNoReport);
  let differing: UserRead[] = [];
  const send = async () => {
    state = { ...state, room: await sendToReview(deps, cause, differing, state) };
    differing = [];
  };
  try {
    for await (const { marker, users } of listUserPages(iam, settings, from.marker)) {
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
    // The next run continues here and tries the failed read again. It throws if it makes no progress.
    if (state.tally === from.tally) throw error;
    await send();
    return { state, isLast: false, error };
  }
}

/** A part that fails in every run of a sweep is listed once. */
function withFailed(state: SweepProgress, failed: FailedPart): SweepProgress {
  const others = state.failedParts.filter(({ part }) => part !== failed.part);
  return { ...state, failedParts: [...others, failed] };
}

function sweepFinished(
  { settings, now }: SweepDeps,
  { sweepId, startedAt }: SweepCause,
  { tally, failedParts }: SweepProgress,
): SweepFinished {
  return {
    kind: 'sweep-finished',
    ...outcomeHeader(settings, now()),
    id: `sweep-finished/${settings.account}/${sweepId}`,
    rolledUp: false,
    sweepId,
    startedAt,
    ...tally,
    failedParts,
  };
}

/** The outcome for users beyond the block limit. */
function beyondTheLimit(
  { settings, now }: SweepDeps,
  cause: SweepCause,
  room: SweepRoom | null,
): Outcome[] {
  if (room === null || room.beyond === 0) return [];
  const { counted, limit, beyond } = room;
  const numbers = { counted, assumed: 0, limit, total: beyond };
  return [breakerOutcome(room.firstBeyond, numbers, cause, settings, now())];
}
