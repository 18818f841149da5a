import {
  DescribeOrganizationCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { needs } from '../needs.ts';

/** An organization. */
export interface Organization {
  /** "o-…" */
  readonly id: string;
  /** 12 digits. */
  readonly managementAccount: string;
}

/** The organization that the caller's account is in. @throws AWSOrganizationsNotInUseException where it is in none */
export const describeOrganization = needs(
  ['organizations:DescribeOrganization'],
  async (organizations: OrganizationsClient): Promise<Organization> => {
    const { Organization: found } = await organizations.send(new DescribeOrganizationCommand({}));
    // The API reference still calls the management account by its old name.
    if (!found?.Id || !found.MasterAccountId) {
      throw new Error('DescribeOrganization answered without an organization');
    }
    return { id: found.Id, managementAccount: found.MasterAccountId };
  },
);
