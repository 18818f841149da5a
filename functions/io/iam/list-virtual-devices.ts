import { type IAMClient, paginateListVirtualMFADevices } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/**
 * User name → serial numbers of the assigned virtual MFA devices, one call for each 1,000.
 * Proves that a user has MFA, never that one has not: hardware and FIDO devices are not in it.
 * @param afterPage is called for each page
 */
export const listVirtualDevices = needs(
  ['iam:ListVirtualMFADevices'],
  async (
    iam: IAMClient,
    afterPage: () => void = () => undefined,
  ): Promise<Map<string, string[]>> => {
    const byUser = new Map<string, string[]>();
    const pages = paginateListVirtualMFADevices(
      { client: iam, pageSize: 1000 },
      { AssignmentStatus: 'Assigned' },
    );
    for await (const page of pages) {
      if (!page.VirtualMFADevices) throw new Error('ListVirtualMFADevices answered without a list');
      for (const { User, SerialNumber } of page.VirtualMFADevices) {
        // The root user's device is listed too; its User has no UserName.
        if (!User?.UserName || !SerialNumber) continue;
        byUser.set(User.UserName, [...(byUser.get(User.UserName) ?? []), SerialNumber]);
      }
      afterPage();
    }
    return byUser;
  },
);
