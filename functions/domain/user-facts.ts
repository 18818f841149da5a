/** How a user is held. */
export type Rung = 'managed-policy';

/**
 * What has been read of one user. A field that is absent has not been read: nothing may be concluded from it.
 * A read that fails throws; it never becomes an empty field.
 */
export interface UserFacts {
  readonly user: string;
  /** GetUser, or GetAccountAuthorizationDetails. */
  readonly profile?: Profile;
  /** Serial numbers of the user's MFA devices of any kind. ListMFADevices. */
  readonly devices?: readonly string[];
  /** Has a console password. GetLoginProfile. */
  readonly password?: boolean;
  /** ARNs of the managed policies attached to the user. ListAttachedUserPolicies. */
  readonly policies?: readonly string[];
}

export interface Profile {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The parts of UserFacts that can be read one by one. */
export type Reading = 'profile' | 'devices' | 'password' | 'policies';
