import { type IAMClient, type MFADevice, paginateListMFADevices } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';
import { whereNoSuchEntity } from './no-such-entity.ts';

/**
 * Serial numbers of all MFA devices of a user (virtual, hardware, FIDO), or null where there is no such
 * user. The only call that can tell that a user has none. With a device it also tells the name as IAM writes it.
 */
export const listMfaDevices = needs(
  ['iam:ListMFADevices'],
  async (iam: IAMClient, user: string): Promise<{ user: string; devices: string[] } | null> =>
    whereNoSuchEntity(null, async () => {
      const devices: string[] = [];
      let name = user;
      for await (const page of paginateListMFADevices({ client: iam }, { UserName: user })) {
        if (!page.MFADevices) throw new Error(`ListMFADevices answered without a list for ${user}`);
        devices.push(...page.MFADevices.map(serialOf));
        name = page.MFADevices[0]?.UserName ?? name;
      }
      return { user: name, devices };
    }),
);

function serialOf({ SerialNumber, UserName }: MFADevice): string {
  if (!SerialNumber)
    throw new Error(`ListMFADevices answered a device of ${UserName} with no serial`);
  return SerialNumber;
}
