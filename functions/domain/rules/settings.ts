import { type ExemptTag, formatExemptTags } from './exempt-tags.ts';

/** The settings of a deployment. config.ts reads them from its parameters. */
export interface Settings {
  /** 'observe': the enforcer does everything except writing to IAM. */
  readonly mode: 'enforce' | 'observe';
  /** Who must have MFA: everyone, only users with a password, or no one, so that every user is unblocked. */
  readonly scope: 'all-users' | 'console-users' | 'no-users';
  /** 'never': ForceMFA stays attached after enrolling, so that every session needs MFA. */
  readonly unblock: 'on-enrolment' | 'never';
  /** A user with any of these tags is exempt. Case does not count. */
  readonly exemptTags: readonly ExemptTag[];
  /** A user whose name, or path and name, fits any of these patterns is exempt. Case does not count. */
  readonly exemptUsers: readonly string[];
  /** What a blocked user may enrol with: a console session only, or a long-term access key too. */
  readonly enrolWith: 'console' | 'console-and-keys';
  /** 'ends-exemption': a console password ends an exemption, so the user is blocked like any other. */
  readonly exemptPassword: 'keep' | 'ends-exemption';
  /** New credentials of exempt users are reported. */
  readonly reportCredentials: boolean;
  /** The account that is managed, 12 digits. */
  readonly account: string;
  /** The name of the role that the enforcer acts with. */
  readonly enforcerRole: string;
  /** The ForceMFA policy's ARN. */
  readonly policyArn: string;
  /** The group that carries ForceMFA. */
  readonly denyGroup: string;
  /** The permissions boundary's ARN. */
  readonly boundaryArn: string;
  /** The name of the inline policy that blocks a user. */
  readonly inlinePolicyName: string;
  /** The deployment lets the enforcer set permissions boundaries, as the third block method. */
  readonly boundaryDeny: boolean;
  /** The deployment lets the enforcer write inline policies, as the last block method. */
  readonly inlineDeny: boolean;
  /** What is done with an orphan device: an unassigned virtual device with the name of a blocked user. */
  readonly orphanDevices: 'report' | 'delete';
  /** Messages may mention the person concerned, by the user's tag `slack`. */
  readonly slackMentions: boolean;
  /** How long a new user has time to enrol, in hours; 0: a user without MFA is blocked at once. */
  readonly graceHours: number;
  /** Where mails to users go: the key of the tag with the address, and the domains that a user name may be an address of. */
  readonly notifyUsers: { readonly tag: string; readonly domains: readonly string[] } | null;
  /** How many users may be blocked at once; 'auto': half of the account's users, rounded up. */
  readonly blockLimit: number | 'auto';
}

/** The settings of a decision in words, so that a reader can compare them with the deployment's. */
export function formatSettings({
  mode,
  scope,
  unblock,
  enrolWith,
  exemptTags,
  exemptUsers,
  exemptPassword,
  graceHours,
  blockLimit,
}: Settings): string {
  const tags = formatExemptTags(exemptTags);
  return [
    `mode ${mode}`,
    `scope ${scope}`,
    `unblock ${unblock}`,
    ...(enrolWith === 'console' ? [] : [`enrol with ${enrolWith}`]),
    `exempt tags ${tags === '' ? 'none' : tags}`,
    ...(exemptUsers.length === 0 ? [] : [`exempt users ${exemptUsers.join(',')}`]),
    ...(exemptPassword === 'keep' ? [] : [`exempt password ${exemptPassword}`]),
    ...(graceHours === 0 ? [] : [`grace hours ${graceHours}`]),
    `block limit ${blockLimit}`,
  ].join(', ');
}

/**
 * The circuit breaker's rule: a fault that makes all users look unprotected must not lock all users out, in an account of any
 * size.
 * @param users how many users the account has (GetAccountSummary)
 * @param setting the deployment's limit, or 'auto': half the account's users, rounded up, and at least one
 */
export function blockLimitOf(users: number, setting: number | 'auto'): number {
  return setting === 'auto' ? Math.max(1, Math.ceil(users / 2)) : setting;
}
