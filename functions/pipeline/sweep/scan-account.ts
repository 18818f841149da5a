import type { Cause } from '../../../events/cause.ts';
import type { FailedPart, Outcome, OutcomeOf } from '../../../events/outcome.ts';
import type { SweepProgress, SweepRoom } from '../../../events/requests.ts';
import { addToTally, noTally, withInGrace } from '../../domain/accounts/sweep-tally.ts';
import { breakerOutcome, NAMED_AT_MOST, outcomeHeader } from '../../domain/outcomes/outcomes.ts';
import { orphansOf } from '../../domain/review/orphan-devices.ts';
import { stateOf } from '../../domain/rules/totals.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import { inFews, listUserPages, lookAt, type UserPage } from '../list-users.ts';
import type { UserRead } from '../review/read-user.ts';
import { failedPart, sweepPolicies } from './check-policies.ts';
import { readReport } from './credential-report.ts';
import { sendToReview } from './enqueue-reviews.ts';
import { finishGrace, giveTime, type SweptUser } from './grace.ts';
import { checkOrphans } from './orphan-devices.ts';
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

// More users of a page who cannot be read are no trouble of theirs, but of IAM or of the enforcer's rights.
const UNREAD_AT_MOST = 10;

// A page of 1,000 users, two calls for each, where IAM accepts only five calls a second.
const A_PAGE_TAKES_MS = 400_000;

/**
 * Reads the account in bulk and sends users who need a change to review, which reads them again. In observe mode nothing is
 * sent, and only the summary is published.
 * A run goes from page to page. Where the time does not suffice for another page, or a page fails after others, it returns
 * its progress.
 * @param sweepId the sweep's ID in its requests and its summary
 * @throws the error of the run's first page
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
    tally: noTally,
    room: null,
    failedParts: [...failedParts],
    orphans: [],
  };
  let reached: Reached;
  try {
    const isFirst = progress === undefined;
    reached = await goThrough(deps, cause, progress ?? start, { ...run, isFirst });
  } catch (error) {
    if (progress === undefined || !isMarkerRefused(error)) throw error;
    deps.log.warn('IAM no longer accepts the marker of the next page: the sweep starts again');
    return sweep(deps, sweepId, { ...run, startedAt, progress: undefined });
  }
  const { state: read, isLast, error } = reached;
  if (!isLast) return { kind: 'unfinished', progress: read, outcomes: before, error };
  await finishGrace(deps, startedAt);
  const state = await withOrphansChecked(deps, cause, read);
  const finished = sweepFinished(deps, cause, state);
  const tooMany = beyondTheLimit(deps, cause, state.room);
  return { kind: 'finished', finished, outcomes: [...before, finished, ...tooMany] };
}

/** Orphan devices are looked at last, and fail alone. */
async function withOrphansChecked(
  deps: SweepDeps,
  cause: SweepCause,
  state: SweepProgress,
): Promise<SweepProgress> {
  try {
    await checkOrphans(deps, cause, state.orphans);
    return state;
  } catch (error) {
    return withFailed(state, failedPart('orphan-devices', error));
  }
}

// IAM does not document how long a marker is valid.
function isMarkerRefused(error: unknown): boolean {
  return error instanceof Error && /marker/i.test(error.message) && !/throttl/i.test(error.name);
}

interface Reached {
  readonly state: SweepProgress;
  /** All pages have been read. */
  readonly isLast: boolean;
  readonly error: unknown;
}

async function goThrough(
  deps: SweepDeps,
  cause: SweepCause,
  from: SweepProgress,
  { msLeft = () => Number.POSITIVE_INFINITY, isFirst }: SweepRun & { readonly isFirst: boolean },
): Promise<Reached> {
  const { iam, settings } = deps;
  let state = from;
  let pages = 0;
  const onFailed = (part: FailedPart['part'], error: unknown) => {
    state = withFailed(state, failedPart(part, error));
  };
  // Before the users, so that the bulk reading is the younger one.
  const report = await readReport(deps, { startedAt: cause.startedAt, isFirst }, onFailed);
  const look = lookForSweep(deps, report);
  try {
    for await (const { users, unassigned, next } of listUserPages(iam, settings, from.marker)) {
      if (pages > 0 && msLeft() < A_PAGE_TAKES_MS) return { state, isLast: false, error: null };
      const { unread, ...swept } = await sweepPage(deps, cause, { users, unassigned }, state, look);
      // onFailed may have changed the state meanwhile.
      state = withUnread({ ...state, ...swept, marker: next }, unread);
      pages += 1;
    }
    return { state, isLast: true, error: null };
  } catch (error) {
    // The next run tries the failed page again.
    if (pages === 0) throw error;
    return { state, isLast: false, error };
  }
}

/**
 * Reads the users of one page and sends those who need a change to review. A user who cannot be read is sent to review, too,
 * which tries it again, and is named as a failed part of the sweep.
 * @throws the error of a failed read where more users cannot be read, after it has sent the users who were read before it
 */
async function sweepPage(
  deps: SweepDeps,
  cause: SweepCause,
  { users, unassigned }: Pick<UserPage, 'users' | 'unassigned'>,
  { tally: before, room, orphans: orphansBefore }: SweepProgress,
  look: (known: UserFacts) => Promise<UserRead | null>,
): Promise<Pick<SweepProgress, 'tally' | 'room' | 'orphans'> & { unread: readonly Unread[] }> {
  let tally = before;
  const orphans = [...orphansBefore];
  const toChange: UserRead[] = [];
  const unread: Unread[] = [];
  const lookOrNote = async (known: UserFacts) => {
    try {
      return await look(known);
    } catch (error) {
      if (unread.length === UNREAD_AT_MOST) throw error;
      unread.push({ facts: known, error });
      return null;
    }
  };
  const add = (userRead: UserRead, grace: SweptUser['grace'] = null) => {
    tally = addToTally(tally, userRead, deps.settings, deps.now());
    if (grace !== null) tally = withInGrace(tally, userRead.facts.user, grace.until);
  };
  const send = async () => {
    const facts = unread.map((one) => one.facts);
    const swept = await giveTime(deps, toChange, facts).catch(async (error: unknown) => {
      // An unblock does not wait for the state table.
      const differing = toChange.filter(({ decision }) => decision.action === 'unblock');
      await sendToReview(deps, cause, { differing, others: facts }, { room, tally });
      throw error;
    });
    for (const { grace, ...userRead } of swept) add(userRead, grace);
    const differing = swept.filter(({ grace }) => grace === null);
    const others = [...facts, ...swept.flatMap((one) => (one.grace?.due ? [one.facts] : []))];
    return sendToReview(deps, cause, { differing, others }, { room, tally });
  };
  try {
    for (const few of inFews(users)) {
      for (const userRead of await lookAt(few, lookOrNote)) {
        if (userRead.decision.action === 'none') add(userRead);
        else toChange.push(userRead);
        if (stateOf(userRead.decision) === 'blocked')
          orphans.push(...orphansOf(userRead.facts.user, unassigned));
      }
    }
  } catch (error) {
    await send();
    throw error;
  }
  const left = await send();
  return { tally, room: left, orphans: orphans.slice(0, NAMED_AT_MOST), unread };
}

/** A user who could not be read, and why. */
interface Unread {
  readonly facts: UserFacts;
  readonly error: unknown;
}

/** Names the users of a page who could not be read, with the first of their errors, after those of other pages. */
function withUnread(state: SweepProgress, unread: readonly Unread[]): SweepProgress {
  const [first] = unread;
  if (first === undefined) return state;
  const names = unread.map(({ facts }) => facts.user).join(', ');
  const before = state.failedParts.find(({ part }) => part === 'users');
  const why = `${names}: ${failedPart('users', first.error).why}`;
  return withFailed(state, { part: 'users', why: before ? `${before.why}; ${why}` : why });
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
