import type { OutcomeOf } from '../../../events/outcome.ts';
// The lists in the message on an organization's sweep: the accounts and users that need attention.

import { formatWhy } from './account-unreachable.ts';
import { type Block, section } from './blocks.ts';
import { formatAccount, type Named, reasonsOf } from './format.ts';
import { amount, amountOf, code, firstOf, localTime, prose, shorten } from './text.ts';

export type OrganizationSwept = OutcomeOf<'organization-swept'>;
type Finding = OrganizationSwept['withFindings'][number];

// A section contains 3,000 characters; a reader looks at this many lines.
const LINES = 10;
const GROUPS = 6;
const ROOM_OF_GROUPS = 2_000;
const ROOM_OF_LIST = 600;

/** The accounts that were not checked, grouped by reason, the largest group first. */
export function unsweptSection({ unswept, accounts }: OrganizationSwept): Block | null {
  if (accounts.unswept === 0) return null;
  const groups = [...new Set(unswept.map(({ why }) => why.code))]
    .map((each) => unswept.filter(({ why }) => why.code === each))
    .toSorted((a, b) => b.length - a.length)
    .slice(0, GROUPS);
  const unnamed = accounts.unswept - groups.flat().length;
  return section(
    '*Not checked: nothing is known about the users of these accounts*',
    ...groups.map((group) => groupLine(group, ROOM_OF_GROUPS / groups.length)),
    unnamed > 0 ? `• ${amountOf(unnamed, 'more account')}, not named here` : '',
  );
}

/** How many accounts have an event path that is not proven. Those that the sweep did not reach are in the counts only. */
export function pathsNotProven({ unprovenPaths = [], eventPaths }: OrganizationSwept): number {
  if (eventPaths === undefined) return unprovenPaths.length;
  return eventPaths.unproven + eventPaths.notProbed;
}

/** The accounts whose event path is not proven: those that are silent first. */
export function pathsSection(outcome: OrganizationSwept): Block | null {
  const { unprovenPaths = [] } = outcome;
  const notProven = pathsNotProven(outcome);
  if (notProven === 0) return null;
  const lines = unprovenPaths.slice(0, LINES).map((one) => {
    const why =
      one.state === 'unproven' ? 'silent' : `not probed: ${shorten(reasonsOf(one.reasons), 150)}`;
    return `• ${formatAccount(one)}, since ${localTime(one.since)}: ${why}`;
  });
  const more = notProven - lines.length;
  return section(
    '*Event path not proven: changes in these accounts may go unseen until the next sweep*',
    ...lines,
    more > 0 && lines.length > 0 ? `• ${amountOf(more, 'more account')}` : '',
    more > 0 && lines.length === 0 ? `• ${amountOf(more, 'account')}, not probed` : '',
  );
}

function groupLine(group: OrganizationSwept['unswept'], room: number): string {
  const [first, ...others] = group;
  if (first === undefined) return '';
  const alike = others.every(({ why }) => why.text === first.why.text);
  const why = formatWhy(first.why) ?? (alike ? first.why.text : null);
  const own = ({ why: { text } }: typeof first) =>
    why === null ? `: ${shorten(prose(text), 200)}` : '';
  const list = group.map((one) => `${short(one)}${own(one)}`);
  const reason = why === null ? '' : `, ${shorten(prose(why), 200)}`;
  return `• *${amountOf(group.length, 'account')}*${reason}:  ${firstOf(list, list.length, room)}`;
}

/** The accounts with unprotected users, those in enforce mode before those in observe mode. */
export function findingSections(outcome: OrganizationSwept): readonly (Block | null)[] {
  const { withFindings, totals } = outcome;
  const unprotected = withFindings.filter((one) => one.totals.unprotected > 0);
  const enforced = unprotected.filter(({ mode }) => mode === 'enforce').slice(0, LINES);
  const observed = unprotected.filter(({ mode }) => mode === 'observe').slice(0, LINES);
  const named = [...enforced, ...observed].reduce((sum, one) => sum + one.totals.unprotected, 0);
  const others = totals.unprotected - named;
  const covered = withFindings.filter((one) => one.totals.unprotected === 0);
  return [
    enforced.length === 0
      ? null
      : section('*Unprotected users, to be blocked*', ...enforced.map(lineOf)),
    observed.length === 0
      ? null
      : section('*Unprotected users in observe mode: would be blocked*', ...observed.map(lineOf)),
    others > 0 && unprotected.length > 0
      ? section(`• ${amountOf(others, 'more unprotected user')} in other accounts`)
      : null,
    listSection(
      '*To be unblocked (protected or exempt)*',
      covered.filter(({ differences }) => differences > 0),
      ({ differences, mode }) =>
        `${amount(differences)}${mode === 'observe' ? ' (would be, observe mode)' : ''}`,
    ),
    listSection(
      '*Blocked users, in accounts without unprotected users*',
      covered.filter((one) => one.totals.blocked > 0),
      (one) => amount(one.totals.blocked),
    ),
  ];
}

function listSection(
  title: string,
  all: readonly Finding[],
  words: (one: Finding) => string,
): Block | null {
  const list = all.map((one) => `${short(one)} ${words(one)}`);
  return all.length === 0 ? null : section(`${title}  ${firstOf(list, list.length, ROOM_OF_LIST)}`);
}

/** What the enforcer does not correct by itself: a person has to act. */
export function attentionSections(outcome: OrganizationSwept): readonly (Block | null)[] {
  const { breakGlassWithoutMfa, endingExemptions } = outcome;
  const list = <T extends Named>(all: readonly T[], words: (one: T) => string) =>
    firstOf(
      all.map((one) => `${words(one)} in ${short(one)}`),
      all.length,
      2 * ROOM_OF_LIST,
    );
  return [
    breakGlassWithoutMfa.length === 0
      ? null
      : section(
          `⚠️ *Break-glass users without MFA*  ${list(breakGlassWithoutMfa, ({ user }) => code(user))}. ` +
            'They are never blocked: assign a device to each.',
        ),
    endingExemptions.length === 0
      ? null
      : section(
          `*Exemptions that end soon*  ${list(endingExemptions, ({ user, until }) => code(`${user} ${until}`))}`,
        ),
  ];
}

function lineOf(one: Finding): string {
  const { unprotected, blocked, users } = one.totals;
  const andBlocked = blocked > 0 ? `, ${amount(blocked)} blocked` : '';
  return `• ${short(one)}: *${amount(unprotected)} unprotected*${andBlocked}, of ${amountOf(users, 'user')}`;
}

/** The room that an account's name has in a list. */
const NAME_AT_MOST = 120;

function short(account: Named): string {
  return shorten(formatAccount(account), NAME_AT_MOST);
}
