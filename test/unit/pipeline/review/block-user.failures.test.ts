import { LimitExceededException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import type { UserFacts } from '../../../../functions/domain/rules/user-facts.ts';
import { blockUser } from '../../../../functions/pipeline/review/block-user.ts';
import { unblock } from '../../../../functions/pipeline/review/unblock-user.ts';
import {
  accessDenied,
  MemoryIam,
  noSuchEntity,
  serviceFailure,
} from '../../../fakes/memory-iam.ts';
import { ACCOUNT, BOUNDARY, POLICY, settingsWith } from '../../../fakes/settings.ts';

const quotas = { policiesPerUser: 10, groupsPerUser: 10 };
const profile = { arn: `arn:aws:iam::${ACCOUNT}:user/dana`, tags: {}, boundary: null };
const manyPolicies = Array.from({ length: 10 }, (_, index) => `policy-${index}`);
const manyGroups = Array.from({ length: 10 }, (_, index) => `group-${index}`);

/** Blocks dana, who is in the way of the first block method, of whom `facts` is known. */
async function blockedBy(
  facts: Partial<UserFacts>,
  {
    settings = {},
    prepare = () => undefined,
    settlesIn = 0,
  }: {
    readonly settings?: Partial<Settings>;
    readonly prepare?: (iam: MemoryIam) => void;
    readonly settlesIn?: number;
  } = {},
) {
  const iam = new MemoryIam({ account: ACCOUNT });
  iam.put('dana');
  prepare(iam);
  const all = settingsWith({ boundaryDeny: true, ...settings });
  const known = { user: 'dana', ...facts };
  const enforced = await blockUser(iam, all, quotas, known, settlesIn);
  return { enforced, iam };
}

const fullPolicies = { profile, attachments: { methods: [], policies: manyPolicies } };
const full = { profile, attachments: { methods: [], policies: manyPolicies, groups: manyGroups } };
const POLICIES = '10 managed policies: the account’s quota is reached (detach one)';
const GROUPS = '10 groups: the quota is reached';
const NO_INLINE = 'the deployment does not allow an inline policy (InlineDeny)';
const quotaIsFull = () => new LimitExceededException({ message: 'too many', $metadata: {} });
const noRoom = (...why: string[]) => ({
  kind: 'could-not',
  why: { code: 'no-room', text: why.join('; ') },
});
const OTHER = `arn:aws:iam::${ACCOUNT}:policy/developers`;

describe('the block method that blocks', () => {
  it.each<[string, Partial<UserFacts>, string]>([
    ['the managed policy, though nothing of them was read', {}, 'managed-policy'],
    [
      'the deny group, whose members were read',
      { ...full, attachments: { ...full.attachments, groups: [] } },
      'deny-group',
    ],
    ['the deny group, whose members were not read', fullPolicies, 'deny-group'],
  ])('is %s', async (_, facts, method) => {
    expect((await blockedBy(facts)).enforced).toEqual({ kind: 'blocked', method });
  });

  it('is the boundary, for a user without one', async () => {
    const { enforced, iam } = await blockedBy(full);
    expect(enforced).toEqual({ kind: 'blocked', method: 'boundary', boundarySeen: null });
    expect(iam.user('dana')?.boundary).toBe(BOUNDARY);
  });

  it.each([
    ['since the reading', full, BOUNDARY],
    ['in the reading', { ...full, profile: { ...profile, boundary: BOUNDARY } }, null],
  ])('is the boundary that is there already: %s', async (_, facts, boundary) => {
    const { enforced, iam } = await blockedBy(facts, {
      prepare: (iam) => iam.put('dana', { boundary }),
    });
    expect(enforced).toEqual({ kind: 'blocked', method: 'boundary', boundarySeen: BOUNDARY });
    expect(iam.writes).toEqual([]);
  });

  it('is not the boundary where another was set since the reading', async () => {
    const { enforced, iam } = await blockedBy(full, {
      prepare: (iam) => iam.put('dana', { boundary: OTHER }),
    });
    expect(enforced).toEqual({
      ...noRoom(POLICIES, GROUPS, `the permissions boundary ${OTHER} is already set`, NO_INLINE),
      boundarySeen: OTHER,
    });
    expect(iam.user('dana')?.boundary).toBe(OTHER);
  });

  it('is an inline deny then, and the boundary is known all the same', async () => {
    const { enforced } = await blockedBy(full, {
      settings: { inlineDeny: true },
      prepare: (iam) => iam.put('dana', { boundary: OTHER }),
    });
    expect(enforced).toEqual({ kind: 'blocked', method: 'inline-policy', boundarySeen: OTHER });
  });

  it('is none yet where a boundary may not show yet', async () => {
    const { enforced, iam } = await blockedBy(full, { settlesIn: 7 });
    expect(enforced).toEqual({ kind: 'stale', seconds: 7 });
    expect(iam.writes).toEqual([]);
  });

  it.each<[string, Partial<UserFacts>]>([
    ['managed-policy', { profile, attachments: { methods: [], policies: [] } }],
    ['deny-group', fullPolicies],
  ])('does not wait for another method: %s', async (method, facts) => {
    expect((await blockedBy(facts, { settlesIn: 120 })).enforced).toEqual({
      kind: 'blocked',
      method,
    });
  });

  it('is none for a user deleted since the reading: the next review finds that', async () => {
    const { enforced } = await blockedBy(full, { prepare: (iam) => iam.remove('dana') });
    expect(enforced).toEqual({ kind: 'stale' });
  });

  it.each(['true', 'TRUE'])(
    'is not the deny group for a user tagged break-glass=%s, whatever was decided',
    async (value) => {
      const { enforced, iam } = await blockedBy(fullPolicies, {
        prepare: (iam) => iam.put('dana', { tags: { 'mfa-enforcer:break-glass': value } }),
      });
      expect(enforced).toMatchObject({ kind: 'could-not', why: { code: 'break-glass' } });
      expect(iam.writes).toEqual([]);
    },
  );

  it.each([
    ['the deny group', { ...full, attachments: { ...full.attachments, groups: [] } }],
    ['the boundary', full],
  ])('is not %s where tags or path are no longer those of the decision', async (_, facts) => {
    for (const change of [{ tags: { userType: 'Service' } }, { path: '/machines/' }]) {
      const { enforced, iam } = await blockedBy(facts, {
        prepare: (iam) => iam.put('dana', change),
      });
      expect(enforced).toEqual({ kind: 'stale' });
      expect(iam.writes).toEqual([]);
    }
  });

  it('is not the deny group for a user deleted since the reading', async () => {
    const facts = { ...full, attachments: { ...full.attachments, groups: [] } };
    const { enforced, iam } = await blockedBy(facts, { prepare: (iam) => iam.remove('dana') });
    expect(enforced).toEqual({ kind: 'stale' });
    expect(iam.writes).toEqual([]);
  });

  it('is the next where a quota is full that the reading did not show', async () => {
    const prepare = (iam: MemoryIam) => iam.failNext('AttachUserPolicy', quotaIsFull);
    expect((await blockedBy({ profile }, { prepare })).enforced).toEqual({
      kind: 'blocked',
      method: 'deny-group',
    });
  });
});

describe('the obstacle to a block', () => {
  it.each<[string, Partial<UserFacts>, (iam: MemoryIam) => void, Partial<Settings>, string[]]>([
    [
      'quotas, and what the deployment does not allow',
      full,
      () => undefined,
      { boundaryDeny: false },
      [POLICIES, GROUPS, 'the deployment does not allow a boundary (BoundaryDeny)', NO_INLINE],
    ],
    [
      'a boundary of another',
      { ...full, profile: { ...profile, boundary: 'arn:x' } },
      () => undefined,
      {},
      [POLICIES, GROUPS, 'the permissions boundary arn:x is already set', NO_INLINE],
    ],
    [
      'a boundary that was not read',
      { attachments: full.attachments },
      () => undefined,
      {},
      [POLICIES, GROUPS, 'the permissions boundary was not read', NO_INLINE],
    ],
    [
      'a group and a policy that are gone',
      fullPolicies,
      (iam) => {
        iam.failNext('AddUserToGroup', () => noSuchEntity());
        iam.failNext('PutUserPermissionsBoundary', () => noSuchEntity());
      },
      {},
      [
        POLICIES,
        'the group ForceMFA does not exist',
        `the boundary policy ${BOUNDARY} does not exist`,
        NO_INLINE,
      ],
    ],
    [
      'an inline policy of that name',
      full,
      (iam) => iam.put('dana', { inline: { ForceMFA: 10 } }),
      { boundaryDeny: false, inlineDeny: true },
      [
        POLICIES,
        GROUPS,
        'the deployment does not allow a boundary (BoundaryDeny)',
        'the inline policy ForceMFA is already there and is not the enforcer’s',
      ],
    ],
  ])('is reported for each method: %s', async (_, facts, prepare, settings, why) => {
    const { enforced } = await blockedBy(facts, { prepare, settings });
    expect(enforced).toMatchObject(noRoom(...why));
  });

  it('is reported in IAM’s words if it is a quota', async () => {
    const { enforced } = await blockedBy(
      { profile, attachments: { methods: [], policies: [] } },
      {
        settings: { boundaryDeny: false },
        prepare: (iam) => {
          iam.failNext('AttachUserPolicy', quotaIsFull);
          iam.failNext('AddUserToGroup', quotaIsFull);
        },
      },
    );
    expect(enforced).toEqual(
      noRoom(
        'managed-policy: too many',
        'deny-group: too many',
        'the deployment does not allow a boundary (BoundaryDeny)',
        NO_INLINE,
      ),
    );
  });

  it.each(['AttachUserPolicy', 'AddUserToGroup', 'PutUserPermissionsBoundary'])(
    'another try may fix: %s',
    async (action) => {
      const facts = { AttachUserPolicy: {}, AddUserToGroup: fullPolicies }[action] ?? full;
      const prepare = (iam: MemoryIam) => iam.failNext(action, serviceFailure);
      await expect(blockedBy(facts, { prepare })).rejects.toThrow('Internal error');
    },
  );

  it('is IAM’s refusal', async () => {
    const prepare = (iam: MemoryIam) => iam.failNext('AttachUserPolicy', accessDenied);
    const { enforced } = await blockedBy({}, { prepare });
    expect(enforced).toMatchObject({ kind: 'could-not', why: { code: 'AccessDenied' } });
  });
});

describe('unblocking', () => {
  const iamWith = (policies: string[]) => {
    const iam = new MemoryIam({ account: ACCOUNT });
    iam.put('dana', { policies });
    return iam;
  };
  const facts: UserFacts = {
    user: 'dana',
    attachments: { methods: ['managed-policy'], policies: [POLICY] },
  };

  it('removes nothing from a user without a known block method', async () => {
    const iam = iamWith([POLICY]);
    expect(await unblock(iam, settingsWith(), { user: 'dana' })).toEqual({ kind: 'not-there' });
    expect(iam.writes).toEqual([]);
  });

  it('leaves a boundary alone that was set in the place of ours since the reading', async () => {
    const iam = iamWith([]);
    iam.put('dana', { boundary: OTHER });
    const attachments = { methods: ['boundary'], policies: [] } as const;
    expect(await unblock(iam, settingsWith(), { user: 'dana', attachments })).toEqual({
      kind: 'not-there',
    });
    expect(iam.writes).toEqual([]);
    expect(iam.user('dana')?.boundary).toBe(OTHER);
    iam.put('dana', { boundary: BOUNDARY });
    expect(await unblock(iam, settingsWith(), { user: 'dana', attachments })).toEqual({
      kind: 'unblocked',
      methods: ['boundary'],
    });
    expect(iam.user('dana')?.boundary).toBeNull();
  });

  it('is reported as refused permanently, or thrown if another try may succeed', async () => {
    const iam = iamWith([POLICY]);
    iam.failNext('DetachUserPolicy', accessDenied);
    expect(await unblock(iam, settingsWith(), facts)).toMatchObject({
      kind: 'could-not',
      why: { code: 'AccessDenied' },
    });
    iam.failNext('DetachUserPolicy', serviceFailure);
    await expect(unblock(iam, settingsWith(), facts)).rejects.toThrow('Internal error');
    expect(await unblock(iam, settingsWith(), facts)).toEqual({
      kind: 'unblocked',
      methods: ['managed-policy'],
    });
    expect(await unblock(iam, settingsWith(), facts)).toEqual({ kind: 'not-there' });
  });
});
