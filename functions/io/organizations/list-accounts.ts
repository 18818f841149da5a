import { ListAccountsCommand, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { needs } from '../needs.ts';

/** An account of the organization. */
export interface OrganizationAccount {
  /** 12 digits. */
  readonly id: string;
  /** The name that the organization knows it by. */
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
