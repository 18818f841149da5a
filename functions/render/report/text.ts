import type { AccountNotRead, AccountPlace } from '../../../events/organization-report.ts';
import type { SettingsFrom } from '../../../events/settings-from.ts';
import { flagOf } from '../../domain/deployment/parameters.ts';

/**
 * Text from outside as one harmless line: no line breaks or other control characters (a terminal obeys them, XML
 * forbids them), no invisible ones (they turn the direction of writing or hide text), no half characters.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD');
}

/** Text of at most so many characters; where it was longer it ends with "…". */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  // A character of two halves is left out as a whole.
  return `${text.slice(0, most - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** Names joined by "; ", cut with "and N more" where they would be longer than `most` characters. */
export function joinWithin(names: readonly string[], most: number): string {
  const all = names.join('; ');
  if (all.length <= most) return all;
  const room = most - `; and ${names.length} more`.length;
  let length = 0;
  let shown = 0;
  for (const name of names) {
    length += name.length + (shown === 0 ? 0 : 2);
    if (length > room) break;
    shown += 1;
  }
  return [...names.slice(0, shown), `and ${names.length - shown} more`].join('; ');
}

/** "2 users blocked without need: a; b", of at most so many characters; empty where there are none. */
export function named(thing: string, what: string, names: readonly string[], most: number): string {
  if (names.length === 0) return '';
  const front = `${countOf(names.length, thing)} ${what}: `;
  return front + joinWithin(names, most - front.length);
}

/** "1 user", "2 users" */
export function countOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** An account with its name: "payments (222233334444)". */
export function accountText({ name, account }: Pick<AccountPlace, 'name' | 'account'>): string {
  const message = oneLine(name);
  return message === account || message === '' ? account : `${message} (${account})`;
}

/** The accounts that could not be read, in lines for a person; none where all could be read. */
export function notReadLines(
  accounts: readonly AccountNotRead[],
  { read, notRead }: { readonly read: number; readonly notRead: number },
): string[] {
  if (accounts.length === 0) return [];
  return [
    `${notRead} of ${countOf(read + notRead, 'account')} could not be read: nothing is known about their users.`,
    ...problemLines(accounts),
    '',
  ];
}

/** The accounts, by the reason why each could not be read: a reason of several accounts is given once. */
export function problemLines(accounts: readonly AccountNotRead[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const one of accounts) {
    const reason = oneLine(one.problem.text);
    byReason.set(reason, [...(byReason.get(reason) ?? []), accountText(one)]);
  }
  return [...byReason].flatMap(([reason, names]) =>
    names.length === 1
      ? [`  ${names[0]}: ${reason}`]
      : [`  ${countOf(names.length, 'account')}: ${reason}`, ...names.map((name) => `    ${name}`)],
  );
}

/** Settings in words, and where they come from. */
export interface DecidedBy {
  readonly decidedBy: string;
  readonly settingsFrom: SettingsFrom;
}

/** The settings of the decisions in a sentence: where they come from, and what overrides the stack. */
export function settingsLine({ decidedBy, settingsFrom }: DecidedBy): string {
  return `Settings (${sourceText(settingsFrom)}): ${decidedBy}${overridesText(settingsFrom)}.`;
}

/** The same for an organization, where each account has its own mode and block limit. */
export function hubSettingsLine({ decidedBy, ...from }: DecidedBy): string {
  return settingsLine({
    ...from,
    decidedBy: `${decidedBy}, and each account’s own mode and block limit`,
  });
}

/** Where settings come from. */
export function sourceText(from: SettingsFrom): string {
  if (from.kind === 'stack') return `from stack ${from.stack}`;
  return from.stack === null
    ? 'defaults: no stack was read'
    : `defaults: this account has no stack ${from.stack}`;
}

/** The options that override the stack; empty where there are none. */
export function overridesText(from: SettingsFrom): string {
  const overridden = from.kind === 'stack' ? Object.entries(from.overridden) : [];
  const texts = overridden.map(
    ([name, value]) => `${flagOf(name)} overrides the stack’s ${value === '' ? '""' : value}`,
  );
  return texts.length === 0 ? '' : `; ${texts.join(', ')}`;
}

/** A number as English writes it: 5,000. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The day of an ISO date (UTC): 2026-03-01. */
export function day(iso: string): string {
  return iso.slice(0, 10);
}

/** An ISO date to the minute: 2026-03-01 12:00 UTC. */
export function minute(iso: string): string {
  return `${day(iso)} ${iso.slice(11, 16)} UTC`;
}

/** A time that passed: "0.8 s", "45 min". @param ms from 0 */
export function durationText(ms: number): string {
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
