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

/** A digest tells of this many outcomes: a message has at most 50 blocks. */
export const DIGEST_AT_MOST = 40;

/** Whether an outcome can be told of in a digest. */
export function isDigestible(outcome: Outcome): outcome is Digestible {
  const { kind } = outcome;
  return kind !== 'sweep-finished' && kind !== 'breaker-open' && kind !== 'organization-swept';
}

/**
 * Tells of several outcomes at once, those that need a person first.
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
      // The rest of what a header has no room for.
      section(what.length > HEADER_AT_MOST ? `${groups}.` : ''),
      ...lines(inOrder(outcomes), context),
      section(...whatToDo(outcomes, context)),
      contextBlock(formatModes(outcomes), `iam-mfa-enforcer ${context.version}`),
    ],
  );
}

/** One that needs a person makes it an alarm, whatever else there is, and in whichever mode its account is. */
function emoji(outcomes: readonly Digestible[]): string {
  if (outcomes.some((outcome) => urgency(outcome) < 2)) return '🚨';
  return outcomes.every(isWould) ? '👁️' : '🔔';
}

/** A line each; accounts that are out of reach for the same reason share one. */
function lines(sorted: readonly Digestible[], context: MessageContext) {
  const told = new Set<string>();
  return sorted.map((outcome) => {
    if (outcome.kind !== 'account-unreachable') return digestLine(outcome, context);
    const why = whyOf(outcome.why);
    if (told.has(why)) return null;
    told.add(why);
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
      ? `*Blocked?*  Sign in, open ${link(securityCredentialsUrl(partition), 'Security credentials')} and assign ` +
        'an MFA device: access comes back within seconds.'
      : '',
    users ? `*For administrators*  ${link(iamUrl(partition, 'users'), 'all users')}.` : '',
  ];
}
