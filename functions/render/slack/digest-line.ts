import { whyOf } from './account-unreachable.ts';
import { section } from './blocks.ts';
import { couldNotVerb } from './could-not-enforce.ts';
import { type Digestible, isWould } from './digest-order.ts';
import { exemptionVerb, isSuspicious } from './exemption-seen.ts';
import { fixLines, fixOf } from './fix.ts';
import {
  causeOf,
  formatAccount,
  formatDelay,
  type MessageContext,
  mention,
  reasonsOf,
  whenOf,
} from './format.ts';
import { DEVICE_ADDED } from './mfa-device-added-by-other.ts';
import { policyStates } from './policy-changed.ts';
import { describeTampering, tamperingSentence } from './tampering-seen.ts';
import { amountOf, code, firstOf, prose } from './text.ts';

/** One outcome in a digest: the user, the account, the reasons, the caller and the time. */
export function digestLine(outcome: Digestible, context: MessageContext) {
  const who = 'slackMember' in outcome ? mention(outcome, context) : '';
  const why = 'reasons' in outcome ? `${reasonsOf(outcome.reasons)}. ` : '';
  const when = `${causeOf(outcome.cause)}, ${whenOf(outcome.cause)}`;
  const id = outcome.cause.kind === 'event' ? `, event ${prose(outcome.cause.eventId)}` : '';
  return section(
    title(outcome),
    `Account ${formatAccount(outcome)}: ${why}${when}${id}`,
    who,
    formatDelay(outcome, context),
    ...todo(outcome, context),
  );
}

type Unreachable = Extract<Digestible, { kind: 'account-unreachable' }>;

/** The accounts that are not being checked for the same reason. */
export function unreachableLine(outcomes: readonly Unreachable[], context: MessageContext) {
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

function title(outcome: Digestible): string {
  const would = isWould(outcome);
  switch (outcome.kind) {
    case 'user-blocked':
      return would
        ? `👁️ ${code(outcome.user)} *would be blocked*`
        : `🔒 ${code(outcome.user)} *is blocked*`;
    case 'user-unblocked':
      return would
        ? `👁️ ${code(outcome.user)} *would be unblocked*`
        : `🔓 ${code(outcome.user)} *is unblocked*`;
    case 'exemption-seen':
      return `${isSuspicious(outcome) ? '🚨' : '🏷️'} ${code(outcome.user)} *${exemptionVerb(outcome)}*`;
    case 'mfa-device-added-by-other':
      return `📱 ${code(outcome.user)} *${DEVICE_ADDED}*: ${code(outcome.serial)}`;
    case 'could-not-enforce':
      return `❌ ${code(outcome.user)} *${couldNotVerb(outcome)}*: ${prose(outcome.why.text)}`;
    case 'policy-changed':
      return `${policyStates[outcome.state].emoji} The policy ${code(outcome.policyArn)} *${policyStates[outcome.state].what}*`;
    case 'tampering-seen': {
      const { emoji, title } = describeTampering(outcome);
      return `${emoji} *${title}*: ${tamperingSentence(outcome)}`;
    }
    case 'account-unreachable':
      return `📵 The account *is not being checked*: ${prose(outcome.why.text)}`;
    default:
      return outcome satisfies never;
  }
}

function todo(outcome: Digestible, context: MessageContext): readonly string[] {
  const fix = fixOf(outcome, context);
  return fix === null ? [] : fixLines(fix, outcome.account);
}
