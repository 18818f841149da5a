import {
  DescribeOrganizationalUnitCommand,
  ListRootsCommand,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
} from '@aws-sdk/client-organizations';
import type { Context } from './context.ts';
import { Refused } from './refused.ts';

/** An organizational unit, or the root of them all. */
export interface Unit {
  readonly id: string;
  readonly name: string;
  /** Ids of its active accounts, those of units inside it included. */
  readonly accounts: readonly string[];
}

/**
 * Reads organizational units.
 * @param ids as in ou-ab12-11111111, or the root's, as in r-ab12
 * @throws Refused for an id that the organization has not
 */
export async function readUnits(context: Context, ids: readonly string[]): Promise<Unit[]> {
  const units: Unit[] = [];
  for (const id of new Set(ids)) {
    const name = await nameOf(context, id);
    units.push({ id, name, accounts: await accountsUnder(context, id) });
  }
  return units;
}

async function nameOf({ organizations }: Context, id: string): Promise<string> {
  const howTo =
    'aws organizations list-roots; aws organizations list-organizational-units-for-parent --parent-id r-…';
  if (id.startsWith('r-')) {
    const { Roots } = await organizations.send(new ListRootsCommand({}));
    if (Roots?.some(({ Id }) => Id === id)) return 'the whole organization';
    throw new Refused(`The organization has no root ${id}.`, 'See its ids with:', howTo);
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
        'See its ids with:',
        howTo,
      );
    }
    throw error;
  }
}

async function accountsUnder(context: Context, ParentId: string): Promise<string[]> {
  const { organizations: client } = context;
  const accounts: string[] = [];
  for await (const { Accounts } of paginateListAccountsForParent({ client }, { ParentId })) {
    for (const { Id, State, Status } of Accounts ?? []) {
      if (Id !== undefined && (State ?? Status) === 'ACTIVE') accounts.push(Id);
    }
  }
  const pages = paginateListOrganizationalUnitsForParent({ client }, { ParentId });
  for await (const { OrganizationalUnits } of pages) {
    for (const { Id } of OrganizationalUnits ?? []) {
      if (Id !== undefined) accounts.push(...(await accountsUnder(context, Id)));
    }
  }
  return accounts;
}
