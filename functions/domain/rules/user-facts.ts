import type { BlockMethod } from '../../../events/outcome.ts';

/**
 * What has been read of one user. An absent field has not been read, so nothing may be concluded from it. A failed read
 * throws; it never becomes an empty field.
 */
export interface UserFacts {
  readonly user: string;
  /** GetUser, or GetAccountAuthorizationDetails. */
  readonly profile?: Profile;
  /** Serial numbers of the user's MFA devices of any kind. ListMFADevices. */
  readonly devices?: readonly string[];
  /**
   * The column mfa_active of a credential report: of one that IAM made since a sweep began, or that serves a report to people. No user
   * is changed by it: a sweep asks for a review, which reads the devices.
   */
  readonly mfaActive?: boolean;
  /** Whether the user has a console password. GetLoginProfile. */
  readonly password?: boolean;
  /** How the user is blocked. */
  readonly attachments?: Attachments;
}

/** Whether the user has an MFA device; null where it has not been read. */
export function hasMfaDevice({ devices, mfaActive }: UserFacts): boolean | null {
  return devices === undefined ? (mfaActive ?? null) : devices.length > 0;
}

export interface Profile {
  readonly arn: string;
  /** IAM's ID of the user: it survives a new name, and no two users have the same. */
  readonly id?: string | undefined;
  readonly tags: Tags;
  readonly createdAt?: Date | undefined;
  /** The permissions boundary's ARN. */
  readonly boundary: string | null;
}

export interface Attachments {
  /** The block methods that block the user now, among those that were read. */
  readonly methods: readonly BlockMethod[];
  /** ARNs of all managed policies attached to the user. ListAttachedUserPolicies. */
  readonly policies: readonly string[];
  /** Names of the user's groups. ListGroupsForUser. Read together with the other block methods, or absent. */
  readonly groups?: readonly string[];
}

/** The parts of UserFacts that can be read one by one. */
export type Reading = 'profile' | 'devices' | 'password' | 'attachments';

/** A user's tags by key. */
export type Tags = Readonly<Record<string, string>>;

/**
 * IAM keeps the case of a tag's key and ignores it: a user cannot have both Department and department
 * (IAM User Guide, "Rules for tagging in IAM and AWS STS").
 */
export function isSameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The value of a tag, in any case of its key; null where the user has no such tag. */
export function tagValue(tags: Tags, key: string): string | null {
  return Object.entries(tags).find(([one]) => isSameKey(one, key))?.[1] ?? null;
}

/** Whether two readings show the same tags. */
export function isSameTags(one: Tags, other: Tags): boolean {
  const entries = Object.entries(one);
  return (
    entries.length === Object.keys(other).length &&
    entries.every(([key, value]) => other[key] === value)
  );
}
