import { isCallOf } from '../../../events/cause.ts';
import type { Outcome } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { enrolmentDueOutcome, type OutcomeContext } from '../../domain/outcomes/outcomes.ts';
import { type LoggedActions, nothingLogged } from '../../domain/review/action-log.ts';
import {
  type Grace,
  type GraceEnd,
  type GraceRecords,
  graceAt,
  graceEnd,
  graceOf,
  isEarlierUser,
  type UserGrace,
  withGrace,
} from '../../domain/review/grace.ts';
import type { ReviewTask } from '../../domain/review/tasks.ts';
import type { Profile } from '../../domain/rules/user-facts.ts';
import type { Replaced } from '../../io/dynamodb.ts';
import { getUser } from '../../io/iam-user.ts';
import {
  beginAccountGrace,
  noGraceRecords,
  readUserGrace,
  userGraceExpires,
  userIdOf,
} from '../stored-grace.ts';
import type { UserRead } from './read-user.ts';
import type { ReviewDeps } from './review-deps.ts';

/** What a review does for a user who has time to enrol. */
export interface GraceInReview {
  /** Names the reminder that is due: published with the review. */
  readonly reminder: (context: OutcomeContext) => Outcome[];
  /** The message that comes back for the next step; null where another message of the user does. */
  readonly waits: { readonly userId: string; readonly next: Date } | null;
  /** Records the reminder. Call it after its publication, when the message that comes back is sent. */
  readonly record: () => Promise<void>;
}

/**
 * Gives a user who is to be blocked the time to enrol that the deployment allows.
 * @param actions the user's action log
 * @returns the decision that takes it into account, and what to do for the user, null for a user without time; or null where the reading shows
 *   an earlier user of the name
 * @throws the error of the state store
 */
export async function applyGrace(
  deps: ReviewDeps,
  task: ReviewTask,
  userRead: UserRead,
  actions: LoggedActions,
): Promise<{ readonly userRead: UserRead; readonly grace: GraceInReview | null } | null> {
  const { settings, now } = deps;
  const { facts, decision } = userRead;
  if (settings.graceHours === 0 || decision.action !== 'block') return { userRead, grace: null };
  const { profile = {} } = facts;
  if (isEarlierUser(task.changes, profile, now())) return null;
  const end = graceEnd(task.changes, actions, profile, settings);
  if (settings.mode === 'observe') {
    const would = graceOf(profile, noGraceRecords, settings, end, now());
    return { userRead: { facts, decision: withGrace(decision, would, settings) }, grace: null };
  }
  const userId = userIdOf(facts);
  const { text, records } = await readRecords(deps, userId);
  const grace = graceOf(profile, records, settings, end, now());
  const decided = { facts, decision: withGrace(decision, grace, settings) };
  if (grace.kind === 'none') {
    await recordEnd(deps, userId, { text, records, profile }, end);
    return { userRead: decided, grace: null };
  }
  const { due, since } = grace;
  const until = grace.until.toISOString();
  // The message under the user's earlier name ends at its next step, because IAM does not know that name.
  const isWaiting = task.changes.some(
    ({ graceUserId, cause }) => graceUserId === userId || isCallOf(cause, 'UpdateUser'),
  );
  const waits = due !== null || isWaiting ? { userId, next: grace.next } : null;
  const before = records.user?.until === until ? records.user.reminded : [];
  const reminded = [...before, ...(due === null ? [] : [due])];
  const entry: UserGrace = { since: since.toISOString(), until, reminded };
  return {
    userRead: decided,
    grace: {
      reminder: (context) =>
        due === null
          ? []
          : [enrolmentDueOutcome(context, userId, { step: due, until: grace.until })],
      waits,
      // Another instance that was faster has published the same reminder, with the same id.
      record: async () => {
        if (due !== null) await putUserGrace(deps, userId, text, entry);
      },
    },
  };
}

/** Nothing is due yet for a user who has time to enrol. */
export interface StillInGrace {
  readonly kind: 'in-grace';
  readonly userId: string;
  readonly next: Date;
}

/** The next step of a user in whose message nothing is due yet, without reading the user; null to review the user. */
export async function stillInGrace(
  { stateStore, settings, now, log }: ReviewDeps,
  { changes }: Pick<ReviewTask, 'changes'>,
): Promise<StillInGrace | null> {
  const [userId] = changes.map((change) => change.graceUserId);
  if (userId === undefined || changes.some((change) => change.graceUserId !== userId)) return null;
  const { account, graceHours } = settings;
  const text = await stateStore.get(stateKeys.userGrace(account, userId));
  const entry = readUserGrace(text, userId, { account, now: now(), log });
  const grace: Grace | null = entry && graceAt(entry, graceHours, now());
  if (grace?.kind !== 'running' || grace.due !== null) return null;
  return { kind: 'in-grace', userId, next: grace.next };
}

/**
 * Ends the grace period of a user whom an event shows to have or to have had an MFA device: a user who loses it is blocked at once.
 * @throws the error of the state store, or of a failed read
 */
export async function endGraceByMfa(
  deps: ReviewDeps,
  { changes }: ReviewTask,
  { facts, decision }: UserRead,
): Promise<void> {
  const { iam, settings } = deps;
  if (settings.graceHours === 0 || settings.mode === 'observe') return;
  const waits = changes.some(({ graceUserId }) => graceUserId !== undefined);
  const isProtected = decision.status === 'protected';
  const hadDevice = changes.some(({ expects, hint }) => expects.devices && !hint);
  // The review of an unprotected user has recorded it.
  if (decision.status === 'unprotected' || !(hadDevice || (waits && isProtected))) return;
  const { profile = null } = facts.profile ? facts : ((await getUser(iam, facts.user)) ?? {});
  if (profile === null) return;
  const end = isProtected ? 'had-mfa' : graceEnd(changes, nothingLogged, profile, settings);
  const userId = userIdOf({ ...facts, profile });
  await recordEnd(deps, userId, { ...(await readRecords(deps, userId)), profile }, end);
}

// Other instances may record a reminder meanwhile.
const TRIES = 5;

interface Read {
  readonly text: string | null;
  readonly records: GraceRecords;
}

/** The entries about a user. The first user who is to be blocked begins the account's grace period. */
async function readRecords(deps: ReviewDeps, userId: string): Promise<Read> {
  const { stateStore, settings, now, log } = deps;
  const { account } = settings;
  const how = { account, now: now(), log };
  const text = await stateStore.get(stateKeys.userGrace(account, userId));
  const user = readUserGrace(text, userId, how);
  return { text, records: { account: await beginAccountGrace(deps), user } };
}

/** Records that a user has no more time, where the user would have some. */
async function recordEnd(
  deps: ReviewDeps,
  userId: string,
  { text, records, profile }: Read & { readonly profile: Pick<Profile, 'createdAt'> },
  ended: GraceEnd | null,
): Promise<void> {
  if (ended === null || records.user?.ended !== undefined) return;
  const grace = graceOf(profile, records, deps.settings, null, deps.now());
  if (grace.kind === 'none') return;
  const { account } = deps.settings;
  const entryWith = (user: UserGrace | null): UserGrace => ({
    since: grace.since.toISOString(),
    reminded: [],
    ...user,
    ended,
  });
  let [before, user] = [text, records.user];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const replaced = await putUserGrace(deps, userId, before, entryWith(user));
    if (replaced.done) return;
    before = replaced.found;
    user = readUserGrace(before, userId, { account, now: deps.now(), log: deps.log });
  }
  throw new Error('the grace period of a user changes too often to end it');
}

async function putUserGrace(
  { stateStore, settings, now }: ReviewDeps,
  userId: string,
  before: string | null,
  entry: UserGrace,
): Promise<Replaced> {
  const id = stateKeys.userGrace(settings.account, userId);
  return stateStore.compareAndSet(id, before, JSON.stringify(entry), userGraceExpires(now()));
}
