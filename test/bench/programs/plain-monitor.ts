import {
  GetLoginProfileCommand,
  IAMClient,
  ListMFADevicesCommand,
  NoSuchEntityException,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import { measured } from './measured.ts';

// The plain way: the calls of the PRTG sensor that this project began with. Two faults are fixed: it read a single page of users,
// and took any error for "no password". It knows no exemptions.
const iam = new IAMClient({ maxAttempts: 6 });

async function hasPassword(UserName: string): Promise<boolean> {
  try {
    await iam.send(new GetLoginProfileCommand({ UserName }));
    return true;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return false;
    throw error;
  }
}

await measured(async () => {
  const found: string[] = [];
  for await (const { Users = [] } of paginateListUsers({ client: iam, pageSize: 1000 }, {})) {
    for (const { UserName = '' } of Users) {
      if (!(await hasPassword(UserName))) continue;
      const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({ UserName }));
      if (MFADevices.length === 0) found.push(UserName);
    }
  }
  return found;
});
