import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  EnableMFADeviceCommand,
  type IAMClient,
  paginateListAccessKeys,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import { whereNoSuchEntity } from './iam-user.ts';
import { needs } from './needs.ts';

/** The secret parts of an access key. They are never printed. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Tagged {
  readonly path: string;
  readonly tag: { readonly key: string; readonly value: string };
}

const tagsOf = ({ tag }: Tagged) => [{ Key: tag.key, Value: tag.value }];

/** Creates a user with a path and a tag, in one call. Throws EntityAlreadyExists where there is such a user. */
export const createUser = needs(
  ['iam:CreateUser', 'iam:TagUser'],
  async (iam: IAMClient, user: string, where: Tagged): Promise<void> => {
    const input = { UserName: user, Path: where.path, Tags: tagsOf(where) };
    await iam.send(new CreateUserCommand(input));
  },
);

/** Gives a user a console password, which must be changed at the first sign-in. */
export const createPassword = needs(
  ['iam:CreateLoginProfile'],
  async (iam: IAMClient, user: string, password: string): Promise<void> => {
    const input = { UserName: user, Password: password, PasswordResetRequired: true };
    await iam.send(new CreateLoginProfileCommand(input));
  },
);

/** Creates an access key of a user. */
export const createAccessKey = needs(
  ['iam:CreateAccessKey'],
  async (iam: IAMClient, user: string): Promise<AccessKey> => {
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: user }));
    if (!key?.AccessKeyId || !key.SecretAccessKey) {
      throw new Error(`CreateAccessKey answered without a key of ${user}`);
    }
    return { accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
  },
);

/**
 * Creates a virtual MFA device that belongs to no user yet.
 * @returns its serial number, and its secret seed in base32, which is never printed
 */
export const createVirtualDevice = needs(
  ['iam:CreateVirtualMFADevice', 'iam:TagMFADevice'],
  async (
    iam: IAMClient,
    device: string,
    where: Tagged,
  ): Promise<{ serial: string; seed: string }> => {
    const { VirtualMFADevice } = await iam.send(
      new CreateVirtualMFADeviceCommand({
        VirtualMFADeviceName: device,
        Path: where.path,
        Tags: tagsOf(where),
      }),
    );
    const { SerialNumber: serial, Base32StringSeed: seed } = VirtualMFADevice ?? {};
    if (!serial || !seed) throw new Error('CreateVirtualMFADevice answered without a device');
    return { serial, seed: Buffer.from(seed).toString('ascii') };
  },
);

/** Assigns a device to a user. Throws InvalidAuthenticationCode for other than two consecutive codes. */
export const enableDevice = needs(
  ['iam:EnableMFADevice'],
  async (
    iam: IAMClient,
    user: string,
    serial: string,
    codes: readonly [string, string],
  ): Promise<void> => {
    await iam.send(
      new EnableMFADeviceCommand({
        UserName: user,
        SerialNumber: serial,
        AuthenticationCode1: codes[0],
        AuthenticationCode2: codes[1],
      }),
    );
  },
);

/** The names of all users below a path. */
export const listUsersBelow = needs(
  ['iam:ListUsers'],
  async (iam: IAMClient, path: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const page of paginateListUsers({ client: iam }, { PathPrefix: path })) {
      if (!page.Users) throw new Error(`ListUsers answered without a list for ${path}`);
      names.push(...page.Users.map(({ UserName = '' }) => UserName));
    }
    return names;
  },
);

/** The IDs of a user's access keys, active or not; none where there is no such user any more. */
export const listAccessKeys = needs(
  ['iam:ListAccessKeys'],
  (iam: IAMClient, user: string): Promise<string[]> =>
    whereNoSuchEntity([], async () => {
      const ids: string[] = [];
      for await (const page of paginateListAccessKeys({ client: iam }, { UserName: user })) {
        if (!page.AccessKeyMetadata) throw new Error('ListAccessKeys answered without a list');
        ids.push(...page.AccessKeyMetadata.map(({ AccessKeyId = '' }) => AccessKeyId));
      }
      return ids;
    }),
);

// Each of these is done where there is nothing to delete: an earlier try may have deleted it.
const gone = (call: () => Promise<unknown>): Promise<void> =>
  whereNoSuchEntity(undefined, async () => {
    await call();
  });

/** Deletes an access key of a user. */
export const deleteAccessKey = needs(
  ['iam:DeleteAccessKey'],
  (iam: IAMClient, user: string, key: string): Promise<void> =>
    gone(() => iam.send(new DeleteAccessKeyCommand({ UserName: user, AccessKeyId: key }))),
);

/** Deletes a user's password. Throws EntityTemporarilyUnmodifiable within seconds of its creation. */
export const deletePassword = needs(
  ['iam:DeleteLoginProfile'],
  (iam: IAMClient, user: string): Promise<void> =>
    gone(() => iam.send(new DeleteLoginProfileCommand({ UserName: user }))),
);

/** Takes a device from a user. */
export const deactivateDevice = needs(
  ['iam:DeactivateMFADevice'],
  (iam: IAMClient, user: string, serial: string): Promise<void> =>
    gone(() => iam.send(new DeactivateMFADeviceCommand({ UserName: user, SerialNumber: serial }))),
);

/** Deletes a user. Throws DeleteConflict while the user has a policy, a group, a key, a password or a device. */
export const deleteUser = needs(
  ['iam:DeleteUser'],
  (iam: IAMClient, user: string): Promise<void> =>
    gone(() => iam.send(new DeleteUserCommand({ UserName: user }))),
);
