import { forceMfaPolicy } from '../../functions/domain/rules/force-mfa.ts';
import type { Settings } from '../../functions/domain/rules/settings.ts';
import { ACCOUNT, POLICY } from '../fakes/pipeline.ts';
import type { People } from './people.ts';
import type { World } from './world.ts';

/** A change, and the account before it. */
export interface Scenario {
  readonly name: string;
  readonly settings?: Partial<Settings>;
  readonly before: (world: World) => void;
  readonly change: (world: World, people: People) => void;
}

const PHONE = `arn:aws:iam::${ACCOUNT}:mfa/dana-phone`;
const many = Array.from(
  { length: 10 },
  (_, index) => `arn:aws:iam::${ACCOUNT}:policy/own-${index}`,
);
const teams = Array.from({ length: 10 }, (_, index) => `team-${index}`);
const BOUNDARY = `${POLICY}-boundary`;

const dana = (change: Parameters<World['account']['change']>[1]) => (world: World) =>
  world.account.change('dana', change);

/** One scenario for each kind of event that can require an action. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'CreateUser',
    before: () => undefined,
    change: (_, people) => people.do('dana', 'CreateUser', {}, {}),
  },
  {
    name: 'CreateLoginProfile',
    settings: { scope: 'console-users' },
    before: dana({}),
    change: (_, people) => people.do('dana', 'CreateLoginProfile', {}, { password: true }),
  },
  {
    name: 'DeleteLoginProfile',
    settings: { scope: 'console-users' },
    before: dana({ policies: [POLICY], password: true }),
    change: (_, people) => people.do('dana', 'DeleteLoginProfile', {}, { password: false }),
  },
  {
    name: 'EnableMFADevice',
    before: dana({ policies: [POLICY] }),
    change: (_, people) =>
      people.do('dana', 'EnableMFADevice', { serialNumber: PHONE }, { devices: [PHONE] }),
  },
  {
    name: 'EnableMFADevice, blocked by two methods',
    before: dana({ policies: [...many.slice(1), POLICY], groups: ['ForceMFA'] }),
    change: (_, people) =>
      people.do('dana', 'EnableMFADevice', { serialNumber: PHONE }, { devices: [PHONE] }),
  },
  {
    name: 'DeactivateMFADevice',
    before: dana({ devices: [PHONE] }),
    change: (_, people) =>
      people.do('dana', 'DeactivateMFADevice', { serialNumber: PHONE }, { devices: [] }),
  },
  {
    name: 'DeactivateMFADevice, no room for a policy',
    before: dana({ devices: [PHONE], policies: many }),
    change: (_, people) =>
      people.do('dana', 'DeactivateMFADevice', { serialNumber: PHONE }, { devices: [] }),
  },
  {
    name: 'DeactivateMFADevice, no room for a group',
    before: dana({ devices: [PHONE], policies: many, groups: teams }),
    change: (_, people) =>
      people.do('dana', 'DeactivateMFADevice', { serialNumber: PHONE }, { devices: [] }),
  },
  {
    name: 'DeactivateMFADevice, no room for any block method',
    before: dana({ devices: [PHONE], policies: many, groups: teams, boundary: many[0] ?? null }),
    change: (_, people) =>
      people.do('dana', 'DeactivateMFADevice', { serialNumber: PHONE }, { devices: [] }),
  },
  {
    name: 'DeactivateMFADevice, circuit breaker open',
    settings: { blockLimit: 0 },
    before: dana({ devices: [PHONE] }),
    change: (_, people) =>
      people.do('dana', 'DeactivateMFADevice', { serialNumber: PHONE }, { devices: [] }),
  },
  {
    name: 'TagUser',
    before: dana({ policies: [POLICY] }),
    change: (_, people) => {
      const tags = { userType: 'Service' };
      people.do('dana', 'TagUser', { tags: [{ key: 'userType', value: 'Service' }] }, { tags });
    },
  },
  {
    name: 'UntagUser',
    before: dana({ tags: { userType: 'Service' } }),
    change: (_, people) => people.do('dana', 'UntagUser', { tagKeys: ['userType'] }, { tags: {} }),
  },
  {
    name: 'UpdateUser',
    before: dana({}),
    change: ({ account }, people) => {
      account.remove('dana');
      account.change('diana', {});
      people.record('dana', 'UpdateUser', { newUserName: 'diana' });
    },
  },
  {
    name: 'AttachUserPolicy by hand',
    before: dana({ devices: [PHONE] }),
    change: (_, people) =>
      people.do('dana', 'AttachUserPolicy', { policyArn: POLICY }, { policies: [POLICY] }),
  },
  {
    name: 'DetachUserPolicy by hand',
    before: dana({ policies: [POLICY] }),
    change: (_, people) =>
      people.do('dana', 'DetachUserPolicy', { policyArn: POLICY }, { policies: [] }),
  },
  {
    name: 'AddUserToGroup by hand',
    before: dana({ devices: [PHONE] }),
    change: (_, people) =>
      people.do('dana', 'AddUserToGroup', { groupName: 'ForceMFA' }, { groups: ['ForceMFA'] }),
  },
  {
    name: 'RemoveUserFromGroup by hand',
    before: dana({ policies: many, groups: ['ForceMFA'] }),
    change: (_, people) =>
      people.do('dana', 'RemoveUserFromGroup', { groupName: 'ForceMFA' }, { groups: [] }),
  },
  {
    name: 'DeleteUserPermissionsBoundary by hand',
    before: dana({ policies: many, groups: teams, boundary: BOUNDARY }),
    change: (_, people) =>
      people.do('dana', 'DeleteUserPermissionsBoundary', {}, { boundary: null }),
  },
  {
    name: 'CreatePolicyVersion',
    before: dana({ policies: [POLICY] }),
    change: ({ account }) => {
      const policy = account.iam.managed[POLICY];
      if (!policy) throw new Error('no policy');
      policy.versions.v2 = { ...forceMfaPolicy('aws', 'console'), Statement: [] };
      policy.defaultId = 'v2';
      account.onRecord({
        eventName: 'CreatePolicyVersion',
        parameters: { policyArn: POLICY, setAsDefault: true },
        response: { policyVersion: { versionId: 'v2' } },
        identity: { type: 'Root' },
      });
    },
  },
  {
    name: 'a sweep that finds an unprotected user',
    before: dana({}),
    change: (world) => world.startSweep(),
  },
  {
    name: 'a sweep that finds a blocked user with a device',
    before: dana({ devices: [PHONE], policies: [POLICY] }),
    change: (world) => world.startSweep(),
  },
];
