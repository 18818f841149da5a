import { type Actor, type Cause, causeId } from '../../../events/cause.ts';
import type { BlockMethod, Outcome } from '../../../events/outcome.ts';
import { mfaDeviceKind } from '../../domain/accounts/mfa-device-kind.ts';
import { tagUserCommand } from '../../domain/deployment/shell-quoted.ts';
import type { Partition } from '../../domain/rules/partition.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { mfaDeviceText } from '../mfa-device-text.ts';
import { amount, capital, code, localTime, prose } from './text.ts';

/** What a message needs to know besides its outcome. */
export interface MessageContext {
  readonly partition: Partition;
  /** This release of the enforcer. */
  readonly version: string;
  /** A tag that exempts, or null where the deployment has none. */
  readonly exemptTag: { readonly key: string; readonly value: string } | null;
  /** What a blocked user may enrol with. */
  readonly enrolWith: Settings['enrolWith'];
  /** When a blocked user is unblocked. */
  readonly unblock: Settings['unblock'];
  /** The page with the runbook, or null where the deployment names none. */
  readonly runbookUrl: string | null;
  readonly now: () => Date;
}

type AboutUser = Extract<Outcome, { user: string }>;

/** An account with its names. */
export type Named = Pick<Outcome, 'account' | 'accountName' | 'alias'>;

/** "Acme Production (acme-prod, 111122223333)": without an alias that only says the name again, or the id alone. */
export function formatAccount({ account, accountName, alias }: Named): string {
  const [first, second] = [accountName, alias].filter(
    (name) => name !== null && name.trim() !== '',
  ) as string[];
  if (first === undefined) return account;
  const more = second === undefined || asAlias(second) === asAlias(first) ? [] : [prose(second)];
  return `${prose(first)} (${[...more, account].join(', ')})`;
}

/** A name as an alias would have it: "Acme Prod" as "acme-prod". */
function asAlias(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
}

/** The reasons that a decision carries. Messages never work them out again. */
export function reasonsOf(reasons: readonly { readonly text: string }[]): string {
  return reasons.map(({ text }) => prose(text)).join(', ');
}

/** ": no MFA device, no exemption." behind what was done; a full stop where no reason is known. */
export function because(reasons: readonly { readonly text: string }[]): string {
  return reasons.length === 0 ? '.' : `: ${reasonsOf(reasons)}.`;
}

/** The call, the caller and the IP address. */
export function causeOf(cause: Cause): string {
  if (cause.kind === 'sweep') return 'Found by the sweep';
  return `${code(cause.eventName)} by ${formatActor(cause.actor)}`;
}

/** The caller, who is behind the caller's session, and the IP address. */
export function formatActor({ name, sourceIdentity, delegate, sourceIp }: Actor): string {
  const behind = [
    ...(sourceIdentity === undefined ? [] : [`source identity ${code(sourceIdentity)}`]),
    ...(delegate === undefined ? [] : [`delegated to account ${code(delegate)}`]),
  ].join(', ');
  const from = sourceIp === undefined ? '' : ` from ${code(sourceIp)}`;
  return `${code(name)}${behind === '' ? '' : ` (${behind})`}${from}`;
}

/** An MFA device: its kind, and its serial number. */
export function formatDevice(serial: string): string {
  return `${mfaDeviceText[mfaDeviceKind(serial)]} ${code(serial)}`;
}

/** When the cause was, by AWS's clock. */
export function whenOf(cause: Cause): string {
  return localTime(cause.kind === 'sweep' ? cause.startedAt : cause.eventTime);
}

/** The fields that every message about one user has. */
export function userFields(outcome: AboutUser): Readonly<Record<string, string>> {
  return {
    User: code(outcome.user),
    Account: formatAccount(outcome),
    Why: capital(reasonsOf(outcome.reasons)),
    'What happened': causeOf(outcome.cause),
    When: whenOf(outcome.cause),
  };
}

/** The small print of a message. */
export function smallPrint(outcome: Outcome, { version }: MessageContext): readonly string[] {
  const id = 'cause' in outcome ? causeId(outcome.cause) : outcome.id;
  return [
    formatMode(outcome),
    `${'cause' in outcome && outcome.cause.kind === 'event' ? 'event' : 'id'} ${prose(id)}`,
    `iam-mfa-enforcer ${version}`,
  ];
}

const OBSERVE = '*observe mode: nothing was changed*';

function formatMode(outcome: Outcome): string {
  // The account's mode is in its spoke's tags, which could not be read.
  if (outcome.kind === 'account-unreachable') return '';
  // Probes are the same in either mode.
  if (outcome.kind === 'event-path-unproven' || outcome.kind === 'event-path-proven') return '';
  if (outcome.mode === 'observe') return OBSERVE;
  if (outcome.kind !== 'organization-swept') return 'enforce mode';
  const { observing, swept } = outcome.accounts;
  if (observing === 0) return 'enforce mode';
  return observing === swept ? OBSERVE : `enforce mode, ${amount(observing)} in observe mode`;
}

/** The modes of several outcomes' accounts, so that an action in observe mode does not look done. */
export function formatModes(outcomes: readonly Outcome[]): string {
  const modes = outcomes
    .filter(({ kind }) => kind !== 'account-unreachable')
    .map(({ mode }) => mode);
  if (!modes.includes('observe')) return modes.length === 0 ? '' : 'enforce mode';
  return modes.includes('enforce') ? `enforce mode; lines with 👁️: ${OBSERVE}` : OBSERVE;
}

/** A link of our own. @param text our own words */
export function link(url: string, text: string): string {
  return `<${url}|${text}>`;
}

// A later message may be outdated: it says so, and mentions no one.
const LATE_MS = 15 * 60 * 1000;

function isLate({ at }: Outcome, { now }: MessageContext): boolean {
  return now().getTime() - Date.parse(at) > LATE_MS;
}

/** The first line of a message that is late. */
export function formatDelay(outcome: Outcome, context: MessageContext): string {
  if (!isLate(outcome, context)) return '';
  return `⏱️ *Late message*: this happened at ${localTime(outcome.at)}. Check the current state first.`;
}

/** Mentions the user's owner. The contract has checked the form of the id. */
export function mention(outcome: AboutUser, context: MessageContext): string {
  const { slackMember } = outcome;
  if (slackMember === null || isLate(outcome, context)) return '';
  return `<@${slackMember}> this is about your AWS user.`;
}

/** A user's name as an argument in a shell; a placeholder where the name cannot be one. */
export function shellUser(user: string): string {
  return /^[\w+=,.@-]+$/.test(user) ? user : 'USER';
}

/** The command that exempts a user with a tag of this deployment; empty where the deployment has none. */
export function exemptCommand(user: string, { exemptTag }: MessageContext): string {
  if (exemptTag === null) return '';
  return code(tagUserCommand(shellUser(user), exemptTag));
}

/** The permissions boundary that the user had before; empty where no block method read it. */
export function formatBoundary(seen: string | null | undefined): string {
  return seen === undefined ? '' : seen === null ? 'none before' : code(seen);
}

/** The block methods in words. */
export const methodText: Readonly<Record<BlockMethod, string>> = {
  'managed-policy': 'managed policy',
  'deny-group': 'deny group (the user’s managed policies are at the quota)',
  boundary: 'permissions boundary (the user’s managed policies and groups are at the quota)',
  'inline-policy': 'inline policy (no other block method has room)',
};

// A shell reads such a text as one word, and no program reads it as an option.
export const PLAIN_WORD = /^[\w+=,.@:/][\w+=,.@:/-]*$/;

/**
 * The lines that give the command.
 * @param account the account to run it in, 12 digits
 */
export function fixLines(command: string, account: string): string[] {
  return [
    `*What to do*  Run with credentials of account ${account}:`,
    // Slack's three control characters.
    `\`\`\`${command.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\`\`\``,
    ...(command.includes('create-policy-version')
      ? [
          'If the policy has five versions already, first run `aws iam delete-policy-version` on one that is not the default.',
        ]
      : []),
  ];
}
