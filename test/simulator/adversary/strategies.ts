import { forceMfaPolicy } from '../../../functions/domain/rules/force-mfa.ts';
import type { MemoryUser } from '../../fakes/memory-iam.ts';
import { methodsOf } from '../oracle.ts';
import type { Attacker } from './adversary.ts';

/** What an attacker does with each look at the account. */
export interface Strategy {
  /** The shortest and the longest time between two looks. */
  readonly everyMs: readonly [number, number];
  /** One look, and the calls that follow from it. */
  readonly react: (attacker: Attacker) => void;
}

export type StrategyName = keyof typeof strategies;

// Faster than a denial applies, so that a fresh block can be undone.
const FAST = [400, 3_000] as const;
const SLOW = [3_000, 30_000] as const;

const MOST_USERS = 40;
const POLICIES_PER_USER = 10;
const GROUPS_PER_USER = 10;

/** How attackers stay unblocked, get others blocked or unblocked, exhaust the block limit, and hide from alerts. */
export const strategies = {
  'undo each block': { everyMs: FAST, react: (one) => unblock(one, one.me) },
  'undo some blocks': {
    everyMs: [10_000, 240_000],
    react: (one) => unblock(one, one.random.pick([one.me, one.victim])),
  },
  'exempt oneself when blocked': {
    everyMs: FAST,
    react: (one) => {
      const { tags = {} } = one.user(one.me) ?? {};
      const key = one.random.pick(['userType', 'mfa-enforcer:break-glass']);
      if (one.account.isBlocked(one.me)) tag(one, one.me, key);
      else if (tags[key] !== undefined && one.random.chance(0.1)) untag(one, one.me, key);
    },
  },
  'leave no room for a block': {
    everyMs: FAST,
    react: (one) => {
      unblock(one, one.me);
      fill(one, one.me);
    },
  },
  'be deleted and created again': {
    everyMs: FAST,
    react: (one) => {
      if (one.user(one.me) === null) create(one, one.me);
      else if (one.account.isBlocked(one.me) && unblock(one, one.me)) {
        one.change(one.me, 'DeleteUser', {}, null);
      }
    },
  },
  'take another name': {
    everyMs: FAST,
    react: (one) => {
      if (one.account.isBlocked(one.me)) one.rename(one.me, one.newName());
    },
  },
  'take an exempt name for a while': {
    everyMs: [2_000, 60_000],
    react: (one) => {
      const { path } = one.user(one.me) ?? {};
      if (path === undefined) return;
      if (one.random.chance(0.5)) {
        const newPath = path === '/' ? '/machines/' : '/';
        one.change(one.me, 'UpdateUser', { newPath }, { path: newPath });
      } else one.rename(one.me, one.random.chance(0.5) ? `robot-${one.newName()}` : one.newName());
    },
  },
  'enrol, sign in with MFA, and deactivate': {
    everyMs: FAST,
    react: (one) => {
      const { devices = [] } = one.user(one.me) ?? {};
      if (one.account.isBlocked(one.me) && !one.mfa) one.mfa = enrol(one, one.me);
      else if (devices.length > 0) deactivate(one, one.me);
      else unblock(one, one.me);
    },
  },
  'hide an exemption behind a new name': {
    everyMs: [20_000, 120_000],
    react: (one) => {
      const { tags = {} } = one.user(one.me) ?? {};
      if (tags.userType !== undefined) untag(one, one.me, 'userType');
      else if (tag(one, one.me, 'userType')) one.rename(one.me, one.newName());
    },
  },
  'hide a device behind a new name': {
    everyMs: [20_000, 120_000],
    react: (one) => {
      const newName = one.newName();
      if (enrol(one, one.victim) && one.rename(one.victim, newName)) one.victim = newName;
    },
  },
  'exempt a colleague by turns': {
    everyMs: [500, 20_000],
    react: (one) => {
      const { tags = {} } = one.user(one.victim) ?? {};
      if (tags.userType === undefined) tag(one, one.victim, 'userType');
      else untag(one, one.victim, 'userType');
    },
  },
  'block a colleague': {
    everyMs: FAST,
    react: (one) => {
      if (one.account.isBlocked(one.victim)) return;
      const { policyArn, boundaryArn } = one.account.settings;
      one.random.pick([
        () => attach(one, one.victim, policyArn),
        () => join(one, one.victim, one.account.settings.denyGroup),
        () => setBoundary(one, one.victim, boundaryArn),
      ])();
    },
  },
  'take the devices of a colleague': {
    everyMs: [1_000, 30_000],
    react: (one) => deactivate(one, one.victim),
  },
  'enrol for a colleague': {
    everyMs: SLOW,
    react: (one) => {
      if (!one.random.chance(0.3)) return;
      if (one.account.isBlocked(one.victim)) enrol(one, one.victim);
      else deactivate(one, one.victim);
    },
  },
  'unblock a colleague': {
    everyMs: FAST,
    react: (one) => {
      if (!one.account.isBlocked(one.victim)) return;
      if (one.random.chance(0.8)) unblock(one, one.victim);
      else tag(one, one.victim, 'mfa-enforcer:break-glass');
    },
  },
  'create many users': {
    everyMs: [1_000, 15_000],
    react: (one) => {
      if (one.account.users.length >= MOST_USERS) return;
      create(one, one.newName());
      if (one.random.chance(0.2)) unblock(one, one.me);
    },
  },
  'block everyone': {
    everyMs: SLOW,
    react: (one) => {
      const { users, settings } = one.account;
      if (users.length > 0) attach(one, one.random.pick(users), settings.policyArn);
    },
  },
  'flood the alerts': {
    everyMs: [500, 5_000],
    react: (one) => {
      const { users } = one.account;
      if (users.length === 0) return;
      const name = one.random.pick(users);
      const { tags = {} } = one.user(name) ?? {};
      if (tags.userType === undefined) tag(one, name, 'userType');
      else untag(one, name, 'userType');
      if (one.random.chance(0.1)) unblock(one, one.me);
    },
  },
  'edit the policy': { everyMs: [1_000, 60_000], react: editPolicy },
  'empty the deny group': {
    everyMs: SLOW,
    react: (one) => {
      const { iam, settings } = one.account;
      const isEmpty = iam.groupDocument === EMPTY;
      const parameters = { groupName: settings.denyGroup, policyName: settings.denyGroup };
      if (one.random.chance(0.7)) return;
      one.edit('PutGroupPolicy', parameters, () => {
        iam.groupDocument = isEmpty ? forceMfaPolicy('aws', settings.enrolWith) : EMPTY;
      });
    },
  },
} as const satisfies Readonly<Record<string, Strategy>>;

const EMPTY = { ...forceMfaPolicy('aws', 'console'), Statement: [] };

/** Removes every block method of a user. @returns whether none is left */
function unblock(one: Attacker, name: string): boolean {
  const { settings } = one.account;
  const { policyArn, denyGroup: groupName, inlinePolicyName: policyName } = settings;
  const removals: ((user: MemoryUser) => boolean)[] = [
    ({ policies }) =>
      one.change(
        name,
        'DetachUserPolicy',
        { policyArn },
        { policies: policies.filter((arn) => arn !== policyArn) },
      ),
    ({ groups }) =>
      one.change(
        name,
        'RemoveUserFromGroup',
        { groupName },
        { groups: groups.filter((group) => group !== groupName) },
      ),
    () => one.change(name, 'DeleteUserPermissionsBoundary', {}, { boundary: null }),
    ({ inline }) => {
      const { [policyName]: _, ...others } = inline;
      return one.change(name, 'DeleteUserPolicy', { policyName }, { inline: others });
    },
  ];
  for (const [index, blocks] of methodsOf(settings).entries()) {
    const user = one.user(name);
    if (user && blocks(user)) removals[index]?.(user);
  }
  return !one.account.isBlocked(name);
}

/** Takes the room of every block method. */
function fill(one: Attacker, name: string): void {
  const { account } = one.account.settings;
  const other = (number: number) => `arn:aws:iam::${account}:policy/filler-${number}`;
  const user = one.user(name);
  if (user === null) return;
  if (user.policies.length < POLICIES_PER_USER) attach(one, name, other(user.policies.length));
  else if (user.groups.length < GROUPS_PER_USER) join(one, name, `filler-${user.groups.length}`);
  else if (user.boundary === null) setBoundary(one, name, other(99));
}

function attach(one: Attacker, name: string, policyArn: string): boolean {
  const { policies = [] } = one.user(name) ?? {};
  const { iam, settings } = one.account;
  if (policies.length >= POLICIES_PER_USER || policies.includes(policyArn)) return false;
  if (policyArn === settings.policyArn && !iam.policyExists) return false;
  const change = { policies: [...policies, policyArn] };
  return one.change(name, 'AttachUserPolicy', { policyArn }, change);
}

function join(one: Attacker, name: string, groupName: string): boolean {
  const { groups = [] } = one.user(name) ?? {};
  if (groups.length >= GROUPS_PER_USER || groups.includes(groupName)) return false;
  return one.change(name, 'AddUserToGroup', { groupName }, { groups: [...groups, groupName] });
}

function setBoundary(one: Attacker, name: string, permissionsBoundary: string): boolean {
  const change = { boundary: permissionsBoundary };
  return one.change(name, 'PutUserPermissionsBoundary', { permissionsBoundary }, change);
}

function tag(one: Attacker, name: string, key: string): boolean {
  const value = key === 'userType' ? 'Service' : 'true';
  const { tags = {} } = one.user(name) ?? {};
  const change = { tags: { ...tags, [key]: value } };
  return one.change(name, 'TagUser', { tags: [{ key, value }] }, change);
}

function untag(one: Attacker, name: string, key: string): boolean {
  const { [key]: value, ...tags } = one.user(name)?.tags ?? {};
  if (value === undefined) return false;
  return one.change(name, 'UntagUser', { tagKeys: [key] }, { tags });
}

function create(one: Attacker, name: string): void {
  const isExempt = one.random.chance(0.2);
  const tags = isExempt ? { userType: 'Service' } : {};
  const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const password = one.random.chance(0.5);
  if (!one.change(name, 'CreateUser', { path: '/', tags: list }, { path: '/', tags })) return;
  if (password) {
    one.change(name, 'CreateLoginProfile', { passwordResetRequired: false }, { password });
  }
}

function enrol(one: Attacker, name: string): boolean {
  const { account } = one.account.settings;
  const { devices = [] } = one.user(name) ?? {};
  if (devices.length >= 8) return false;
  const serialNumber = `arn:aws:iam::${account}:mfa/${one.newName()}`;
  const change = { devices: [...devices, serialNumber] };
  return one.change(name, 'EnableMFADevice', { serialNumber }, change);
}

function deactivate(one: Attacker, name: string): void {
  const { devices = [] } = one.user(name) ?? {};
  const serialNumber = devices.at(-1);
  if (serialNumber === undefined) return;
  const change = { devices: devices.slice(0, -1) };
  one.change(name, 'DeactivateMFADevice', { serialNumber }, change);
}

/** Makes a version that denies nothing the default, again after each restoring, and deletes the good one. */
function editPolicy(one: Attacker): void {
  const { iam, settings } = one.account;
  const policyArn = one.random.pick([settings.policyArn, settings.policyArn, settings.boundaryArn]);
  const policy = iam.managed[policyArn];
  if (!policy || !iam.policyExists) return;
  const isGood = policy.defaultId === 'v1';
  const bad = Object.keys(policy.versions).find((id) => id !== 'v1');
  if (isGood && bad === undefined) {
    const versionId = 'v2';
    one.edit('CreatePolicyVersion', { policyArn, setAsDefault: true, versionId }, () => {
      policy.versions[versionId] = EMPTY;
      policy.defaultId = versionId;
    });
  } else if (isGood && bad !== undefined) {
    one.edit('SetDefaultPolicyVersion', { policyArn, versionId: bad }, () => {
      policy.defaultId = bad;
    });
  } else if (one.random.chance(0.05) && policy.versions.v1) {
    one.edit('DeletePolicyVersion', { policyArn, versionId: 'v1' }, () => {
      delete policy.versions.v1;
    });
  }
}
