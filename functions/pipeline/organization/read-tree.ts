import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  listAccountsBelow,
  listRoots,
  listUnits,
  type OrganizationalUnit,
} from '../../io/organizations.ts';

/** Where each account is: the units around it, outermost first. */
export type Tree = ReadonlyMap<string, readonly OrganizationalUnit[]>;

/**
 * Walks from the root through all organizational units: two calls each, one unit after the other, since
 * Organizations lets through a handful of calls a second.
 * @throws whatever a failed call throws
 */
export async function readTree(organizations: OrganizationsClient): Promise<Tree> {
  const tree = new Map<string, readonly OrganizationalUnit[]>();
  const walk = async (parent: string, path: readonly OrganizationalUnit[]): Promise<void> => {
    for (const account of await listAccountsBelow(organizations, parent)) tree.set(account, path);
    for (const unit of await listUnits(organizations, parent)) await walk(unit.id, [...path, unit]);
  };
  for (const root of await listRoots(organizations)) await walk(root, []);
  return tree;
}
