import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { LocalAws } from './local-aws.ts';
import { localClient } from './local-client.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
});

/** An IAM client of one person. Its calls go through the trail and carry the person's name. */
export type Person = IAMClient;

/** The local account's administrators, each with a session of the role SecurityAdmin. */
export async function administrators(aws: LocalAws, names: readonly string[]): Promise<Person[]> {
  // Setup calls do not go through the trail.
  const iam = localClient(IAMClient, aws.moto.endpoint);
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'SecurityAdmin', AssumeRolePolicyDocument: TRUST }),
  );
  iam.destroy();
  const sts = localClient(STSClient, aws.moto.endpoint);
  const sessions = await Promise.all(
    names.map((name) =>
      sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: name })),
    ),
  );
  sts.destroy();
  return sessions.map(({ Credentials }) =>
    localClient(IAMClient, aws.trail.endpoint, {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    }),
  );
}

/** An IAM client of a user, with an access key of the user. */
export async function userHerself(aws: LocalAws, user: string): Promise<Person> {
  const iam = localClient(IAMClient, aws.moto.endpoint);
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: user }));
  iam.destroy();
  return localClient(IAMClient, aws.trail.endpoint, {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  });
}

/**
 * Enrols a virtual MFA device. moto accepts any codes.
 * @param caller makes the two calls: the user, or an administrator
 * @param device its name
 * @returns the device's serial number
 */
export async function enrol(
  caller: IAMClient,
  user: string,
  device = `phone-of-${user}`,
): Promise<string> {
  const { VirtualMFADevice } = await caller.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: device }),
  );
  const SerialNumber = VirtualMFADevice?.SerialNumber ?? '';
  await caller.send(
    new EnableMFADeviceCommand({
      UserName: user,
      SerialNumber,
      AuthenticationCode1: '123456',
      AuthenticationCode2: '654321',
    }),
  );
  return SerialNumber;
}
