import type { Context } from './context.ts';
import type { Hub } from './hub.ts';
import type { Unit } from './organization-tree.ts';
import type { Change } from './spoke-plan.ts';
import type { SetPlan } from './stack-set.ts';
import { accountsOf, line } from './words.ts';

/** The hub, and as whom StackSets are told what to do. */
export function hubInWords({ stack, account, region }: Context, hub: Hub, columns: number): string {
  const mode = hub.mode === 'observe' ? 'observe: nobody is held in any account' : hub.mode;
  const who = hub.callAs === 'SELF' ? 'management account' : 'delegated administrator';
  return [
    line('hub', `stack ${stack} in account ${account}, ${region}; Mode ${mode}`, columns),
    line('organization', `${hub.organization}; this account is its ${who} of StackSets`, columns),
  ].join('');
}

/** What becomes of the set. */
export function setInWords(
  { stackSet }: Context,
  { isNew, changes, defaultMode }: SetPlan,
): string {
  const later = `accounts that join later: ${defaultMode}`;
  if (isNew) return `${stackSet} is to be created; ${later}`;
  if (changes.length === 0) return `${stackSet} is up to date; ${later}`;
  return `${stackSet} is to change: ${changes.join(', ')}; ${later}`;
}

/** What becomes of a unit's accounts, and which of them are left out. */
export function unitInWords(
  { account }: Context,
  hub: Hub,
  unit: Unit,
  changes: readonly Change[],
  columns: number,
): string {
  const own = changes.filter((one) => one.unit === unit);
  const said = own.map(({ how, accounts, overrides }) => {
    const values = Object.entries(overrides).map(([name, value]) => `${name} ${value}`);
    const what = how === 'create' ? 'new' : 'to change';
    return `${accountsOf(accounts.length)} ${what}: ${values.join(', ')}`;
  });
  const asides = [
    ...(unit.accounts.includes(account)
      ? ['without the hub’s own account, which guards itself']
      : []),
    ...(unit.accounts.includes(hub.management) && hub.management !== account
      ? ['without the management account, which StackSets leave out: deploy --management']
      : []),
  ];
  const all = said.length === 0 ? [`${accountsOf(unit.accounts.length)}, nothing to do`] : said;
  return line(unit.id, `${unit.name}: ${[...all, ...asides].join('; ')}`, columns);
}
