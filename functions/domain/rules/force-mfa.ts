import type { Settings } from './settings.ts';

type EnrolWith = Settings['enrolWith'];

/** A policy document, as IAM takes it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: readonly string[];
  /** Operator → key → values. */
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

/** What a user may do to their own user to enrol. ChangePassword: a user who must change the password cannot sign in without. */
const ON_OWN_USER = [
  'iam:ChangePassword',
  'iam:EnableMFADevice',
  'iam:GetMFADevice',
  'iam:GetUser',
  'iam:ListMFADevices',
  'iam:ResyncMFADevice',
];
/** The reads that enrolling needs. */
const TO_SEE = ['iam:GetAccountPasswordPolicy', 'iam:ListVirtualMFADevices'];
/** On a device of any name: since November 2022 a device need not have the user's name. */
const ON_ANY_DEVICE = ['iam:CreateVirtualMFADevice'];

/**
 * What AWS Sign-In evaluates identity policies for once an account has console authorization (AWS Sign-In User Guide,
 * "Control console access with resource-based policies and resource control policies").
 */
const TO_SIGN_IN = [
  'signin:Authenticate',
  'signin:AuthorizeOAuth2Access',
  'signin:CreateOAuth2Token',
];

/** The statement that blocks, under the same name in every form and every release. */
const DENIAL = 'DenyAllButEnrollingWithoutMfa';

/**
 * BoolIfExists: calls with long-term keys carry no aws:MultiFactorAuthPresent at all.
 * aws:ViaAWSService: a call that a service makes on the user's behalf carries MultiFactorAuthPresent=false even in a session
 * with MFA. A session without MFA cannot call the service in the first place.
 */
const WITHOUT_MFA = {
  BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false', 'aws:ViaAWSService': 'false' },
};

/** The user's own ARNs. The variable is the friendly name: a user with a path is user/<path/><name>. */
function ownUser(partition: string): string[] {
  const user = `arn:${partition}:iam::*:user`;
  return [`${user}/\${aws:username}`, `${user}/*/\${aws:username}`];
}

/**
 * Denies enrolling to long-term keys: a thief with a stolen key could otherwise end its block with two calls. Null: only requests
 * signed with long-term keys carry no aws:MultiFactorAuthPresent at all (IAM User Guide, global condition keys). A console
 * session carries it; session tokens got without MFA cannot call IAM (STS API Reference, GetSessionToken). Resynchronising
 * stays allowed: it takes two codes of a device that the user has.
 */
const denyEnrollingWithKeys: PolicyStatement = {
  Sid: 'DenyEnrollingWithAccessKeys',
  Effect: 'Deny',
  Action: ['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice'],
  Resource: '*',
  Condition: {
    Null: { 'aws:MultiFactorAuthPresent': 'true' },
    BoolIfExists: { 'aws:ViaAWSService': 'false' },
  },
};

/**
 * What all forms deny to a session without MFA: everything except signing in to the console and enrolling one's own user.
 * Deleting or deactivating a device and creating a password stay denied: a thief with a stolen key could use them.
 */
function denials(partition: string, enrolWith: EnrolWith): PolicyStatement[] {
  return [
    {
      Sid: DENIAL,
      Effect: 'Deny',
      NotAction: [
        ...ON_OWN_USER,
        ...TO_SEE,
        ...ON_ANY_DEVICE,
        ...TO_SIGN_IN,
        'sts:GetSessionToken',
      ].toSorted(),
      Resource: '*',
      Condition: WITHOUT_MFA,
    },
    {
      // A user's other policies may allow these actions on every user, and tokens for other clients than the console.
      Sid: 'DenyAllButOwnUserAndConsoleWithoutMfa',
      Effect: 'Deny',
      Action: [...ON_OWN_USER, ...TO_SIGN_IN],
      NotResource: [...ownUser(partition), `arn:${partition}:signin:::console/*`],
      Condition: WITHOUT_MFA,
    },
    ...(enrolWith === 'console' ? [denyEnrollingWithKeys] : []),
  ];
}

/**
 * ForceMFA: the denials, and the smallest grant that enrolling needs. It grants nothing beyond enrolling.
 * @param partition one of domain/partition.ts
 * @param enrolWith what a blocked user may enrol with
 * @returns the managed policy that is attached to a blocked user and to the deny group
 */
export function forceMfaPolicy(partition: string, enrolWith: EnrolWith): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'SeeWhatEnrollingNeeds', Effect: 'Allow', Action: TO_SEE, Resource: '*' },
      {
        Sid: 'EnrolOwnDevice',
        Effect: 'Allow',
        Action: ON_OWN_USER,
        Resource: ownUser(partition),
      },
      {
        Sid: 'CreateDeviceOfAnyName',
        Effect: 'Allow',
        Action: ON_ANY_DEVICE,
        Resource: `arn:${partition}:iam::*:mfa/*`,
      },
      ...denials(partition, enrolWith),
    ],
  };
}

/**
 * The permissions boundary that blocks a user for whom neither policy nor group has room. A boundary grants
 * nothing, so this one allows everything and has the same denials: with MFA the user has the same rights as before.
 */
export function forceMfaBoundary(partition: string, enrolWith: EnrolWith): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'NoNarrowerWithMfa', Effect: 'Allow', Action: '*', Resource: '*' },
      ...denials(partition, enrolWith),
    ],
  };
}

/** The denials alone. They fit into the 2,048 characters that all inline policies of a user may have together. */
export function forceMfaInline(partition: string, enrolWith: EnrolWith): PolicyDocument {
  return { Version: '2012-10-17', Statement: denials(partition, enrolWith) };
}

/** Whether a policy document blocks as ForceMFA does: it has the same denial, in any form and of any release. */
export function carriesDenial(document: unknown): boolean {
  const { Statement } = (document ?? {}) as { Statement?: unknown };
  return [Statement].flat().some((statement) => {
    const { Sid, Effect } = (statement ?? {}) as { Sid?: unknown; Effect?: unknown };
    return Sid === DENIAL && Effect === 'Deny';
  });
}
