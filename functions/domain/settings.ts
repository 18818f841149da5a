/** How a deployment decides; made by config.ts from the deployment's parameters. */
export interface Settings {
  /** 'observe': everything but the write. */
  readonly mode: 'enforce' | 'observe';
  /** Who must have MFA: everyone, or only users with a password. */
  readonly scope: 'all-users' | 'console-users';
  /** 'never': ForceMFA stays once attached, so that every session needs MFA. */
  readonly release: 'on-enrolment' | 'never';
  /** A user with any of these tags is exempt. Case does not count. */
  readonly exemptTags: readonly ExemptTag[];
  /** A user whose name, or path and name, fits any of these patterns is exempt. Case does not count. */
  readonly exemptUsers: readonly string[];
  /** What a blocked user may enrol with: a console session only, or a long-term access key too. */
  readonly enrolWith: 'console' | 'console-and-keys';
  /** What an exempt user's console password does: 'ends-exemption' holds such users like any other. */
  readonly exemptPassword: 'keep' | 'ends-exemption';
  /** The account that is guarded, 12 digits. */
  readonly account: string;
  /** The name of the role that the enforcer itself acts with. */
  readonly enforcerRole: string;
  /** The ForceMFA policy's ARN. */
  readonly policyArn: string;
  /** The group that carries ForceMFA. */
  readonly denyGroup: string;
  /** The permissions boundary's ARN. */
  readonly boundaryArn: string;
  /** The name that an inline deny has on a user. */
  readonly inlinePolicyName: string;
  /** The deployment lets the enforcer set permissions boundaries, as the third rung. */
  readonly boundaryDeny: boolean;
  /** The deployment lets the enforcer write inline policies, as the last rung. */
  readonly inlineDeny: boolean;
  /** Messages may mention the person concerned, by the user's tag `slack`. */
  readonly slackMentions: boolean;
  /** Most users ever blocked at once; 'auto' is half the account's users, rounded up. */
  readonly holdLimit: number | 'auto';
}

export interface ExemptTag {
  readonly key: string;
  readonly value: string;
}
