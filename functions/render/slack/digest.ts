import type { Outcome } from '../../../events/outcome.ts';
import { iamUrl, securityCredentialsUrl } from '../console-links.ts';
import { countOf } from '../report/text.ts';
import { type Block, context, header, message, type SlackMessage, section } from './blocks.ts';
import { couldNotVerb } from './could-not-enforce.ts';
import { exemptionVerb, isSuspicious } from './exemption-seen.ts';
import { mendLines } from './mend.ts';
import { policyStates } from './policy-changed.ts';
import { code, prose } from './text.ts';
import {
  type Around,
  accountName,
  causeOf,
  lateWords,
  link,
  mention,
  reasonsOf,
  smallPrint,
  whenOf,
} from './words.ts';

/** What a digest can hold; a sweep and an open breaker sum up many users themselves. */
export type Digestible = Exclude<
  Outcome,
  { kind: 'sweep-finished' | 'breaker-open' | 'organization-swept' }
>;

/** A digest tells of this many outcomes: a message has at most 50 blocks. */
export const DIGEST_AT_MOST = 40;

/** Whether an outcome can be told of in a digest. */
export function isDigestible(outcome: Outcome): outcome is Digestible {
  const { kind } = outcome;
  return kind !== 'sweep-finished' && kind !== 'breaker-open' && kind !== 'organization-swept';
}

/**
 * Tells of several outcomes at once, those that need a person first.
 * @param outcomes at most DIGEST_AT_MOST
 */
export function digest(outcomes: readonly Digestible[], around: Around): SlackMessage {
  const sorted = inOrder(outcomes);
  const would = outcomes.every(({ mode }) => mode === 'observe');
  const groups = Object.entries(groupNames).flatMap(([group, name]) => {
    const many = sorted.filter((outcome) => groupOf(outcome) === group).length;
    return many > 0 ? [`${many} ${name}`] : [];
  });
  const alarming = sorted.some((outcome) => urgency(outcome) < 2);
  const changes = countOf(outcomes.length, 'change');
  const what = would
    ? `${changes} in observe mode, would be: ${groups.join(', ')}`
    : `${changes}: ${groups.join(', ')}`;
  const accounts = [...new Set(outcomes.map(accountName))];
  const one = sorted[0];
  return message(`MFA enforcement, account ${accounts.join(', ')}: ${what}.`, [
    header(`${would ? '👁️' : alarming ? '🚨' : '🔔'} ${what}`),
    ...sorted.map((outcome): Block | null =>
      section(...line(outcome, accounts.length > 1, around)),
    ),
    section(
      would
        ? ''
        : `*Blocked?*  Sign in, open ${link(securityCredentialsUrl(around.partition), 'Security credentials')} and assign ` +
            'an MFA device: access comes back within seconds.',
      `*For administrators*  ${link(iamUrl(around.partition, 'users'), 'all users')}.`,
    ),
    one ? context(...smallPrint(one, around).filter((part) => !/^(event|id) /.test(part))) : null,
  ]);
}

/** What happened to whom, and why, by whom, when. */
function line(outcome: Digestible, withAccount: boolean, around: Around): readonly string[] {
  const where = withAccount ? `, account ${accountName(outcome)}` : '';
  const who = 'slackMember' in outcome ? mention(outcome, around) : '';
  const why = 'reasons' in outcome ? `${reasonsOf(outcome.reasons)}. ` : '';
  const when = `${causeOf(outcome.cause)}, ${whenOf(outcome.cause)}`;
  const id = outcome.cause.kind === 'event' ? `, event ${prose(outcome.cause.eventId)}` : '';
  return [
    `${title(outcome)}${where}`,
    `${why}${when}${id}`,
    who,
    lateWords(outcome, around),
    ...todo(outcome),
  ];
}

function title(outcome: Digestible): string {
  const would = outcome.mode === 'observe';
  switch (outcome.kind) {
    case 'user-held':
      return `🔒 ${code(outcome.user)} *${would ? 'would be' : 'is'} blocked until MFA is set up*`;
    case 'user-released':
      return `🔓 ${code(outcome.user)} *${would ? 'would no longer be' : 'is no longer'} blocked*`;
    case 'exemption-seen':
      return `${isSuspicious(outcome) ? '🚨' : '🏷️'} ${code(outcome.user)} *${exemptionVerb(outcome)}*`;
    case 'could-not-enforce':
      return `❌ ${code(outcome.user)} *${couldNotVerb(outcome)}*: ${prose(outcome.why.text)}`;
    case 'policy-changed':
      return `${policyStates[outcome.state].emoji} The policy ${code(outcome.policyArn)} *${policyStates[outcome.state].what}*`;
    case 'tampering-seen':
      return `🚨 Somebody ${prose(outcome.what)}`;
    case 'account-unreachable':
      return `📵 Nobody *can be checked*: ${prose(outcome.why.text)}`;
    default:
      return outcome satisfies never;
  }
}

function todo(outcome: Digestible): readonly string[] {
  return 'mend' in outcome && outcome.mend !== null ? mendLines(outcome.mend) : [];
}

/** What needs a person first; of one user, what happened first. */
function inOrder(outcomes: readonly Digestible[]): Digestible[] {
  const subject = (outcome: Digestible) =>
    'user' in outcome ? `${outcome.account}/${outcome.user}` : outcome.id;
  const most = new Map<string, number>();
  for (const outcome of outcomes) {
    const key = subject(outcome);
    most.set(key, Math.min(urgency(outcome), most.get(key) ?? Number.POSITIVE_INFINITY));
  }
  const rank = (outcome: Digestible) => most.get(subject(outcome)) ?? 0;
  const order = [...new Set(outcomes.map(subject))];
  return outcomes.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      order.indexOf(subject(a)) - order.indexOf(subject(b)) ||
      Date.parse(a.at) - Date.parse(b.at),
  );
}

type Group = keyof typeof groupNames;

const groupNames = {
  tampering: 'tampered with',
  failed: 'not enforced',
  unreachable: 'not reached',
  held: 'blocked',
  released: 'let go',
  exemption: 'exempted or changed',
} as const;

function groupOf({ kind }: Digestible): Group {
  const groups: Readonly<Record<Digestible['kind'], Group>> = {
    'policy-changed': 'tampering',
    'tampering-seen': 'tampering',
    'could-not-enforce': 'failed',
    'account-unreachable': 'unreachable',
    'user-held': 'held',
    'user-released': 'released',
    'exemption-seen': 'exemption',
  };
  return groups[kind];
}

/** What needs a person first: 0 at once, 1 soon, 2 and 3 to know. */
function urgency(outcome: Digestible): number {
  switch (outcome.kind) {
    case 'tampering-seen':
      return 0;
    case 'policy-changed':
      return outcome.state === 'changed' || outcome.state === 'missing' ? 0 : 2;
    case 'could-not-enforce':
    case 'account-unreachable':
      return 1;
    case 'exemption-seen':
      return isSuspicious(outcome) ? 1 : 3;
    case 'user-held':
      return 2;
    case 'user-released':
      return 3;
    default:
      return outcome satisfies never;
  }
}
