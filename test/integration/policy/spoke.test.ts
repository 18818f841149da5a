import { describe, expect, it } from 'vitest';
import { PROBE_TAG } from '../../../events/event-path.ts';
import {
  deployedHub,
  deployedSpoke,
  HUB,
  hubOutputs,
  MEMBER,
  ORGANIZATION,
  roleOf,
} from '../../fakes/deployed.ts';
import { actionsOf, ask } from './evaluator.ts';

const iamArn = (rest: string) => `arn:aws:iam::${MEMBER}:${rest}`;

/** What a role may do in its own account, the spoke's. */
function mayIn(roleId: string, parameters: Readonly<Record<string, string>>) {
  const { RoleName = '', Policies } = roleOf(deployedSpoke(parameters), roleId);
  const identityPolicies = Policies.map(({ PolicyDocument }) => PolicyDocument);
  return (action: string, resource: string, context: Record<string, string | string[]> = {}) =>
    ask({
      principal: iamArn(`role/${RoleName}`),
      action,
      resource,
      context,
      identityPolicies,
      resourceAccount: MEMBER,
    });
}

const dana = iamArn('user/staff/dana');
const policy = { 'iam:PolicyARN': iamArn('policy/ForceMFA') };
const boundary = { 'iam:PermissionsBoundary': iamArn('policy/ForceMFA-boundary') };
const group = iamArn('group/ForceMFA');
const blocks = [
  ['iam:AttachUserPolicy', dana, policy],
  ['iam:AddUserToGroup', group, {}],
  ['iam:PutUserPermissionsBoundary', dana, boundary],
] as const;
const unblocks = [
  ['iam:DetachUserPolicy', dana, policy],
  ['iam:RemoveUserFromGroup', group, {}],
  ['iam:DeleteUserPermissionsBoundary', dana, boundary],
] as const;

/** The calls that an attacker with the hub's roles would try. */
const attempts: readonly Record<string, string>[] = [
  {},
  { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AdministratorAccess' },
  { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' },
  {
    'iam:PolicyARN': iamArn('policy/ForceMFA-boundary'),
    'iam:PermissionsBoundary': iamArn('policy/ForceMFA'),
  },
  // A policy in the hub belongs to another account.
  { 'iam:PolicyARN': `arn:aws:iam::${HUB}:policy/ForceMFA` },
];

/** Every write of IAM that is allowed on the example resources in any context. */
async function writesAllowed(
  may: ReturnType<typeof mayIn>,
  contexts: readonly Record<string, string>[],
): Promise<string[]> {
  const allowed: string[] = [];
  for (const { action, resources } of await actionsOf('iam')) {
    if (/^iam:(Get|List|Generate|Simulate)/.test(action)) continue;
    const own = resources.map((one) => one.replaceAll(HUB, MEMBER));
    for (const resource of [...own, dana, group]) {
      for (const context of contexts) {
        // The evaluator accepts an action only with its own resource types.
        const verdict = await may(action, resource, context).catch(() => 'not granted');
        if (verdict === 'allowed') allowed.push(action);
      }
    }
  }
  return [...new Set(allowed)].toSorted();
}

describe('the review role of a spoke, judged by an independent evaluator', () => {
  const may = mayIn('ReviewRole', { Mode: 'enforce', BoundaryDeny: 'yes' });

  it('blocks and unblocks users, by policy, group and boundary', async () => {
    for (const [action, resource, context] of [...blocks, ...unblocks]) {
      expect(await may(action, resource, context), action).toBe('allowed');
    }
  });

  it('attaches only ForceMFA, and writes nothing else', async () => {
    const onGroup = ['iam:AddUserToGroup', 'iam:RemoveUserFromGroup'];
    expect(await writesAllowed(may, attempts)).toEqual(onGroup);
    expect(await may('iam:AddUserToGroup', iamArn('group/Administrators'))).not.toBe('allowed');
    for (const evil of [iamArn('policy/ForceMFA-evil'), `arn:aws:iam::${HUB}:policy/ForceMFA`]) {
      const context = { 'iam:PolicyARN': evil };
      expect(await may('iam:AttachUserPolicy', dana, context), evil).not.toBe('allowed');
    }
    const other = iamArn('policy/Payments');
    expect(await may('iam:SetDefaultPolicyVersion', other)).not.toBe('allowed');
    for (const own of ['ForceMFA-review', 'ForceMFA-read', 'ForceMFA-forward']) {
      expect(await may('iam:TagRole', iamArn(`role/${own}`))).not.toBe('allowed');
      expect(await may('iam:PutRolePolicy', iamArn(`role/${own}`))).not.toBe('allowed');
    }
  }, 60_000);

  it.each(['true', 'True', 'TRUE'])(
    'cannot block a user tagged break-glass=%s, but can unblock one',
    async (value) => {
      const tag = { 'aws:ResourceTag/mfa-enforcer:break-glass': value };
      const chosen = { BoundaryDeny: 'yes', InlineDeny: 'yes' };
      const all = mayIn('ReviewRole', { Mode: 'enforce', ...chosen });
      expect(await all('iam:AttachUserPolicy', dana, { ...policy, ...tag })).toBe('denied');
      expect(await all('iam:PutUserPermissionsBoundary', dana, { ...boundary, ...tag })).toBe(
        'denied',
      );
      expect(await all('iam:PutUserPolicy', dana, tag)).toBe('denied');
      expect(await all('iam:DetachUserPolicy', dana, { ...policy, ...tag })).toBe('allowed');
    },
  );

  // IAM evaluates AddUserToGroup on the group: functions/pipeline/review/block-user.ts reads the user's tags before the call.
  it('can add a user tagged break-glass to the group: the Deny sees only the group’s tags', async () => {
    expect(await may('iam:AddUserToGroup', group)).toBe('allowed');
  });

  it('cannot write in observe mode with any other parameters, and still reads', async () => {
    const chosen = { BoundaryDeny: 'yes', InlineDeny: 'yes' };
    const observing = mayIn('ReviewRole', { Mode: 'observe', ...chosen });
    expect(await writesAllowed(observing, [...attempts, policy, boundary])).toEqual([]);
    for (const [action, resource, context] of [...blocks, ...unblocks]) {
      expect(await observing(action, resource, context), action).toBe('denied');
    }
    expect(await observing('iam:GetUser', dana)).toBe('allowed');
    expect(await observing('iam:ListRoleTags', iamArn('role/ForceMFA-review'))).toBe('allowed');
  }, 60_000);

  it.each(['no', 'yes'])('writes inline policies only where InlineDeny is yes: %s', async (yes) => {
    const one = mayIn('ReviewRole', { Mode: 'enforce', InlineDeny: yes });
    const verdict = await one('iam:PutUserPolicy', dana);
    expect(verdict).toBe(yes === 'yes' ? 'allowed' : 'not granted');
  });

  it.each([
    [{}, 'not granted'],
    [{ BoundaryDeny: 'no' }, 'not granted'],
    [{ BoundaryDeny: 'yes' }, 'allowed'],
  ])(
    'sets our boundary only where BoundaryDeny is yes, and can always remove it: %j',
    async (chosen, verdict) => {
      const one = mayIn('ReviewRole', { Mode: 'enforce', ...chosen });
      expect(await one('iam:PutUserPermissionsBoundary', dana, boundary)).toBe(verdict);
      expect(await one('iam:DeleteUserPermissionsBoundary', dana, boundary)).toBe('allowed');
      const another = { 'iam:PermissionsBoundary': iamArn('policy/developers') };
      expect(await one('iam:DeleteUserPermissionsBoundary', dana, another)).not.toBe('allowed');
    },
  );

  it('reads only its own tags', async () => {
    expect(await may('iam:ListRoleTags', iamArn('role/ForceMFA-review'))).toBe('allowed');
    expect(await may('iam:ListRoleTags', iamArn('role/Admin'))).not.toBe('allowed');
  });
});

describe('the read role of a spoke', () => {
  it.each(['observe', 'enforce', 'hub'])(
    'writes nothing (Mode %s)',
    async (Mode) => {
      const may = mayIn('ReadRole', { Mode, InlineDeny: 'yes' });
      expect(await writesAllowed(may, [...attempts, policy, boundary])).toEqual([]);
      expect(await may('iam:GetAccountAuthorizationDetails', '*')).toBe('allowed');
    },
    60_000,
  );
});

describe('the role for probes of a spoke', () => {
  const may = mayIn('ProbeRole', {});
  const forceMfa = iamArn('policy/ForceMFA');
  const tagging = (resource: string, keys: readonly string[]) =>
    may('iam:TagPolicy', resource, keys.length > 0 ? { 'aws:TagKeys': [...keys] } : {});

  it('sets one tag of one policy, and does nothing else', async () => {
    expect(await tagging(forceMfa, [PROBE_TAG])).toBe('allowed');
    for (const [resource, keys] of [
      [iamArn('policy/ForceMFA-boundary'), [PROBE_TAG]],
      [iamArn('policy/Admin'), [PROBE_TAG]],
      [forceMfa, ['userType']],
      [forceMfa, [PROBE_TAG, 'userType']],
      [forceMfa, []],
    ] as const) {
      expect(await tagging(resource, keys), `${resource} ${keys.join()}`).not.toBe('allowed');
    }
    expect(await writesAllowed(may, [...attempts, policy, boundary])).toEqual([]);
    expect(await may('iam:GetAccountAuthorizationDetails', '*')).not.toBe('allowed');
  }, 60_000);
});

describe('access to a spoke’s roles', () => {
  const hub = deployedHub({ OrganizationId: ORGANIZATION });
  const everything = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const organizationPolicy = (id: string) => hub.propertiesOf(id).PolicyDocument as object;
  const reportPolicy = roleOf(hub, 'ReportRole').Policies[0]?.PolicyDocument ?? {};

  /** Whether the role's trust and the principal's own rights allow it to assume a role in the spoke. */
  function mayAssume(
    roleId: string,
    principal: string,
    ownPolicy: object,
    organization: string | null = ORGANIZATION,
  ) {
    const { RoleName = '', AssumeRolePolicyDocument } = roleOf(deployedSpoke(), roleId);
    return ask({
      principal,
      action: 'sts:AssumeRole',
      resource: iamArn(`role/${RoleName}`),
      resourceAccount: MEMBER,
      resourcePolicy: AssumeRolePolicyDocument,
      identityPolicies: [{ Version: '2012-10-17', ...ownPolicy }],
      context: {
        'aws:PrincipalArn': principal,
        ...(organization === null ? {} : { 'aws:PrincipalOrgID': organization }),
      },
    });
  }

  it('is granted to on-iam-change for reviews, and to the sweep and the reports for reading', async () => {
    const { HubReviewRoleArn, HubSweepRoleArn, HubReportRoleArn } = hubOutputs;
    expect([
      await mayAssume(
        'ReviewRole',
        HubReviewRoleArn,
        organizationPolicy('OnIamChangeOrganization'),
      ),
      await mayAssume('ReadRole', HubSweepRoleArn, organizationPolicy('NightlySweepOrganization')),
      await mayAssume('ReadRole', HubReportRoleArn, reportPolicy),
      await mayAssume('ProbeRole', HubSweepRoleArn, organizationPolicy('NightlySweepOrganization')),
    ]).toEqual(['allowed', 'allowed', 'allowed', 'allowed']);
  });

  it('is granted to no role for the other role, even if it may assume everything', async () => {
    const { HubReviewRoleArn, HubSweepRoleArn, HubReportRoleArn } = hubOutputs;
    const crossed = [
      ['ReviewRole', HubSweepRoleArn, organizationPolicy('NightlySweepOrganization')],
      ['ReviewRole', HubReportRoleArn, reportPolicy],
      ['ReadRole', HubReviewRoleArn, organizationPolicy('OnIamChangeOrganization')],
      ['ProbeRole', HubReviewRoleArn, organizationPolicy('OnIamChangeOrganization')],
      ['ProbeRole', HubReportRoleArn, reportPolicy],
    ] as const;
    for (const [roleId, principal, own] of crossed) {
      expect(await mayAssume(roleId, principal, own), principal).not.toBe('allowed');
      expect(await mayAssume(roleId, principal, everything), principal).not.toBe('allowed');
    }
  });

  const { HubReviewRoleArn: review, HubSweepRoleArn: sweep } = hubOutputs;
  const otherAccount = (arn: string) => arn.replace(HUB, '999988887777');
  it.each([
    ['a role of another name in the hub', `arn:aws:iam::${HUB}:role/Admin`, ORGANIZATION],
    ['a role whose name begins alike', `${review}-2`, ORGANIZATION],
    ['a user of the hub', `arn:aws:iam::${HUB}:user/mallory`, ORGANIZATION],
    ['the root of the hub', `arn:aws:iam::${HUB}:root`, ORGANIZATION],
    ['a role of the same name in another account', otherAccount(review), ORGANIZATION],
    ['the sweep’s namesake in another account', otherAccount(sweep), ORGANIZATION],
    ['the account’s own administrator', iamArn('role/Admin'), ORGANIZATION],
    ['the right role in another organization', review, 'o-zzzzzzzzzz'],
    ['the right role in no organization', review, null],
    ['the sweep in another organization', sweep, 'o-zzzzzzzzzz'],
  ])('is denied to %s', async (_, principal, organization) => {
    for (const roleId of ['ReviewRole', 'ReadRole', 'ProbeRole']) {
      expect(await mayAssume(roleId, principal, everything, organization)).not.toBe('allowed');
    }
  });
});

describe('the forwarding role', () => {
  it('only puts events on the hub’s bus, and only EventBridge in its account assumes it', async () => {
    const role = roleOf(deployedSpoke(), 'ForwardRole');
    const may = mayIn('ForwardRole', {});
    expect(await may('events:PutEvents', hubOutputs.HubBusArn)).toBe('allowed');
    const own = `arn:aws:events:us-east-1:${MEMBER}:event-bus/default`;
    expect(await may('events:PutEvents', own)).not.toBe('allowed');
    expect(await writesAllowed(may, attempts)).toEqual([]);
    expect(role.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': MEMBER } },
        },
      ],
    });
  });
});
