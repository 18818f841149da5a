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

/** What is known, and what is wanted. */
export interface Known {
  /** Units that the set deploys to. */
  readonly registered: readonly string[];
  readonly instances: readonly Instance[];
  /** By account. */
  readonly overrides: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Guards itself: its own stack has all that a spoke has. */
  readonly hub: string;
  /** Left out by StackSets. */
  readonly management: string;
}

/**
 * What brings the accounts of units to the wanted parameters: nothing for those that have them.
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
  // StackSets put back every override that an update does not name: each account keeps its own.
  const groups = new Map<
    string,
    { of: string; overrides: Change['overrides']; accounts: string[] }
  >();
  for (const { account, unit: of, status } of known.instances) {
    if (!accounts.includes(account)) continue;
    const now = known.overrides.get(account) ?? {};
    const overrides = { ...now, ...wanted };
    const differs = Object.entries(wanted).some(([name, value]) => now[name] !== value);
    if (!differs && status === 'CURRENT') continue;
    const key = JSON.stringify([of, overrides]);
    const group = groups.get(key) ?? { of, overrides, accounts: [] };
    group.accounts.push(account);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ of, overrides, accounts: those }) => ({
    how: 'update',
    unit,
    accounts: those,
    // As the set knows them, which may be by a unit around this one.
    targets: { units: [of], only: those },
    overrides,
  }));
}
