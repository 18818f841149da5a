import type { Instance, Targets } from './instances.ts';
import type { Unit } from './organization-tree.ts';

/** One operation on the accounts of a unit. */
export interface Change {
  readonly how: 'create' | 'update';
  readonly unit: Unit;
  readonly accounts: readonly string[];
  readonly targets: Targets;
  readonly overrides: Readonly<Record<string, string>>;
}

/** The current state of the stack set. */
export interface Known {
  /** Units that the stack set deploys to. */
  readonly registered: readonly string[];
  readonly instances: readonly Instance[];
  /** Parameter overrides by account. */
  readonly overrides: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The hub's account. It needs no spoke, because the hub's stack has all that a spoke has. */
  readonly hub: string;
  /** The management account. StackSets do not deploy to it. */
  readonly management: string;
}

/**
 * The operations that give the accounts of units the wanted parameters. Accounts that have them need none.
 * @param wanted parameters of these accounts
 */
export function planSpokes(
  units: readonly Unit[],
  known: Known,
  wanted: Readonly<Record<string, string>>,
): Change[] {
  const planned = new Set([known.hub, known.management]);
  return units.flatMap((unit) => {
    const accounts = unit.accounts.filter((account) => !planned.has(account));
    for (const account of accounts) planned.add(account);
    return [...creations(unit, accounts, known, wanted), ...updates(unit, accounts, known, wanted)];
  });
}

function creations(
  unit: Unit,
  accounts: readonly string[],
  { registered, instances, hub }: Known,
  overrides: Change['overrides'],
): Change[] {
  const missing = accounts.filter((account) => !instances.some((one) => one.account === account));
  const isNew = missing.length === accounts.length && !registered.includes(unit.id);
  if (missing.length === 0 && !isNew) return [];
  const except = unit.accounts.includes(hub) ? [hub] : [];
  const targets = { units: [unit.id], only: isNew ? null : missing, except };
  return [{ how: 'create', unit, accounts: missing, targets, overrides }];
}

function updates(
  unit: Unit,
  accounts: readonly string[],
  known: Known,
  wanted: Change['overrides'],
): Change[] {
  // UpdateStackInstances resets every override that it does not name, so each account's own overrides are named again.
  const groups = new Map<
    string,
    { of: string; overrides: Change['overrides']; accounts: string[] }
  >();
  for (const { account, unit: of, status } of known.instances) {
    if (!accounts.includes(account)) continue;
    const now = known.overrides.get(account) ?? {};
    const overrides = { ...now, ...wanted };
    const isChanged = Object.entries(wanted).some(([name, value]) => now[name] !== value);
    if (!isChanged && status === 'CURRENT') continue;
    const key = JSON.stringify([of, overrides]);
    const group = groups.get(key) ?? { of, overrides, accounts: [] };
    group.accounts.push(account);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ of, overrides, accounts: those }) => ({
    how: 'update',
    unit,
    accounts: those,
    // The unit that the stack set deployed them to may be above this one.
    targets: { units: [of], only: those },
    overrides,
  }));
}
