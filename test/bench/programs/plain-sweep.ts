import {
  AttachUserPolicyCommand,
  GetPolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAccountAliasesCommand,
  ListAttachedUserPoliciesCommand,
  ListMFADevicesCommand,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { settingsOfBench } from '../settings.ts';
import { measured } from './measured.ts';

// The plain way: list the users, then read each of them, one after the other. It makes the calls of the scheduled function that
// this project began with, in the same order. Only its reading of a single page of users is fixed.
const { policyArn } = settingsOfBench;
const iam = new IAMClient({ maxAttempts: 6 });
const sts = new STSClient({ maxAttempts: 6 });
const QUOTA = 10;

async function sweepOne(UserName: string): Promise<boolean> {
  const { AttachedPolicies = [] } = await iam.send(
    new ListAttachedUserPoliciesCommand({ UserName }),
  );
  await sts.send(new GetCallerIdentityCommand({}));
  // The original reads them a second time, for a count.
  const again = await iam.send(new ListAttachedUserPoliciesCommand({ UserName }));
  const others = again.AttachedPolicies?.filter((policy) => policy.PolicyArn !== policyArn) ?? [];
  if (others.length === QUOTA) return false;
  const { User } = await iam.send(new GetUserCommand({ UserName }));
  const isExempt = User?.Tags?.some(
    ({ Key, Value }) => Key === 'userType' && Value?.toLowerCase() === 'service',
  );
  if (isExempt || AttachedPolicies.some((policy) => policy.PolicyArn === policyArn)) return false;
  const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({ UserName }));
  if (MFADevices.length > 0) return false;
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: policyArn }));
  // The original reads it for its message.
  await iam.send(new ListAccountAliasesCommand({}));
  return true;
}

await measured(async () => {
  const blocked: string[] = [];
  const names: string[] = [];
  for await (const { Users = [] } of paginateListUsers({ client: iam, pageSize: 1000 }, {})) {
    names.push(...Users.map(({ UserName = '' }) => UserName));
  }
  await sts.send(new GetCallerIdentityCommand({}));
  await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
  for (const name of names) if (await sweepOne(name)) blocked.push(name);
  return blocked;
});
