import type { Outcome } from '../../../events/outcome.ts';
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
import { digestLine, unreachableLine } from './digest-line.ts';
import { type Digestible, groupsOf, inOrder, isWould, urgency } from './digest-order.ts';
import { formatAccount, formatModes, link, type MessageContext } from './format.ts';
import { amountOf, firstOf } from './text.ts';

/** How many outcomes a digest contains at most: a message has at most 50 blocks. */
export const DIGEST_AT_MOST = 40;

/** Whether a digest can contain an outcome. */
export function isDigestible(outcome: Outcome): outcome is Digestible {
  const { kind } = outcome;
  return kind !== 'sweep-finished' && kind !== 'breaker-open' && kind !== 'organization-swept';
}

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

function whatToDo(
  outcomes: readonly Digestible[],
  { partition }: MessageContext,
): readonly string[] {
  const blocked = outcomes.some((one) => one.kind === 'user-blocked' && !isWould(one));
  const users = outcomes.some((one) => 'user' in one);
  return [
    blocked
      ? `*If you are blocked*, sign in, open ${link(securityCredentialsUrl(partition), 'Security credentials')} and assign ` +
        'an MFA device: access returns within seconds.'
      : '',
    users ? `*For administrators*  ${link(iamUrl(partition, 'users'), 'all users')}.` : '',
  ];
}
