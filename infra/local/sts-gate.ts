import { GetRoleCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { localClient } from './local-client.ts';

/**
 * Refuses AssumeRole for a role that does not exist: moto allows it, and STS answers AccessDenied.
 * @param body the call, application/x-www-form-urlencoded
 * @returns STS's answer if STS would refuse the call, else null
 */
export async function refusalOf(body: string, moto: URL): Promise<string | null> {
  const call = new URLSearchParams(body);
  if (call.get('Action') !== 'AssumeRole') return null;
  const RoleArn = call.get('RoleArn') ?? '';
  if (await exists(moto.origin, RoleArn)) return null;
  const message = `User is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
  return (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>' +
    `<Code>AccessDenied</Code><Message>${message}</Message></Error><RequestId>local</RequestId></ErrorResponse>`
  );
}

async function exists(moto: string, RoleArn: string): Promise<boolean> {
  const sts = localClient(STSClient, moto);
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'look' }),
  );
  sts.destroy();
  const iam = localClient(IAMClient, moto, {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: 'local',
  });
  try {
    await iam.send(new GetRoleCommand({ RoleName: RoleArn.split('/').at(-1) }));
    return true;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return false;
    throw error;
  } finally {
    iam.destroy();
  }
}
