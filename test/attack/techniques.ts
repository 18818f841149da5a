/** One API call of an attack. */
export interface Call {
  /** The IAM action, as in iam:CreateUser. */
  readonly action: string;
  readonly resource: string;
  /** requestParameters of its CloudTrail record. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Context keys of the request. */
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** What the enforcer does after an attack by a caller whom it does not block. */
export type Result =
  /** The user whom the attack creates or changes is reviewed, and blocked without MFA. */
  'blocked' | 'undone' | 'restored' | 'reported' | 'out of scope';

export interface Technique {
  readonly name: string;
  readonly calls: readonly Call[];
  readonly result: Result;
  /** The rest of the sentence, or why it is out of scope. */
  readonly text: string;
}

export const ACCOUNT = '111122223333';
const iam = (rest: string) => `arn:aws:iam::${ACCOUNT}:${rest}`;
const regional = (service: string, rest: string) =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;

// The enforcer's own names, as the hub's stack "mfa" has them in test/fakes/deployed.ts.
const FORCE_MFA = iam('policy/ForceMFA');
const FUNCTION = 'mfa-on-iam-change';
const REVIEW_ROLE = 'mfa-OnIamChangeRole-X';
const victim = { userName: 'victim' };
const VICTIM = iam('user/victim');

function call(
  action: string,
  resource: string,
  parameters: Call['parameters'],
  context?: Call['context'],
): Call {
  return { action, resource, parameters, ...(context ? { context } : {}) };
}

/** A call on the victim, another user. */
const onVictim = (action: string, more: Call['parameters'] = {}, context?: Call['context']) =>
  call(action, VICTIM, { ...victim, ...more }, context);

const detached = onVictim(
  'iam:DetachUserPolicy',
  { policyArn: FORCE_MFA },
  { 'iam:PolicyARN': FORCE_MFA },
);

/** Techniques of Stratus Red Team (https://stratus-red-team.cloud) that concern IAM users or the enforcer's own parts. */
export const stratus: readonly Technique[] = [
  {
    name: 'aws.initial-access.console-login-without-mfa',
    calls: [call('signin:Authenticate', 'arn:aws:signin:::console/us-east-1', {})],
    result: 'out of scope',
    text: 'signing in stays possible, so that a blocked user can enrol. The session is denied everything else',
  },
  {
    name: 'aws.persistence.iam-backdoor-user',
    calls: [onVictim('iam:CreateAccessKey')],
    result: 'reported',
    text: 'a key of an exempt user. A key of a user without MFA is denied as its user is, and a user with MFA may have keys',
  },
  {
    name: 'aws.persistence.iam-create-admin-user',
    calls: [
      onVictim('iam:CreateUser'),
      onVictim(
        'iam:AttachUserPolicy',
        { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
        { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
      ),
      onVictim('iam:CreateAccessKey'),
    ],
    result: 'blocked',
    text: 'the new user, with its rights and its key',
  },
  {
    name: 'aws.persistence.iam-create-user-login-profile',
    calls: [onVictim('iam:CreateLoginProfile')],
    result: 'blocked',
    text: 'the user with the new password, unless the user has MFA or is exempt',
  },
  {
    name: 'aws.privilege-escalation.iam-update-user-login-profile',
    calls: [onVictim('iam:UpdateLoginProfile')],
    result: 'reported',
    text: 'when the user then enrols: the attacker can enrol for a user without MFA, who is blocked until then',
  },
  {
    name: 'aws.persistence.iam-backdoor-role',
    calls: [call('iam:UpdateAssumeRolePolicy', iam('role/web-server'), { roleName: 'web-server' })],
    result: 'out of scope',
    text: 'roles have no MFA device. IAM Access Analyzer finds trust in strangers. The enforcer’s own roles: below',
  },
  {
    name: 'aws.persistence.iam-create-backdoor-role',
    calls: [
      call('iam:CreateRole', iam('role/backdoor'), { roleName: 'backdoor' }),
      call('iam:AttachRolePolicy', iam('role/backdoor'), { roleName: 'backdoor' }),
    ],
    result: 'out of scope',
    text: 'roles have no MFA device',
  },
  {
    name: 'aws.persistence.sts-federation-token',
    calls: [
      call(
        'sts:GetFederationToken',
        regional('sts', 'federated-user/x').replace(':us-east-1:', '::'),
        { name: 'x' },
      ),
    ],
    result: 'out of scope',
    text: 'no rule looks at STS. A block of the user counts for federation tokens at once',
  },
  {
    name: 'aws.persistence.rolesanywhere-create-trust-anchor',
    calls: [call('rolesanywhere:CreateTrustAnchor', '*', { name: 'x' })],
    result: 'out of scope',
    text: 'it leads to roles, which have no MFA device',
  },
  {
    name: 'aws.persistence.lambda-overwrite-code',
    calls: [
      call('lambda:UpdateFunctionCode', regional('lambda', `function:${FUNCTION}`), {
        functionName: FUNCTION,
      }),
    ],
    result: 'reported',
    text: 'for the enforcer’s functions. Other functions are out of scope',
  },
  {
    name: 'aws.persistence.lambda-layer-extension',
    calls: [
      call('lambda:UpdateFunctionConfiguration', regional('lambda', `function:${FUNCTION}`), {
        functionName: FUNCTION,
      }),
    ],
    result: 'reported',
    text: 'for the enforcer’s functions. Other functions are out of scope',
  },
  {
    name: 'aws.persistence.lambda-backdoor-function',
    calls: [
      call('lambda:AddPermission', regional('lambda', `function:${FUNCTION}`), {
        functionName: FUNCTION,
      }),
    ],
    result: 'reported',
    text: 'for the enforcer’s functions. Other functions are out of scope',
  },
  {
    name: 'aws.defense-evasion.cloudtrail-stop',
    calls: [call('cloudtrail:StopLogging', regional('cloudtrail', 'trail/main'), { name: 'main' })],
    result: 'reported',
    text: 'for every trail: without one no event arrives',
  },
  {
    name: 'aws.defense-evasion.cloudtrail-delete',
    calls: [call('cloudtrail:DeleteTrail', regional('cloudtrail', 'trail/main'), { name: 'main' })],
    result: 'reported',
    text: 'for every trail',
  },
  {
    name: 'aws.defense-evasion.cloudtrail-event-selectors',
    calls: [
      call('cloudtrail:PutEventSelectors', regional('cloudtrail', 'trail/main'), {
        trailName: 'main',
      }),
    ],
    result: 'reported',
    text: 'for every trail',
  },
  {
    name: 'aws.defense-evasion.cloudtrail-lifecycle-rule',
    calls: [
      call('s3:PutLifecycleConfiguration', 'arn:aws:s3:::trail-logs', { bucketName: 'trail-logs' }),
    ],
    result: 'out of scope',
    text: 'events do not go through the bucket',
  },
  {
    name: 'aws.defense-evasion.organizations-leave',
    calls: [call('organizations:LeaveOrganization', '*', {})],
    result: 'out of scope',
    text: 'the account’s spoke is no longer of the organization. The next sweep does not list it',
  },
];

/** What an attacker would do who knows the enforcer. */
export const againstUs: readonly Technique[] = [
  {
    name: 'detach ForceMFA from a blocked user',
    calls: [detached],
    result: 'undone',
    text: 'and reported with the caller',
  },
  {
    name: 'take a blocked user out of the deny group',
    calls: [
      call('iam:RemoveUserFromGroup', iam('group/ForceMFA'), { ...victim, groupName: 'ForceMFA' }),
    ],
    result: 'undone',
    text: 'and reported with the caller',
  },
  {
    name: 'remove the boundary of a blocked user',
    calls: [
      onVictim(
        'iam:DeleteUserPermissionsBoundary',
        {},
        { 'iam:PermissionsBoundary': iam('policy/ForceMFA-boundary') },
      ),
    ],
    result: 'undone',
    text: 'and reported with the caller',
  },
  {
    name: 'exempt a user by a tag',
    calls: [
      onVictim(
        'iam:TagUser',
        { tags: [{ key: 'userType', value: 'Service' }] },
        { 'aws:TagKeys': ['userType'] },
      ),
    ],
    result: 'reported',
    text: 'with the caller, at once; self-exemption is marked',
  },
  {
    name: 'rename a user to an exempt name',
    calls: [onVictim('iam:UpdateUser', { newUserName: 'BedrockAPIKey-x' })],
    result: 'reported',
    text: 'as an exemption by name, with the caller, where ExemptUsers has such a pattern',
  },
  {
    name: 'take another user’s device away, so that the user is blocked',
    calls: [onVictim('iam:DeactivateMFADevice', { serialNumber: iam('mfa/victim') })],
    result: 'blocked',
    text: 'the victim. The message names the caller',
  },
  {
    name: 'enrol a device for another user, so that the user is unblocked',
    calls: [onVictim('iam:EnableMFADevice', { serialNumber: iam('mfa/mine') })],
    result: 'reported',
    text: 'as a device that another identity added, with the caller',
  },
  {
    name: 'delete a user and create it again',
    calls: [onVictim('iam:DeleteUser'), onVictim('iam:CreateUser')],
    result: 'blocked',
    text: 'the new user, as any new user',
  },
  {
    name: 'give ForceMFA another version',
    calls: [
      call('iam:CreatePolicyVersion', FORCE_MFA, { policyArn: FORCE_MFA, setAsDefault: true }),
    ],
    result: 'restored',
    text: 'to the deployed version, and reported',
  },
  {
    name: 'choose an older version of ForceMFA',
    calls: [
      call('iam:SetDefaultPolicyVersion', FORCE_MFA, { policyArn: FORCE_MFA, versionId: 'v1' }),
    ],
    result: 'restored',
    text: 'to the deployed version, and reported',
  },
  {
    name: 'delete ForceMFA',
    calls: [call('iam:DeletePolicy', FORCE_MFA, { policyArn: FORCE_MFA })],
    result: 'reported',
    text: 'with the commands that create it again',
  },
  {
    name: 'empty the deny group',
    calls: [
      call('iam:DeleteGroupPolicy', iam('group/ForceMFA'), {
        groupName: 'ForceMFA',
        policyName: 'ForceMFA',
      }),
    ],
    result: 'reported',
    text: 'with the command that undoes it',
  },
  {
    name: 'disable a rule',
    calls: [
      call('events:DisableRule', regional('events', 'rule/mfa-UserChangesRule-X'), {
        name: 'mfa-UserChangesRule-X',
      }),
    ],
    result: 'reported',
    text: 'by another rule: the rules watch each other',
  },
  {
    name: 'close or empty the queue',
    calls: ['sqs:SetQueueAttributes', 'sqs:PurgeQueue'].map((action) =>
      call(action, regional('sqs', 'mfa-IamChangesQueue-X'), {
        queueUrl: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/mfa-IamChangesQueue-X`,
      }),
    ),
    result: 'reported',
    text: 'if a message still comes through',
  },
  {
    name: 'stop the function',
    calls: [
      call('lambda:PutFunctionConcurrency', regional('lambda', `function:${FUNCTION}`), {
        functionName: FUNCTION,
      }),
    ],
    result: 'reported',
    text: 'once the function runs again; before that the alarm of the queue’s age goes off',
  },
  {
    name: 'take the function’s rights',
    calls: [
      call('iam:DeleteRolePolicy', iam(`role/${REVIEW_ROLE}`), {
        roleName: REVIEW_ROLE,
        policyName: 'on-iam-change',
      }),
    ],
    result: 'reported',
    text: 'if the function can still publish; before that its alarms go off',
  },
  {
    name: 'delete the stack',
    calls: [
      call('cloudformation:DeleteStack', regional('cloudformation', 'stack/mfa/3f0c'), {
        stackName: 'mfa',
      }),
    ],
    result: 'reported',
    text: 'if a message still comes through. `SweepMissingAlarm` reports silence, if it still exists',
  },
  {
    name: 'replace Slack’s webhook',
    calls: [
      call('ssm:PutParameter', regional('ssm', 'parameter/mfa-enforcer/slack-webhook'), {
        name: '/mfa-enforcer/slack-webhook',
      }),
    ],
    result: 'reported',
    text: 'to Slack’s new address, and on the outcome bus',
  },
];
