import type { BlockMethod } from '../../../events/outcome.ts';
import type { Tags } from './tags.ts';

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
  /** Whether the user has a console password. GetLoginProfile. */
  readonly password?: boolean;
  /** How the user is blocked. */
  readonly attachments?: Attachments;
}

export interface Profile {
  readonly arn: string;
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
