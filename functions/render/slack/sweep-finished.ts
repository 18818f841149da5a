import type { Outcome, SweepTotals } from '../../../events/outcome.ts';
import { iamUrl } from '../console-links.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { clock, count, names } from './text.ts';
import { type Around, accountName, link, smallPrint } from './words.ts';

export type SweepFinished = Extract<Outcome, { kind: 'sweep-finished' }>;

/**
 * Sums up a sweep.
 * @param previous the sweep that was told last, or null: the totals say how they changed since
 */
export function sweepFinished(
  outcome: SweepFinished,
  around: Around,
  previous: SweepFinished | null,
): SlackMessage {
  const what = summary(outcome);
  return message(`The sweep of account ${accountName(outcome)}: ${what}.`, [
    header(`🧹 Sweep: ${what}`),
    fields({
      Account: accountName(outcome),
      Swept: clock(outcome.startedAt),
      ...totalsWithChanges(outcome.totals, previous?.totals ?? null),
    }),
    section(differing(outcome, 'hold')),
    section(differing(outcome, 'release')),
    outcome.heldUsers.length === 0
      ? null
      : section(`*Blocked until MFA is set up*  ${names(outcome.heldUsers, outcome.totals.held)}`),
    outcome.breakGlassWithoutMfa.length === 0
      ? null
      : section(
          `⚠️ *Break-glass users without MFA*  ${names(outcome.breakGlassWithoutMfa)}. Nothing blocks them: assign a device.`,
        ),
    section(ending(outcome)),
    section(nextWords(outcome, around)),
    context(...smallPrint(outcome, around)),
  ]);
}

function summary({ differences, totals, mode }: SweepFinished): string {
  if (differences === 0) {
    return totals.held === 0
      ? `all ${count(totals.users, 'user')} as they should be`
      : `all ${count(totals.users, 'user')} as they should be, ${totals.held} blocked until MFA is set up`;
  }
  const to = mode === 'observe' ? 'would be changed' : 'to be put right';
  return `${differences} of ${count(totals.users, 'user')} ${to}`;
}

const stateNames: Readonly<Record<Exclude<keyof SweepTotals, 'users'>, string>> = {
  protected: 'With MFA',
  held: 'Blocked',
  exposed: 'Unprotected',
  exempt: 'Exempt',
  outOfScope: 'Out of scope',
};

function totalsWithChanges(totals: SweepTotals, before: SweepTotals | null) {
  return Object.fromEntries(
    Object.entries(stateNames).map(([state, name]) => {
      const key = state as keyof SweepTotals;
      return [name, `${totals[key]}${change(totals[key], before?.[key])}`];
    }),
  );
}

function change(now: number, before: number | undefined): string {
  if (before === undefined || now === before) return '';
  return now > before ? ` (+${now - before})` : ` (−${before - now})`;
}

function differing(
  { differing: all, differences, mode }: SweepFinished,
  action: 'hold' | 'release',
) {
  const users = all.filter((one) => one.action === action).map(({ user }) => user);
  if (users.length === 0) return '';
  // Only the first are named, so the rest is counted where it can only be of this kind.
  const total = users.length === all.length ? differences : users.length;
  const done = mode === 'observe' ? 'Would be' : 'To be';
  const what =
    action === 'hold' ? `${done} blocked (no MFA)` : `${done} let go (has MFA, or is exempt)`;
  return `*${what}*  ${names(users, total)}`;
}

function ending({ endingExemptions }: SweepFinished): string {
  if (endingExemptions.length === 0) return '';
  return `*Exemptions that end soon*  ${names(endingExemptions.map(({ user, until }) => `${user} ${until}`))}`;
}

function nextWords({ differences, mode }: SweepFinished, { partition }: Around): string {
  const users = link(iamUrl(partition, 'users'), 'All users');
  if (differences === 0) return `*What to do*  Nothing. ${users}.`;
  return mode === 'observe'
    ? `*What to do*  Tag the service users among them, ask the others to enrol, then deploy with \`Mode=enforce\`. ${users}.`
    : `*What happens next*  Each of them is reviewed now, and told of. ${users}.`;
}
