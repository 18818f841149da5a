import type { Outcome, OutcomeOf } from '../../../events/outcome.ts';
import { iamUrl, securityCredentialsUrl } from '../console-links.ts';
import { whyOf } from './account-unreachable.ts';
import {
  contextBlock,
  HEADER_AT_MOST,
  header,
  message,
  type SlackMessage,
  section,
} from './blocks.ts';
import { buttons } from './buttons.ts';
import {
  causeOf,
  fixLines,
  formatAccount,
  formatDelay,
  formatModes,
  link,
  type MessageContext,
  mention,
  reasonsOf,
  whenOf,
} from './format.ts';
import { slackKind, slackKinds } from './kinds.ts';
import type { DigestEntry } from './slack-kind.ts';
import { amountOf, firstOf, prose } from './text.ts';

/** What a digest can contain. */
export type Digestible = Extract<Outcome, { cause: unknown }>;

/** Whether a digest can contain an outcome. */
export function isDigestible(outcome: Outcome): outcome is Digestible {
  return slackKind(outcome).digest !== null;
}

/** Whether an outcome is a message of its own, unless a batch has many of its kind. */
export function isProminent(outcome: Outcome): boolean {
  return slackKind(outcome).digest?.isProminent ?? false;
}

/** How many outcomes a digest contains at most: a message has at most 50 blocks. */
export const DIGEST_AT_MOST = 40;

/**
 * Several outcomes in one message, the most urgent first.
 * @param outcomes at most DIGEST_AT_MOST, of one account or many, each managed in a mode of its own
 */
export function digest(outcomes: readonly Digestible[], context: MessageContext): SlackMessage {
  const named = new Map(outcomes.map((outcome) => [outcome.account, formatAccount(outcome)]));
  const accounts = [...named.values()];
  const changes = amountOf(outcomes.length, 'change');
  const where = accounts.length > 1 ? ` in ${amountOf(accounts.length, 'account')}` : '';
  const groups = groupsOf(outcomes);
  const list = firstOf(accounts, accounts.length, 1_000);
  const colon = groups.startsWith('in observe mode') ? ' ' : ': ';
  const what = `${emoji(outcomes)} ${changes}${where}${colon}${groups}`;
  return message(
    `MFA enforcement, account${accounts.length > 1 ? 's' : ''} ${list}: ${changes}${colon}${groups}.`,
    [
      header(what),
      // The whole text where the header cuts it.
      section(what.length > HEADER_AT_MOST ? `${groups}.` : ''),
      ...lines(inOrder(outcomes), context),
      section(...whatToDo(outcomes, context)),
      ...digestButtons(outcomes, accounts, context),
      contextBlock(formatModes(outcomes), `iam-mfa-enforcer ${context.version}`),
    ],
  );
}

/** One urgent outcome makes the digest an alarm, in either mode. */
function emoji(outcomes: readonly Digestible[]): string {
  if (outcomes.some((outcome) => urgency(outcome) < 2)) return '🚨';
  return outcomes.every(isWould) ? '👁️' : '🔔';
}

/** One line an outcome. Accounts that are not checked for the same reason share one. */
function lines(sorted: readonly Digestible[], context: MessageContext) {
  const shown = new Set<string>();
  return sorted.map((outcome) => {
    if (outcome.kind !== 'account-unreachable') return digestLine(outcome, context);
    const why = whyOf(outcome.why);
    if (shown.has(why)) return null;
    shown.add(why);
    const unreachable = sorted.filter((one) => one.kind === 'account-unreachable');
    return unreachableLine(
      unreachable.filter((one) => whyOf(one.why) === why),
      context,
    );
  });
}

/** One outcome in a digest: the user, the account, the reasons, the caller and the time. */
function digestLine(outcome: Digestible, context: MessageContext) {
  const entry = digestEntry(outcome);
  const who = 'slackMember' in outcome ? mention(outcome, context) : '';
  const reasons = 'reasons' in outcome ? reasonsOf(outcome.reasons) : '';
  const why = reasons === '' ? '' : `${reasons}. `;
  const when = `${causeOf(outcome.cause)}, ${whenOf(outcome.cause)}`;
  const id = outcome.cause.kind === 'event' ? `, event ${prose(outcome.cause.eventId)}` : '';
  const fix = entry.fix?.(outcome, context) ?? null;
  return section(
    entry.title(outcome),
    `Account ${formatAccount(outcome)}: ${why}${when}${id}`,
    who,
    formatDelay(outcome, context),
    ...(fix === null ? [] : fixLines(fix, outcome.account)),
  );
}

/** The accounts that are not being checked for the same reason. */
function unreachableLine(
  outcomes: readonly OutcomeOf<'account-unreachable'>[],
  context: MessageContext,
) {
  const [first] = outcomes;
  if (first === undefined) return null;
  if (outcomes.length === 1) return digestLine(first, context);
  const accounts = outcomes.map(formatAccount);
  return section(
    `📵 ${amountOf(outcomes.length, 'account')} *are not being checked*: ${whyOf(first.why)}`,
    firstOf(accounts, accounts.length, 2_000),
    formatDelay(first, context),
  );
}

function whatToDo(
  outcomes: readonly Digestible[],
  { partition, unblock }: MessageContext,
): readonly string[] {
  const blocked = outcomes.some((one) => one.kind === 'user-blocked' && !isWould(one));
  return [
    blocked
      ? `*If you are blocked*, sign in, open ${link(securityCredentialsUrl(partition), 'Security credentials')} and assign ` +
        `a passkey, a security key or another MFA device. ${
          unblock === 'on-enrolment'
            ? 'Access returns within seconds.'
            : 'Then sign out, and in again with it.'
        }`
      : '',
  ];
}

function digestButtons(
  outcomes: readonly Digestible[],
  accounts: readonly string[],
  context: MessageContext,
) {
  const users = outcomes.some((one) => 'user' in one);
  const forAction = inOrder(outcomes).filter((one) => urgency(one) < 3);
  return buttons(context, {
    kinds: [...new Set(forAction.map(({ kind }) => kind))],
    page: users ? { text: 'Open all users', url: iamUrl(context.partition, 'users') } : null,
    account: accounts.length === 1 ? `account ${accounts[0]}` : 'the account of the line',
  });
}

/** How a digest shows an outcome. */
function digestEntry<O extends Digestible>(outcome: O): DigestEntry<O> {
  return slackKind(outcome).digest as DigestEntry<O>;
}

/** Sorts by urgency. The outcomes of one user and of one account stay together, a user's in the order of time. */
function inOrder(outcomes: readonly Digestible[]): Digestible[] {
  const most = new Map<string, number>();
  for (const outcome of outcomes) {
    const key = subject(outcome);
    most.set(key, Math.min(urgency(outcome), most.get(key) ?? Number.POSITIVE_INFINITY));
  }
  const rank = (outcome: Digestible) => most.get(subject(outcome)) ?? 0;
  const accounts = [...new Set(outcomes.map(({ account }) => account))];
  const subjects = [...new Set(outcomes.map(subject))];
  return outcomes.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      accounts.indexOf(a.account) - accounts.indexOf(b.account) ||
      subjects.indexOf(subject(a)) - subjects.indexOf(subject(b)) ||
      Date.parse(a.at) - Date.parse(b.at),
  );
}

const subject = (outcome: Digestible) =>
  'user' in outcome ? `${outcome.account}/${outcome.user}` : outcome.id;

/** How urgent an outcome is for a person: 0 at once, 1 soon, 2 and 3 for information. */
function urgency(outcome: Digestible): number {
  return digestEntry(outcome).urgency(outcome);
}

/** Whether the enforcer did not do it because its account is in observe mode. */
function isWould(outcome: Digestible): boolean {
  return digestEntry(outcome).isOwnAction && outcome.mode === 'observe';
}

/** A digest's outcomes in one line: "2 changes: 1 blocked; in observe mode, would be: 1 unblocked". */
function groupsOf(outcomes: readonly Digestible[]): string {
  const done = countGroups(outcomes.filter((outcome) => !isWould(outcome)));
  const would = countGroups(outcomes.filter(isWould));
  return [done, would === '' ? '' : `in observe mode, would be: ${would}`]
    .filter((part) => part !== '')
    .join('; ');
}

/** Two kinds may be counted under the same words. */
function countGroups(outcomes: readonly Digestible[]): string {
  const words = Object.values(slackKinds).flatMap(({ digest }) => digest?.counted ?? []);
  const groups = new Map(words.map((counted) => [counted.one, counted]));
  return [...groups.values()]
    .map(({ one, many }) => {
      const count = outcomes.filter((outcome) => digestEntry(outcome).counted.one === one).length;
      return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
    })
    .filter((part) => part !== '')
    .join(', ');
}
