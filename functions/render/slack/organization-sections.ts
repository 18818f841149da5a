// The lists of an organization's sweep: which accounts and users want a look.

import { type Block, section } from './blocks.ts';
import type { OrganizationSwept } from './organization-swept.ts';
import { amount, amountOf, code, firstOf, prose, shorten } from './text.ts';
import { whyWords } from './unreachable-words.ts';
import { accountWords, type Named } from './words.ts';

// A section holds 3,000 characters, and a reader looks at this many lines.
const ROOM = 2_400;
const LINES = 15;
const GROUPS = 6;

/** The accounts that could not be swept, by what was in the way. */
export function unsweptSections({
  unswept,
  accounts,
}: OrganizationSwept): readonly (Block | null)[] {
  const codes = [...new Set(unswept.map(({ why }) => why.code))].slice(0, GROUPS);
  const groups = codes.map((each) => unswept.filter(({ why }) => why.code === each));
  const unnamed = accounts.unswept - groups.flat().length;
  return [
    accounts.unswept === 0
      ? null
      : section('*Not swept: nothing is known of the users of these accounts*'),
    ...groups.map((all) => {
      const [first] = all;
      const why = first && whyWords(first.why);
      const list = all.map((one) => {
        const own = why === null ? `: ${shorten(prose(one.why.text), 200)}` : '';
        return `${short(one)}${own}`;
      });
      return section(
        `• ${amountOf(all.length, 'account')}${why ? `, ${why}` : ''}:  ${firstOf(list, all.length, ROOM)}`,
      );
    }),
    unnamed > 0 ? section(`• ${amountOf(unnamed, 'more account')} not named here`) : null,
  ];
}

/** The accounts with unprotected users, those where they are blocked before those that are only watched. */
export function findingSections(outcome: OrganizationSwept): readonly (Block | null)[] {
  const { withFindings, totals } = outcome;
  const exposed = withFindings.filter((one) => one.totals.exposed > 0);
  const enforced = exposed.filter(({ mode }) => mode === 'enforce').slice(0, LINES);
  const observed = exposed.filter(({ mode }) => mode === 'observe').slice(0, LINES);
  const named = [...enforced, ...observed].reduce((sum, one) => sum + one.totals.exposed, 0);
  const others = totals.exposed - named;
  const held = withFindings.filter((one) => one.totals.held > 0 && one.totals.exposed === 0);
  return [
    enforced.length === 0
      ? null
      : section('*Unprotected users, to be blocked*', ...enforced.map(lineOf)),
    observed.length === 0
      ? null
      : section('*Unprotected users in observe mode: would be blocked*', ...observed.map(lineOf)),
    others > 0 && exposed.length > 0
      ? section(`• ${amountOf(others, 'more unprotected user')} in other accounts`)
      : null,
    held.length === 0
      ? null
      : section(
          `*Blocked until MFA is set up*  ${firstOf(
            held.map((one) => `${short(one)} ${amount(one.totals.held)}`),
            held.length,
            ROOM / 2,
          )}`,
        ),
  ];
}

/** What is not put right by anybody blocking anyone, so that a person must know of it. */
export function attentionSections(outcome: OrganizationSwept): readonly (Block | null)[] {
  const { breakGlassWithoutMfa, endingExemptions } = outcome;
  const list = <T extends Named>(all: readonly T[], words: (one: T) => string) =>
    firstOf(
      all.map((one) => `${words(one)} in ${short(one)}`),
      all.length,
      ROOM,
    );
  return [
    breakGlassWithoutMfa.length === 0
      ? null
      : section(
          `⚠️ *Break-glass users without MFA*  ${list(breakGlassWithoutMfa, ({ user }) => code(user))}. ` +
            'Nothing blocks them: assign a device.',
        ),
    endingExemptions.length === 0
      ? null
      : section(
          `*Exemptions that end soon*  ${list(endingExemptions, ({ user, until }) => code(`${user} ${until}`))}`,
        ),
  ];
}

function lineOf(one: OrganizationSwept['withFindings'][number]): string {
  const { exposed, held, users } = one.totals;
  const blocked = held > 0 ? `, ${amount(held)} blocked` : '';
  return `• ${short(one)}: *${amount(exposed)} unprotected*${blocked}, of ${amountOf(users, 'user')}`;
}

/** The room that an account's name has in a list. */
const NAME_AT_MOST = 120;

function short(account: Named): string {
  return shorten(accountWords(account), NAME_AT_MOST);
}
