import { IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import {
  generateCredentialReport,
  getAccountAlias,
  getAccountSummary,
  listGroupMembers,
  listServiceCredentials,
  listUsersInBulk,
  listUsersWithPolicy,
  listVirtualDevices,
} from '../../../functions/io/iam-account.ts';
import {
  getGroupPolicy,
  getPolicy,
  getPolicyVersion,
  getRoleArn,
  getRolePolicy,
  listOwnPolicies,
  listPolicyVersions,
  listRolePolicies,
  listRoleTags,
  simulatePrincipalPolicy,
  simulateUserCalls,
} from '../../../functions/io/iam-policies.ts';
import {
  getAccessKeyLastUsed,
  getInlinePolicy,
  getUser,
  listActiveAccessKeys,
  listAttachedPolicies,
  listGroups,
  listInlinePolicies,
  listMfaDevices,
  listSshKeys,
} from '../../../functions/io/iam-user.ts';
import { script } from '../../fakes/scripted-client.ts';

const ARN = 'arn:aws:iam::111122223333:policy/ForceMFA';
const gone = new NoSuchEntityException({ message: 'is not there', $metadata: {} });
const DOCUMENT = { Version: '2012-10-17' };
const encoded = encodeURIComponent(JSON.stringify(DOCUMENT));

async function bulk(iam: IAMClient): Promise<unknown[]> {
  const pages: unknown[] = [];
  for await (const page of listUsersInBulk(iam, 'ForceMFA')) pages.push(page);
  return pages;
}

async function ownPolicies(iam: IAMClient): Promise<unknown[]> {
  const policies: unknown[] = [];
  for await (const policy of listOwnPolicies(iam)) policies.push(policy);
  return policies;
}

const version = (IsDefaultVersion: boolean, Document: string | undefined) => ({
  IsDefaultVersion,
  Document,
});

const summary = {
  Users: 4,
  AccountMFAEnabled: 0,
  AccountPasswordPresent: 1,
  AccountAccessKeysPresent: 0,
  AttachedPoliciesPerUserQuota: 10,
  GroupsPerUserQuota: 11,
};
const summed = { users: 4, rootHasMfa: false, policiesPerUser: 10, groupsPerUser: 11 };

/** The results of io functions from IAM's pages. */
const read: readonly (readonly [
  what: string,
  call: (iam: IAMClient) => Promise<unknown>,
  answers: readonly object[],
  gives: unknown,
])[] = [
  [
    'the members of a group on all its pages',
    (iam) => listGroupMembers(iam, 'g'),
    [
      { Users: [{ UserName: 'a' }, { UserName: 'b' }], IsTruncated: true, Marker: 'm' },
      { Users: [{ UserName: 'c' }] },
    ],
    ['a', 'b', 'c'],
  ],
  ['no user in a group that does not exist', (iam) => listGroupMembers(iam, 'g'), [gone], []],
  [
    'the users with a policy on all its pages',
    (iam) => listUsersWithPolicy(iam, ARN, 'PermissionsPolicy'),
    [
      { PolicyUsers: [{ UserName: 'a' }, { UserName: 'b' }], IsTruncated: true, Marker: 'm' },
      { PolicyUsers: [], IsTruncated: true, Marker: 'n' },
      { PolicyUsers: [{ UserName: 'c' }] },
    ],
    ['a', 'b', 'c'],
  ],
  [
    'that a policy does not exist',
    (iam) => listUsersWithPolicy(iam, ARN, 'PermissionsBoundary'),
    [gone],
    null,
  ],
  ['a report that is ready', generateCredentialReport, [{ State: 'COMPLETE' }], true],
  ['a report that is begun', generateCredentialReport, [{ State: 'STARTED' }], false],
  [
    'a key’s last use',
    (iam) => getAccessKeyLastUsed(iam, 'AKIA'),
    [{ AccessKeyLastUsed: { LastUsedDate: new Date(7), ServiceName: 's3', Region: 'eu-west-1' } }],
    { at: new Date(7), service: 's3', region: 'eu-west-1' },
  ],
  [
    'a last use without service and Region',
    (iam) => getAccessKeyLastUsed(iam, 'AKIA'),
    [{ AccessKeyLastUsed: { LastUsedDate: new Date(7) } }],
    { at: new Date(7), service: '', region: '' },
  ],
  ['a key never used', (iam) => getAccessKeyLastUsed(iam, 'AKIA'), [{}], null],
  ['an alias', getAccountAlias, [{ AccountAliases: ['acme'] }], 'acme'],
  ['no alias', getAccountAlias, [{ AccountAliases: [] }], null],
  ['the summary', getAccountSummary, [{ SummaryMap: summary }], summed],
  [
    'a root user with MFA',
    getAccountSummary,
    [{ SummaryMap: { ...summary, AccountMFAEnabled: 1 } }],
    { ...summed, rootHasMfa: true },
  ],
  [
    'a root user without credentials',
    getAccountSummary,
    [{ SummaryMap: { ...summary, AccountPasswordPresent: 0 } }],
    { ...summed, rootHasMfa: true },
  ],
  [
    'a root user with an access key only',
    getAccountSummary,
    [{ SummaryMap: { ...summary, AccountPasswordPresent: 0, AccountAccessKeysPresent: 1 } }],
    summed,
  ],
  [
    'a group’s policy',
    (iam) => getGroupPolicy(iam, 'g', 'p'),
    [{ PolicyDocument: encoded }],
    DOCUMENT,
  ],
  ['no group’s policy', (iam) => getGroupPolicy(iam, 'g', 'p'), [gone], null],
  [
    'a user’s policy',
    (iam) => getInlinePolicy(iam, 'u', 'p'),
    [{ PolicyDocument: encoded }],
    DOCUMENT,
  ],
  ['no user’s policy', (iam) => getInlinePolicy(iam, 'u', 'p'), [gone], null],
  [
    'a role’s policy',
    (iam) => getRolePolicy(iam, 'r', 'p'),
    [{ PolicyDocument: encoded }],
    DOCUMENT,
  ],
  [
    'a policy’s version',
    (iam) => getPolicyVersion(iam, ARN, 'v1'),
    [{ PolicyVersion: { Document: encoded } }],
    DOCUMENT,
  ],
  [
    'a policy',
    (iam) => getPolicy(iam, ARN),
    [{ Policy: { DefaultVersionId: 'v3' } }],
    { defaultVersionId: 'v3' },
  ],
  ['no policy', (iam) => getPolicy(iam, ARN), [gone], null],
  [
    'a user',
    (iam) => getUser(iam, 'u'),
    [
      {
        User: {
          Arn: 'a',
          UserName: 'U',
          Tags: [{ Key: 'k', Value: 'v' }],
          PermissionsBoundary: { PermissionsBoundaryArn: 'b' },
        },
      },
    ],
    { user: 'U', profile: { arn: 'a', tags: { k: 'v' }, boundary: 'b' } },
  ],
  [
    'the devices on all pages, with the user’s name as IAM writes it',
    (iam) => listMfaDevices(iam, 'DANA'),
    [
      {
        MFADevices: [{ SerialNumber: 'S1', UserName: 'dana' }],
        IsTruncated: true,
        Marker: 'm',
      },
      { MFADevices: [] },
    ],
    { user: 'dana', devices: ['S1'] },
  ],
  [
    'no device, and so no other name than was asked for',
    (iam) => listMfaDevices(iam, 'DANA'),
    [{ MFADevices: [] }],
    { user: 'DANA', devices: [] },
  ],
  [
    'a bare user',
    (iam) => getUser(iam, 'u'),
    [{ User: { Arn: 'a', UserName: 'u' } }],
    { user: 'u', profile: { arn: 'a', tags: {}, boundary: null } },
  ],
  [
    'the active keys on all pages',
    (iam) => listActiveAccessKeys(iam, 'u'),
    [
      {
        AccessKeyMetadata: [
          { AccessKeyId: 'one', Status: 'Active' },
          { AccessKeyId: 'off', Status: 'Inactive' },
        ],
        IsTruncated: true,
        Marker: 'm',
      },
      { AccessKeyMetadata: [{ AccessKeyId: 'two', Status: 'Active' }] },
    ],
    ['one', 'two'],
  ],
  ['no keys of a user who is gone', (iam) => listActiveAccessKeys(iam, 'u'), [gone], []],
  [
    'the roles’ inline policies on all pages',
    (iam) => listRolePolicies(iam, 'r'),
    [{ PolicyNames: ['one'], IsTruncated: true, Marker: 'm' }, { PolicyNames: ['two'] }],
    ['one', 'two'],
  ],
  ['no role', (iam) => listRolePolicies(iam, 'r'), [gone], null],
  [
    'a role’s tags',
    (iam) => listRoleTags(iam, 'r'),
    [{ Tags: [{ Key: 'k', Value: 'v' }, { Key: 'empty' }] }],
    { k: 'v', empty: '' },
  ],
  ['a role without tags', (iam) => listRoleTags(iam, 'r'), [{}], {}],
  [
    'the users’ virtual devices, and not the root user’s',
    listVirtualDevices,
    [
      {
        VirtualMFADevices: [
          { User: { UserName: 'dana' }, SerialNumber: 'one' },
          { User: {}, SerialNumber: 'root' },
          { User: { UserName: 'dana' }, SerialNumber: 'two', EnableDate: new Date(0) },
          { SerialNumber: 'nobody’s' },
          {},
          { User: { UserName: 'erin' } },
        ],
      },
    ],
    {
      byUser: new Map([['dana', [{ serial: 'one' }, { serial: 'two', enrolledAt: new Date(0) }]]]),
      unassigned: ['nobody’s'],
    },
  ],
  [
    'the account’s own policies on all pages, with the default version’s document',
    ownPolicies,
    [
      {
        Policies: [
          {
            Arn: 'a',
            AttachmentCount: 2,
            PermissionsBoundaryUsageCount: 1,
            PolicyVersionList: [version(false, '%7B%22old%22%3A1%7D'), version(true, encoded)],
          },
        ],
        IsTruncated: true,
        Marker: 'm',
      },
      { Policies: [{ Arn: 'b', PolicyVersionList: [version(true, encoded)] }] },
    ],
    [
      { arn: 'a', attached: 2, asBoundary: 1, document: DOCUMENT },
      { arn: 'b', attached: 0, asBoundary: 0, document: DOCUMENT },
    ],
  ],
  [
    'the account page by page',
    bulk,
    [
      {
        UserDetailList: [
          {
            UserName: 'dana',
            Arn: 'a',
            AttachedManagedPolicies: [{ PolicyArn: ARN }, {}],
            GroupList: ['g'],
            PermissionsBoundary: { PermissionsBoundaryArn: 'b' },
            UserPolicyList: [
              { PolicyName: 'own', PolicyDocument: '%7B%22not%22%3A1%7D' },
              { PolicyName: 'ForceMFA', PolicyDocument: encoded },
            ],
            CreateDate: new Date(7),
            Tags: [{ Key: 'k', Value: 'v' }],
          },
        ],
        IsTruncated: true,
        Marker: 'm',
      },
      { UserDetailList: [{ UserName: 'erin', Arn: 'e', AttachedManagedPolicies: [] }] },
    ],
    [
      {
        next: 'm',
        users: [
          {
            user: 'dana',
            profile: { arn: 'a', tags: { k: 'v' }, boundary: 'b', createdAt: new Date(7) },
            traces: {
              policies: [ARN, ''],
              groups: ['g'],
              boundary: 'b',
              inlineDocument: DOCUMENT,
            },
          },
        ],
      },
      {
        next: null,
        users: [
          {
            user: 'erin',
            profile: { arn: 'e', tags: {}, boundary: null, createdAt: undefined },
            traces: { policies: [], groups: [], boundary: null, inlineDocument: null },
          },
        ],
      },
    ],
  ],
];

/** An answer without what was asked for is no answer of "none". */
const refused: readonly (readonly [
  call: (iam: IAMClient) => Promise<unknown>,
  answer: object,
  says: string,
])[] = [
  [(iam) => listGroupMembers(iam, 'g'), {}, 'GetGroup answered without a list for g'],
  [
    (iam) => listGroupMembers(iam, 'g'),
    { Users: [{}] },
    'GetGroup answered with a user without a name for g',
  ],
  [
    (iam) => listUsersWithPolicy(iam, ARN, 'PermissionsPolicy'),
    {},
    `ListEntitiesForPolicy answered without a list for ${ARN}`,
  ],
  [
    (iam) => listUsersWithPolicy(iam, ARN, 'PermissionsPolicy'),
    { PolicyUsers: [{}] },
    `ListEntitiesForPolicy answered with a user without a name for ${ARN}`,
  ],
  [getAccountAlias, {}, 'ListAccountAliases answered without a list'],
  ...['Users', 'AccountMFAEnabled', 'AttachedPoliciesPerUserQuota', 'GroupsPerUserQuota'].map(
    (missing) =>
      [
        getAccountSummary,
        { SummaryMap: { ...summary, [missing]: undefined } },
        'GetAccountSummary answered without users, root MFA or quotas',
      ] as const,
  ),
  [getAccountSummary, {}, 'GetAccountSummary answered without users, root MFA or quotas'],
  [(iam) => getGroupPolicy(iam, 'g', 'p'), {}, 'GetGroupPolicy answered without the document of g'],
  [(iam) => getInlinePolicy(iam, 'u', 'p'), {}, 'GetUserPolicy answered without the document of p'],
  [(iam) => getRolePolicy(iam, 'r', 'p'), {}, 'GetRolePolicy answered without the document of p'],
  ...[{}, { PolicyVersion: {} }].map(
    (answer) =>
      [
        (iam: IAMClient) => getPolicyVersion(iam, ARN, 'v1'),
        answer,
        `GetPolicyVersion answered without the document of ${ARN} v1`,
      ] as const,
  ),
  ...[{}, { Policy: { AttachmentCount: 1 } }].map(
    (answer) =>
      [
        (iam: IAMClient) => getPolicy(iam, ARN),
        answer,
        `GetPolicy answered without a version for ${ARN}`,
      ] as const,
  ),
  ...[{}, { User: {} }, { User: { Arn: 'a' } }, { User: { UserName: 'u' } }].map(
    (answer) =>
      [
        (iam: IAMClient) => getUser(iam, 'u'),
        answer,
        'GetUser answered without the user u',
      ] as const,
  ),
  [(iam) => listActiveAccessKeys(iam, 'u'), {}, 'ListAccessKeys answered without a list'],
  [(iam) => listSshKeys(iam, 'u'), {}, 'ListSSHPublicKeys answered without a list'],
  [
    (iam) => listSshKeys(iam, 'u'),
    { SSHPublicKeys: [{ Status: 'Active' }] },
    'ListSSHPublicKeys answered a key without an ID',
  ],
  [listServiceCredentials, {}, 'ListServiceSpecificCredentials answered without a list'],
  [
    listServiceCredentials,
    { ServiceSpecificCredentials: [{ UserName: 'u', ServiceName: 'bedrock.amazonaws.com' }] },
    'ListServiceSpecificCredentials answered an incomplete credential',
  ],
  [
    (iam) => listAttachedPolicies(iam, 'u'),
    {},
    'ListAttachedUserPolicies answered without a list for u',
  ],
  [(iam) => listGroups(iam, 'u'), {}, 'ListGroupsForUser answered without a list for u'],
  [(iam) => listInlinePolicies(iam, 'u'), {}, 'ListUserPolicies answered without a list for u'],
  [(iam) => listMfaDevices(iam, 'u'), {}, 'ListMFADevices answered without a list for u'],
  [
    (iam) => listMfaDevices(iam, 'u'),
    { MFADevices: [{ UserName: 'u' }] },
    'ListMFADevices answered a device of u with no serial',
  ],
  [
    (iam) => listPolicyVersions(iam, ARN),
    {},
    `ListPolicyVersions answered without a list for ${ARN}`,
  ],
  [(iam) => listRolePolicies(iam, 'r'), {}, 'ListRolePolicies answered without a list for r'],
  [listVirtualDevices, {}, 'ListVirtualMFADevices answered without a list'],
  [bulk, {}, 'GetAccountAuthorizationDetails answered without a list of users'],
  [ownPolicies, {}, 'GetAccountAuthorizationDetails answered without a list of policies'],
  ...[
    { Arn: undefined, PolicyVersionList: [version(true, encoded)] },
    { Arn: 'a' },
    { Arn: 'a', PolicyVersionList: [version(false, encoded)] },
    { Arn: 'a', PolicyVersionList: [version(true, undefined)] },
  ].map(
    (policy) =>
      [
        ownPolicies,
        { Policies: [policy] },
        'GetAccountAuthorizationDetails answered an incomplete policy',
      ] as const,
  ),
  ...['UserName', 'Arn', 'AttachedManagedPolicies'].map((missing) => {
    const user = { UserName: 'u', Arn: 'a', AttachedManagedPolicies: [], [missing]: undefined };
    return [
      bulk,
      { UserDetailList: [user] },
      'GetAccountAuthorizationDetails answered an incomplete user',
    ] as const;
  }),
];

const client = () => new IAMClient({ region: 'us-east-1' });

describe('of IAM’s answers is read', () => {
  it.each(read)('%s', async (_, call, answers, gives) => {
    const iam = client();
    const asked = script(iam, answers);
    expect(await call(iam)).toEqual(gives);
    expect(asked).toHaveLength(answers.length);
  });

  it.each([
    [(iam: IAMClient) => listGroupMembers(iam, 'g'), { GroupName: 'g', MaxItems: 1000 }],
    [
      (iam: IAMClient) => listUsersWithPolicy(iam, ARN, 'PermissionsBoundary'),
      {
        PolicyArn: ARN,
        EntityFilter: 'User',
        PolicyUsageFilter: 'PermissionsBoundary',
        MaxItems: 1000,
      },
    ],
    [listVirtualDevices, { AssignmentStatus: 'Any', MaxItems: 1000 }],
    [bulk, { Filter: ['User'], MaxItems: 1000 }],
    // Each policy brings up to five documents.
    [ownPolicies, { Filter: ['LocalManagedPolicy'], MaxItems: 100 }],
    [(iam: IAMClient) => listRoleTags(iam, 'r'), { RoleName: 'r', MaxItems: 100 }],
  ])('as much as one call gives: %#', async (call, input) => {
    const iam = client();
    const asked = script(iam, [
      {
        Users: [],
        PolicyUsers: [],
        VirtualMFADevices: [],
        UserDetailList: [],
        Policies: [],
        Tags: [],
      },
    ]);
    await call(iam);
    expect(asked[0]?.[1]).toMatchObject(input);
  });
});

describe('an answer without what was asked for', () => {
  it.each(refused)('is an error: %#', async (call, answer, says) => {
    const iam = client();
    script(iam, [answer]);
    await expect(call(iam)).rejects.toThrow(new Error(says));
  });
});

describe('a simulation of a principal’s policies', () => {
  const question = {
    actions: ['iam:PassRole'],
    resource: 'arn:aws:iam::111122223333:role/x',
    context: [{ key: 'iam:PassedToService', value: 'lambda.amazonaws.com' }],
  };

  it('asks about one resource, in the context of a real call', async () => {
    const iam = client();
    const asked = script(iam, [{ EvaluationResults: [] }]);
    await simulatePrincipalPolicy(iam, 'arn:aws:iam::111122223333:user/dana', question);
    expect(asked).toMatchObject([
      [
        'SimulatePrincipalPolicy',
        {
          PolicySourceArn: 'arn:aws:iam::111122223333:user/dana',
          ActionNames: ['iam:PassRole'],
          ResourceArns: ['arn:aws:iam::111122223333:role/x'],
          ContextEntries: [
            {
              ContextKeyName: 'iam:PassedToService',
              ContextKeyType: 'string',
              ContextKeyValues: ['lambda.amazonaws.com'],
            },
          ],
        },
      ],
    ]);
  });

  it('says of each action of every page how IAM decides, and why that may be wrong', async () => {
    const iam = client();
    script(iam, [
      {
        EvaluationResults: [
          { EvalActionName: 'a:Allowed', EvalDecision: 'allowed' },
          {
            EvalActionName: 'a:ByScp',
            EvalDecision: 'explicitDeny',
            OrganizationsDecisionDetail: { AllowedByOrganizations: false },
          },
        ],
        IsTruncated: true,
        Marker: 'more',
      },
      {
        EvaluationResults: [
          {
            EvalActionName: 'a:WithMfa',
            EvalDecision: 'implicitDeny',
            OrganizationsDecisionDetail: { AllowedByOrganizations: true },
            MissingContextValues: ['aws:SourceIp'],
            ResourceSpecificResults: [{ MissingContextValues: ['aws:MultiFactorAuthPresent'] }, {}],
          },
          {},
        ],
      },
    ]);
    const right = { decision: 'implicitDeny', unknownKeys: [], deniedByOrganization: false };
    expect(await simulatePrincipalPolicy(iam, 'p', question)).toEqual([
      { ...right, action: 'a:Allowed', decision: 'allowed' },
      { ...right, action: 'a:ByScp', decision: 'explicitDeny', deniedByOrganization: true },
      {
        ...right,
        action: 'a:WithMfa',
        unknownKeys: ['aws:SourceIp', 'aws:MultiFactorAuthPresent'],
      },
      { ...right, action: '' },
    ]);
  });

  it('is an error without results', async () => {
    const iam = client();
    script(iam, [{}]);
    await expect(simulatePrincipalPolicy(iam, 'p', question)).rejects.toThrow(
      'SimulatePrincipalPolicy answered without results',
    );
  });

  describe('with calls of a user', () => {
    const ARN_OF_DANA = 'arn:aws:iam::111122223333:user/blue/dana';
    const create = { action: 'iam:CreateVirtualMFADevice', resource: 'arn:aws:iam::1:mfa/dana' };
    const enable = { action: 'iam:EnableMFADevice', resource: ARN_OF_DANA };
    const simulate = async (...pages: object[]) => {
      const iam = client();
      const asked = script(iam, pages);
      const policy = { Version: '2012-10-17' };
      return {
        asked,
        results: await simulateUserCalls(iam, ARN_OF_DANA, [create, enable], policy),
      };
    };
    const byBoundary = (allowed: boolean) => ({
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowed },
    });

    it('asks once, as from a console session without MFA', async () => {
      const { asked } = await simulate({ EvaluationResults: [] });
      const value = (name: string, type: string, text: string) => ({
        ContextKeyName: name,
        ContextKeyType: type,
        ContextKeyValues: [text],
      });
      expect(asked).toMatchObject([
        [
          'SimulatePrincipalPolicy',
          {
            PolicySourceArn: ARN_OF_DANA,
            PolicyInputList: ['{"Version":"2012-10-17"}'],
            ActionNames: [create.action, enable.action],
            ResourceArns: [create.resource, enable.resource],
            ContextEntries: [
              value('aws:username', 'string', 'dana'),
              value('aws:MultiFactorAuthPresent', 'boolean', 'false'),
              value('aws:ViaAWSService', 'boolean', 'false'),
            ],
          },
        ],
      ]);
    });

    it('takes the result of each action on its own resource', async () => {
      const { results } = await simulate(
        {
          EvaluationResults: [
            {
              EvalActionName: create.action,
              EvalResourceName: '*',
              EvalDecision: 'implicitDeny',
              ...byBoundary(false),
              ResourceSpecificResults: [
                { EvalResourceName: enable.resource, EvalResourceDecision: 'implicitDeny' },
                {
                  EvalResourceName: create.resource,
                  EvalResourceDecision: 'allowed',
                  ...byBoundary(true),
                },
              ],
            },
          ],
          IsTruncated: true,
          Marker: 'more',
        },
        {
          EvaluationResults: [
            {
              EvalActionName: enable.action,
              EvalResourceName: enable.resource,
              EvalDecision: 'explicitDeny',
              ...byBoundary(false),
              OrganizationsDecisionDetail: { AllowedByOrganizations: false },
            },
          ],
        },
      );
      expect(results).toEqual([
        { ...create, allowed: true, deniedByBoundary: false, deniedByOrganization: false },
        { ...enable, allowed: false, deniedByBoundary: true, deniedByOrganization: true },
      ]);
    });

    it('has no result for a call that the simulator did not answer, and needs a list', async () => {
      const other = { EvalActionName: create.action, EvalResourceName: 'arn:aws:iam::1:mfa/erin' };
      expect((await simulate({ EvaluationResults: [other] })).results).toEqual([]);
      await expect(simulate({})).rejects.toThrow('answered without results');
    });
  });

  it('needs the ARN of a role, with its path', async () => {
    const iam = client();
    const asked = script(iam, [{ Role: { Arn: 'arn:aws:iam::111122223333:role/sso/Admin' } }, {}]);
    expect(await getRoleArn(iam, 'Admin')).toBe('arn:aws:iam::111122223333:role/sso/Admin');
    expect(asked).toEqual([['GetRole', { RoleName: 'Admin' }]]);
    await expect(getRoleArn(iam, 'Admin')).rejects.toThrow(
      'GetRole answered without the ARN of Admin',
    );
  });
});
