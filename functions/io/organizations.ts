import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { needs } from './needs.ts';

/** An organization. */
export interface Organization {
  /** "o-…" */
  readonly id: string;
  /** 12 digits. */
  readonly managementAccount: string;
  /** Whether it has all features. One with consolidated billing only has no StackSets. */
  readonly hasAllFeatures: boolean;
}

/** The organization of the caller's account. @throws AWSOrganizationsNotInUseException outside an organization */
export const describeOrganization = needs(
  ['organizations:DescribeOrganization'],
  async (organizations: OrganizationsClient): Promise<Organization> => {
    const { Organization: found } = await organizations.send(new DescribeOrganizationCommand({}));
    // The API reference still calls the management account by its old name.
    if (!found?.Id || !found.MasterAccountId) {
      throw new Error('DescribeOrganization answered without an organization');
    }
    const { Id: id, MasterAccountId: managementAccount, FeatureSet } = found;
    return { id, managementAccount, hasAllFeatures: FeatureSet !== 'CONSOLIDATED_BILLING' };
  },
);

/** An account of the organization. */
export interface OrganizationAccount {
  /** 12 digits. */
  readonly id: string;
  /** The organization's name of the account. */
  readonly name: string;
  /** Only an active account takes calls: ACTIVE, else PENDING_ACTIVATION, SUSPENDED, PENDING_CLOSURE or CLOSED. */
  readonly active: boolean;
}

/**
 * Every account of the organization. Only its management account and delegated administrators may ask
 * (Organizations API reference).
 */
export const listAccounts = needs(
  ['organizations:ListAccounts'],
  async (organizations: OrganizationsClient): Promise<OrganizationAccount[]> => {
    const accounts: OrganizationAccount[] = [];
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(new ListAccountsCommand({ NextToken }));
      for (const { Id, Name, State, Status } of page.Accounts ?? []) {
        if (!Id) throw new Error('ListAccounts answered an account without its id');
        // Status is the older of the two; AWS retired it on September 9, 2026 (Organizations API reference).
        accounts.push({ id: Id, name: Name ?? Id, active: (State ?? Status) === 'ACTIVE' });
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return accounts;
  },
);

/** The ids of the accounts right below a root or a unit. A page may be empty with more to come (API reference). */
export const listAccountsBelow = needs(
  ['organizations:ListAccountsForParent'],
  async (organizations: OrganizationsClient, parent: string): Promise<string[]> => {
    const ids: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(
        new ListAccountsForParentCommand({ ParentId: parent, NextToken }),
      );
      ids.push(...(page.Accounts ?? []).map(({ Id }) => Id ?? ''));
      NextToken = page.NextToken;
    } while (NextToken);
    return ids;
  },
);

/** The ids of the organization's roots: "r-…". There is one today (Organizations API reference). */
export const listRoots = needs(
  ['organizations:ListRoots'],
  async (organizations: OrganizationsClient): Promise<string[]> => {
    const ids: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(new ListRootsCommand({ NextToken }));
      ids.push(...(page.Roots ?? []).map(({ Id }) => Id ?? ''));
      NextToken = page.NextToken;
    } while (NextToken);
    return ids;
  },
);

/** An organizational unit. */
export interface OrganizationalUnit {
  /** "ou-…" */
  readonly id: string;
  readonly name: string;
}

/** The organizational units right below a root or a unit. A page may be empty with more to come (API reference). */
export const listUnits = needs(
  ['organizations:ListOrganizationalUnitsForParent'],
  async (organizations: OrganizationsClient, parent: string): Promise<OrganizationalUnit[]> => {
    const units: OrganizationalUnit[] = [];
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(
        new ListOrganizationalUnitsForParentCommand({ ParentId: parent, NextToken }),
      );
      for (const { Id, Name } of page.OrganizationalUnits ?? []) {
        if (!Id) throw new Error('ListOrganizationalUnitsForParent answered a unit without its id');
        units.push({ id: Id, name: Name ?? Id });
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return units;
  },
);
