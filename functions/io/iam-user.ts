import {
  GetAccessKeyLastUsedCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  type MFADevice,
  NoSuchEntityException,
  paginateListAccessKeys,
  paginateListAttachedUserPolicies,
  paginateListGroupsForUser,
  paginateListMFADevices,
  paginateListSSHPublicKeys,
  paginateListUserPolicies,
  type Tag,
} from '@aws-sdk/client-iam';
import type { ReportedSshKey } from '../../events/report.ts';
import type { Profile } from '../domain/rules/user-facts.ts';
import { needs } from './needs.ts';

/**
 * A user's name as IAM writes it, ARN, tags and boundary, or null where there is no such user. ListUsers would omit the
 * tags.
 */
export const getUser = needs(
  ['iam:GetUser'],
  async (iam: IAMClient, user: string): Promise<{ user: string; profile: Profile } | null> =>
    whereNoSuchEntity(null, async () => {
      const { User } = await iam.send(new GetUserCommand({ UserName: user }));
      if (!User?.Arn || !User.UserName)
        throw new Error(`GetUser answered without the user ${user}`);
      const boundary = User.PermissionsBoundary?.PermissionsBoundaryArn ?? null;
      const createdAt = User.CreateDate;
      const { Arn: arn, UserId: id } = User;
      const profile = { arn, id, tags: tagRecord(User.Tags), boundary, createdAt };
      return { user: User.UserName, profile };
    }),
);

/** An MFA device of any kind. */
export interface MfaDevice {
  readonly serial: string;
  /** When it was assigned to the user. */
  readonly enrolledAt?: Date | undefined;
}

/**
 * All MFA devices of a user (virtual, hardware, FIDO), or null where there is no such user. The only call that shows that a
 * user has none. With a device it also returns the name as IAM writes it.
 */
export const readMfaDevices = needs(
  ['iam:ListMFADevices'],
  async (iam: IAMClient, user: string): Promise<{ user: string; devices: MfaDevice[] } | null> =>
    whereNoSuchEntity(null, async () => {
      const devices: MfaDevice[] = [];
      let name = user;
      for await (const page of paginateListMFADevices({ client: iam }, { UserName: user })) {
        if (!page.MFADevices) throw new Error(`ListMFADevices answered without a list for ${user}`);
        devices.push(...page.MFADevices.map(deviceOf));
        name = page.MFADevices[0]?.UserName ?? name;
      }
      return { user: name, devices };
    }),
);

function deviceOf({ SerialNumber, UserName, EnableDate }: MFADevice): MfaDevice {
  if (!SerialNumber)
    throw new Error(`ListMFADevices answered a device of ${UserName} with no serial`);
  return { serial: SerialNumber, enrolledAt: EnableDate };
}

/** The same, with the devices' serial numbers alone. */
export async function listMfaDevices(
  iam: IAMClient,
  user: string,
): Promise<{ user: string; devices: string[] } | null> {
  const read = await readMfaDevices(iam, user);
  return read && { user: read.user, devices: read.devices.map(({ serial }) => serial) };
}

/**
 * Whether an existing user has a console password. Only NoSuchEntity means "no password"; it also answers
 * for a user who does not exist, so ask only about a user who has been seen.
 */
export const hasPassword = needs(
  ['iam:GetLoginProfile'],
  async (iam: IAMClient, user: string): Promise<boolean> =>
    whereNoSuchEntity(false, async () => {
      await iam.send(new GetLoginProfileCommand({ UserName: user }));
      return true;
    }),
);

/** ARNs of the managed policies attached to a user, or null where there is no such user. */
export const listAttachedPolicies = needs(
  ['iam:ListAttachedUserPolicies'],
  async (iam: IAMClient, user: string): Promise<string[] | null> =>
    whereNoSuchEntity(null, async () => {
      const arns: string[] = [];
      for await (const page of paginateListAttachedUserPolicies(
        { client: iam },
        { UserName: user },
      )) {
        if (!page.AttachedPolicies) {
          throw new Error(`ListAttachedUserPolicies answered without a list for ${user}`);
        }
        arns.push(...page.AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn));
      }
      return arns;
    }),
);

/** Names of the groups an existing user is in. */
export const listGroups = needs(
  ['iam:ListGroupsForUser'],
  async (iam: IAMClient, user: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const page of paginateListGroupsForUser({ client: iam }, { UserName: user })) {
      if (!page.Groups) throw new Error(`ListGroupsForUser answered without a list for ${user}`);
      names.push(...page.Groups.map(({ GroupName = '' }) => GroupName));
    }
    return names;
  },
);

/** Names of an existing user's inline policies. */
export const listInlinePolicies = needs(
  ['iam:ListUserPolicies'],
  async (iam: IAMClient, user: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const page of paginateListUserPolicies({ client: iam }, { UserName: user })) {
      if (!page.PolicyNames)
        throw new Error(`ListUserPolicies answered without a list for ${user}`);
      names.push(...page.PolicyNames);
    }
    return names;
  },
);

/** The document of a user's inline policy, parsed (IAM gives it URL-encoded), or null where there is none. */
export const getInlinePolicy = needs(
  ['iam:GetUserPolicy'],
  async (iam: IAMClient, user: string, name: string): Promise<unknown> =>
    whereNoSuchEntity(null, async () => {
      const { PolicyDocument } = await iam.send(
        new GetUserPolicyCommand({ UserName: user, PolicyName: name }),
      );
      if (!PolicyDocument)
        throw new Error(`GetUserPolicy answered without the document of ${name}`);
      return JSON.parse(decodeURIComponent(PolicyDocument)) as unknown;
    }),
);

/** The user's active access keys; none where there is no such user any more. */
export const listActiveAccessKeys = needs(
  ['iam:ListAccessKeys'],
  (iam: IAMClient, user: string): Promise<string[]> =>
    whereNoSuchEntity([], async () => {
      const keys: string[] = [];
      for await (const page of paginateListAccessKeys({ client: iam }, { UserName: user })) {
        if (!page.AccessKeyMetadata) throw new Error('ListAccessKeys answered without a list');
        for (const { AccessKeyId, Status } of page.AccessKeyMetadata) {
          if (Status === 'Active' && AccessKeyId) keys.push(AccessKeyId);
        }
      }
      return keys;
    }),
);

/** The SSH keys of a user for CodeCommit; none where there is no such user any more. IAM lists them by user only. */
export const listSshKeys = needs(
  ['iam:ListSSHPublicKeys'],
  (iam: IAMClient, user: string): Promise<ReportedSshKey[]> =>
    whereNoSuchEntity([], async () => {
      const keys: ReportedSshKey[] = [];
      for await (const page of paginateListSSHPublicKeys({ client: iam }, { UserName: user })) {
        if (!page.SSHPublicKeys) throw new Error('ListSSHPublicKeys answered without a list');
        for (const { SSHPublicKeyId: id, Status, UploadDate } of page.SSHPublicKeys) {
          if (!id) throw new Error('ListSSHPublicKeys answered a key without an ID');
          keys.push({
            id,
            active: Status === 'Active',
            uploadedAt: UploadDate?.toISOString() ?? null,
          });
        }
      }
      return keys;
    }),
);

/** When and for what an access key was last used. */
export interface LastUse {
  readonly at: Date;
  /** The service's namespace, such as "s3". */
  readonly service: string;
  readonly region: string;
}

/** The last use of an access key, or null where IAM knows of none. IAM notes it within about 15 minutes. */
export const getAccessKeyLastUsed = needs(
  ['iam:GetAccessKeyLastUsed'],
  async (iam: IAMClient, key: string): Promise<LastUse | null> => {
    const { AccessKeyLastUsed } = await iam.send(
      new GetAccessKeyLastUsedCommand({ AccessKeyId: key }),
    );
    const { LastUsedDate, ServiceName = '', Region = '' } = AccessKeyLastUsed ?? {};
    return LastUsedDate ? { at: LastUsedDate, service: ServiceName, region: Region } : null;
  },
);

/**
 * @param tags the SDK's list of tags; absent means none
 * @returns tag key → value, safe for keys such as "__proto__"
 */
export function tagRecord(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/**
 * Returns a given value if IAM answers that there is no such entity. Every other error is thrown.
 * @param call one IAM call with the handling of its answer
 * @param value what "no such entity" means to the caller
 */
export async function whereNoSuchEntity<T, V>(value: V, call: () => Promise<T>): Promise<T | V> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NoSuchEntityException) return value;
    throw error;
  }
}
