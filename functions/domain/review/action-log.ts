import { isNaming } from '../../../events/cause.ts';
import type { Expectation } from '../../../events/expectation.ts';
import type { UserChange } from '../../../events/message.ts';
import type { BlockMethod, Outcome } from '../../../events/outcome.ts';
import type { Decision } from '../rules/decide.ts';
import type { Settings } from '../rules/settings.ts';
import type { UserFacts } from '../rules/user-facts.ts';
import { RESERVATION_KEPT_MS } from './block-reservations.ts';
import { isCurrent } from './refused-users.ts';
import { SETTLED_AFTER_SECONDS } from './stale-reads.ts';

/** The outcome of a block or an unblock. */
export type ActionOutcome = Extract<Outcome, { kind: 'user-blocked' | 'user-unblocked' }>;

/** A block or unblock that was done and told. */
export interface LoggedAction {
  /** The outcome's. */
  readonly id: string;
  readonly action: 'block' | 'unblock';
  readonly methods: readonly BlockMethod[];
  /** ISO 8601. */
  readonly at: string;
  /** IAM answered that it was done. What a dead process left behind may have been done or not. */
  readonly certain: boolean;
}

/** A block or unblock that was pending, and is not known to be told. */
interface PendingAction {
  /** As it will be told; the block method of a block is the first to be tried. */
  readonly outcome: ActionOutcome;
  /** ISO 8601. */
  readonly at: string;
  /** IAM's answer was an error: most likely nothing was done. */
  readonly failed: boolean;
}

/** What is remembered of the enforcer's own actions on one user. */
export interface LoggedActions {
  readonly pending: PendingAction | null;
  /** What dead processes did, or may have done, before that: oldest first. */
  readonly unpublished: readonly ActionOutcome[];
  /** Newest first, a few. */
  readonly published: readonly LoggedAction[];
  /** When the user was named as one whom the open breaker refused, and not decided since. ISO 8601. */
  readonly refused?: string;
  /** How often a copy made certain that it is alone: it only has to differ from what other copies have read. */
  readonly claims?: number;
}

export const nothingLogged: LoggedActions = { pending: null, unpublished: [], published: [] };

// The function's timeout is 60 s; clocks differ.
const LOCKED_MS = 75_000;

/** Whether somebody else is at this user, or died there a moment ago. */
export function isLocked({ pending }: LoggedActions, now: Date): boolean {
  return pending !== null && !pending.failed && now.getTime() - Date.parse(pending.at) < LOCKED_MS;
}

/**
 * What earlier tries left unpublished, oldest first. Where nobody can know whether it was done it is published: a block after a death, and
 * anything where the user is gone. After an error of IAM the state tells that the user is in. An unblock counts as done only
 * where nothing blocks the user: one that was broken off after the first of several block methods is not done.
 * @param decision what is to be done now, or null where the user is gone
 */
export function unpublishedActions(
  { pending, unpublished }: LoggedActions,
  decision: Decision | null,
): readonly ActionOutcome[] {
  if (pending === null) return unpublished;
  const { outcome, failed } = pending;
  const wasBlock = outcome.kind === 'user-blocked';
  const wasDone = decision === null || (wasBlock && !failed) || decision.blocked === wasBlock;
  return wasDone ? [...unpublished, outcome] : unpublished;
}

/** What was surely done last, and told. */
export function lastAction({ published }: LoggedActions): LoggedAction | null {
  return published.find(({ certain }) => certain) ?? null;
}

/** Whether the user was named as refused a while ago, and not decided since. */
export function isNamed({ refused }: LoggedActions, now: Date): boolean {
  return isCurrent(refused, now);
}

/**
 * Whether the user may have a block reservation that what was read can end: the enforcer blocked the user a while ago, it
 * is certain of that, and the reading shows every method by which it did.
 * @param facts null where the user is gone
 */
export function mayBeReserved(
  { pending, unpublished, published }: LoggedActions,
  facts: Pick<UserFacts, 'attachments'> | null,
  now: Date,
): boolean {
  const [last] = published;
  if (pending !== null || unpublished.length > 0 || !last?.certain || last.action !== 'block')
    return false;
  if (now.getTime() - Date.parse(last.at) >= RESERVATION_KEPT_MS) return false;
  if (facts === null || facts.attachments?.groups) return true;
  return (
    facts.attachments !== undefined && last.methods.every((method) => method === 'managed-policy')
  );
}

/**
 * What a reading must show: all fresh changes of the task, and the enforcer's own action of a moment ago. Where somebody
 * undid that later, or took the name anew, the later change wins.
 * @param changes fresh, oldest first
 * @param action fresh, or null
 */
export function expectationsOf(
  changes: readonly UserChange[],
  action: LoggedAction | null,
  settings: Settings,
): Expectation[] {
  const all = changes.map(({ expects }) => expects);
  if (action === null) return all;
  // Event times have whole seconds.
  const since = Math.floor(Date.parse(action.at) / 1000) * 1000;
  const before = changes.findIndex(
    // Stryker disable next-line ConditionalExpression: no time is after anything; the compiler wants it said
    ({ cause }) => cause.kind === 'event' && Date.parse(cause.eventTime) >= since,
  );
  const at = before < 0 ? all.length : before;
  const hasNewOwner = changes.slice(at).some(({ cause }) => isNaming(cause));
  return hasNewOwner ? all : all.toSpliced(at, 0, actionExpectation(action, settings));
}

function actionExpectation({ action, methods }: LoggedAction, settings: Settings): Expectation {
  const blocked = action === 'block';
  // Of a user whom it just blocked, a reading without the user is stale; a deletion comes as an event.
  let expects: Expectation = blocked ? { exists: true } : {};
  for (const method of methods) {
    switch (method) {
      case 'managed-policy':
        expects = { ...expects, policies: { [settings.policyArn]: blocked } };
        break;
      case 'deny-group':
        expects = { ...expects, groups: { [settings.denyGroup]: blocked } };
        break;
      case 'boundary':
        expects = { ...expects, boundary: blocked ? settings.boundaryArn : null };
        break;
      // Stryker disable next-line ConditionalExpression,StringLiteral: no reading shows it, and the last case does as little
      case 'inline-policy':
        break;
      // Stryker disable next-line ConditionalExpression: nothing comes here, as the compiler sees
      default:
        method satisfies never;
    }
  }
  return expects;
}

/**
 * An id that was not published yet. A change that is delivered once more may make the same action due again, long after or after
 * another action: then it is another one, and receivers must not take it for the first.
 * @param unpublished what others left, oldest first: the last of them may be this one, broken off
 */
export function unusedId(
  id: string,
  { published }: LoggedActions,
  unpublished: readonly ActionOutcome[],
): string {
  const ids = [...published, ...unpublished.slice(0, -1)].map((action) => action.id);
  if (!ids.includes(id)) return id;
  let number = 2;
  while (ids.includes(`${id}/${number}`)) number += 1;
  return `${id}/${number}`;
}

// As many as are published while one change may still be on its way.
const REMEMBERED = 8;

/** What an error or a death left behind may have been done, and IAM may not show it yet. */
function isUncertain({ at }: PendingAction, now: Date): boolean {
  return now.getTime() - Date.parse(at) < SETTLED_AFTER_SECONDS * 1000;
}

/**
 * @param before what others had left unpublished, oldest first
 * @param action what was done just now, or null
 */
export function withPublished(
  { pending, published }: LoggedActions,
  before: readonly ActionOutcome[],
  action: ActionOutcome | null,
  now: Date,
): LoggedActions {
  const isSettled =
    pending === null || action !== null || before.some(({ id }) => id === pending.outcome.id);
  const stays = !isSettled && isUncertain(pending, now) ? pending : null;
  const left = before
    .filter(({ id }) => id !== action?.id)
    .map((one) => publishedAction(one, one.at, false));
  const own = action ? [publishedAction(action, now.toISOString(), true)] : [];
  return {
    pending: stays,
    unpublished: [],
    published: [...own, ...left.toReversed(), ...published].slice(0, REMEMBERED),
  };
}

function publishedAction(outcome: ActionOutcome, at: string, certain: boolean): LoggedAction {
  const { id } = outcome;
  return outcome.kind === 'user-blocked'
    ? { id, action: 'block', methods: [outcome.method], at, certain }
    : { id, action: 'unblock', methods: outcome.methods, at, certain };
}
