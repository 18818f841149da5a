import { DescribeOrganizationalUnitCommand } from '@aws-sdk/client-organizations';
import { listAccounts, listAccountsBelow, listRoots, listUnits } from '../../io/organizations.ts';
import { Refused } from '../terminal.ts';
import type { Context } from './context.ts';

/** An organizational unit, or the root. */
export interface Unit {
  readonly id: string;
  readonly name: string;
  /** IDs of its active accounts, including those of nested units. */
  readonly accounts: readonly string[];
}

/**
 * Reads organizational units.
 * @param ids as in ou-ab12-11111111, or the root's, as in r-ab12
 * @throws Refused for an unknown ID
 */
export async function readUnits(context: Context, ids: readonly string[]): Promise<Unit[]> {
  if (ids.length === 0) return [];
  const accounts = await listAccounts(context.clients.organizations);
  const active = new Set(accounts.filter((one) => one.active).map(({ id }) => id));
  const units: Unit[] = [];
  for (const id of new Set(ids)) {
    const name = await nameOf(context, id);
    const under = await accountsUnder(context, id);
    units.push({ id, name, accounts: under.filter((account) => active.has(account)) });
  }
  return units;
}

async function nameOf({ clients }: Context, id: string): Promise<string> {
  const { organizations } = clients;
  const howTo =
    'aws organizations list-roots; aws organizations list-organizational-units-for-parent --parent-id r-…';
  if (id.startsWith('r-')) {
    if ((await listRoots(organizations)).includes(id)) return 'the whole organization';
    throw new Refused(`The organization has no root ${id}.`, 'List the IDs with:', howTo);
  }
  try {
    const { OrganizationalUnit } = await organizations.send(
      new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: id }),
    );
    return OrganizationalUnit?.Name ?? id;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name === 'OrganizationalUnitNotFoundException' || name === 'InvalidInputException') {
      throw new Refused(
        `The organization has no organizational unit ${id}.`,
        'List the IDs with:',
        howTo,
      );
    }
    throw error;
  }
}

async function accountsUnder(context: Context, parent: string): Promise<string[]> {
  const accounts = await listAccountsBelow(context.clients.organizations, parent);
  for (const { id } of await listUnits(context.clients.organizations, parent)) {
    accounts.push(...(await accountsUnder(context, id)));
  }
  return accounts;
}
