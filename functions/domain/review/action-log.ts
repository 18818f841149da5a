import { isNaming } from '../../../events/cause.ts';
import type { Expectation } from '../../../events/expectation.ts';
import type { UserChange } from '../../../events/message.ts';
import type { BlockMethod, OutcomeOf } from '../../../events/outcome.ts';
import type { Decision } from '../rules/decide.ts';
import type { Settings } from '../rules/settings.ts';
import type { UserFacts } from '../rules/user-facts.ts';
import { RESERVATION_KEPT_MS } from './block-reservations.ts';
import { isCurrent } from './refused-users.ts';
import { SETTLED_AFTER_SECONDS } from './stale-reads.ts';

/** The outcome of a block or an unblock. */
export type ActionOutcome = OutcomeOf<'user-blocked' | 'user-unblocked'>;

/** A block or unblock that was done and published. */
export interface LoggedAction {
  /** The outcome's id. */
  readonly id: string;
  readonly action: 'block' | 'unblock';
  readonly methods: readonly BlockMethod[];
  /** ISO 8601. */
  readonly at: string;
  /** IAM answered that it was done. An action that a dead instance left behind may have been done or not. */
  readonly certain: boolean;
}

/** A block or unblock that was begun and may not be published. */
interface PendingAction {
  /** The outcome to publish. The method of a block is the first one that is tried. */
  readonly outcome: ActionOutcome;
  /** ISO 8601. */
  readonly at: string;
  /** IAM's answer was an error: most likely nothing was done. */
  readonly failed: boolean;
}

/** The log of the enforcer's own actions on one user. */
export interface LoggedActions {
  readonly pending: PendingAction | null;
  /** Actions that dead instances did, or may have done, before the pending one: oldest first. */
  readonly unpublished: readonly ActionOutcome[];
  /** The last few, newest first. */
  readonly published: readonly LoggedAction[];
  /** When a message named the user as refused by the open breaker, if no decision followed. ISO 8601. */
  readonly refused?: string;
  /** How often an instance claimed the user. A new number makes the writes of other instances fail. */
  readonly claims?: number;
}

export const nothingLogged: LoggedActions = { pending: null, unpublished: [], published: [] };

// The function's timeout is 60 s, and clocks are some seconds apart.
const LOCKED_MS = 75_000;

/** Whether another instance is working on this user, or died a moment ago while it was. */
export function isLocked({ pending }: LoggedActions, now: Date): boolean {
  return pending !== null && !pending.failed && now.getTime() - Date.parse(pending.at) < LOCKED_MS;
}

/**
 * The actions that earlier tries left unpublished, oldest first. An action that may or may not have been done is published: a
 * block by an instance that died, and any action on a user who is gone. After an error of IAM the user's state shows whether
 * the action was done. An unblock counts as done only where nothing blocks the user: an unblock that removed only the first of
 * several block methods is not done.
 * @param decision the decision now, or null where the user is gone
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

/** The last action that was certainly done and published. */
export function lastAction({ published }: LoggedActions): LoggedAction | null {
  return published.find(({ certain }) => certain) ?? null;
}

/** Whether a recent message named the user as refused, and no decision followed. */
export function isNamed({ refused }: LoggedActions, now: Date): boolean {
  return isCurrent(refused, now);
}

/**
 * Whether the user may have a block reservation that the facts can end: the enforcer certainly blocked the user, not long ago,
 * and the facts show every method by which it did.
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
 * What a reading must show: all fresh changes of the task, and the enforcer's own recent action. A later change that undid the
 * action, or gave the name to a new user, wins.
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
    // Stryker disable next-line ConditionalExpression: a comparison with no time is false; the compiler needs the check
    ({ cause }) => cause.kind === 'event' && Date.parse(cause.eventTime) >= since,
  );
  const at = before < 0 ? all.length : before;
  const hasNewOwner = changes.slice(at).some(({ cause }) => isNaming(cause));
  return hasNewOwner ? all : all.toSpliced(at, 0, actionExpectation(action, settings));
}

function actionExpectation({ action, methods }: LoggedAction, settings: Settings): Expectation {
  const blocked = action === 'block';
  // A reading without a user who was just blocked is stale: a deletion comes as an event.
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
      // Stryker disable next-line ConditionalExpression,StringLiteral: no reading shows it, and the default does nothing either
      case 'inline-policy':
        break;
      // Stryker disable next-line ConditionalExpression: unreachable, as the compiler proves
      default:
        method satisfies never;
    }
  }
  return expects;
}

/**
 * An id that was not published yet. A change that is delivered again may make the same action due again, long after or after
 * another action. That is a new action, and receivers must not take it for the first.
 * @param unpublished actions that other tries left, oldest first: the last of them may be this one, interrupted
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

// More actions are not published while a delivery of one change can still arrive. An attacker who undoes each block causes one
// every few seconds, and an event may be late by minutes.
const REMEMBERED = 100;

/** Whether a pending action may have been done and IAM may not show it yet. */
function isUncertain({ at }: PendingAction, now: Date): boolean {
  return now.getTime() - Date.parse(at) < SETTLED_AFTER_SECONDS * 1000;
}

/**
 * The log after publishing.
 * @param before the actions that other tries had left unpublished, oldest first
 * @param action the action that was done just now, or null
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
