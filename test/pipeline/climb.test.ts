import { LimitExceededException } from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../functions/domain/settings.ts';
import type { UserFacts } from '../../functions/domain/user-facts.ts';
import { Breaker, type Granted } from '../../functions/pipeline/breaker.ts';
import { climb } from '../../functions/pipeline/ladder.ts';
import { letGo } from '../../functions/pipeline/let-go.ts';
import { ownMemory } from '../../functions/pipeline/memory.ts';
import { accessDenied, MemoryIam, noSuchEntity, serviceFailure } from '../fakes/memory-iam.ts';
import { ACCOUNT, BOUNDARY, POLICY, START, settingsWith } from '../fakes/settings.ts';

const NOW = new Date(START);
const profile = { arn: `arn:aws:iam::${ACCOUNT}:user/dana`, tags: {}, boundary: null };
const manyPolicies = Array.from({ length: 10 }, (_, index) => `policy-${index}`);
const manyGroups = Array.from({ length: 10 }, (_, index) => `group-${index}`);

/** Holds dana, who is in the way of the first rung, of whom `facts` is known. */
async function climbed(
  facts: Partial<UserFacts>,
  {
    settings = {},
    prepare = () => undefined,
  }: { readonly settings?: Partial<Settings>; readonly prepare?: (iam: MemoryIam) => void } = {},
) {
  const iam = new MemoryIam({ account: ACCOUNT });
  iam.put('dana');
  prepare(iam);
  const all = settingsWith({ holdLimit: 3, ...settings });
  const breaker = new Breaker(iam, all, ownMemory(), () => NOW);
  const permit = await breaker.permit();
  if (permit.kind !== 'granted') throw new Error(permit.kind);
  const enforced = await climb(iam, all, breaker, permit as Granted, { user: 'dana', ...facts });
  return { enforced, iam, breaker };
}

const fullPolicies = { profile, holds: { rungs: [], policies: manyPolicies } };
const full = { profile, holds: { rungs: [], policies: manyPolicies, groups: manyGroups } };
const POLICIES = 'has 10 managed policies, as many as the account’s quota allows (detach one)';
const GROUPS = 'is in 10 groups, as many as the quota allows';
const NO_INLINE = 'an inline deny is not allowed by the deployment (InlineDeny)';
const quotaIsFull = () => new LimitExceededException({ message: 'too many', $metadata: {} });
const noRoom = (...why: string[]) => ({
  kind: 'could-not',
  why: { code: 'no-room', text: why.join('; ') },
});

describe('the rung that holds', () => {
  it.each<[string, Partial<UserFacts>, string]>([
    ['the managed policy, though nothing of them was read', {}, 'managed-policy'],
    [
      'the deny group, whose members were read',
      { ...full, holds: { ...full.holds, groups: [] } },
      'deny-group',
    ],
    ['the deny group, whose members were not read', fullPolicies, 'deny-group'],
    ['the boundary', full, 'boundary'],
  ])('is %s', async (_, facts, rung) => {
    expect((await climbed(facts)).enforced).toEqual({ kind: 'held', rung });
  });

  it('is none where who is held further down leaves no room, and the leave is taken back', async () => {
    const { enforced, breaker, iam } = await climbed(fullPolicies, {
      settings: { holdLimit: 1 },
      prepare: (iam) => iam.put('member', { groups: ['ForceMFA'] }),
    });
    expect(enforced).toEqual({ kind: 'breaker-open', held: 1, limit: 1 });
    expect(iam.writes).toEqual([]);
    expect(await breaker.permit()).toMatchObject({ kind: 'open', held: 1 });
  });

  it('is the next where a quota is full that the reading did not show', async () => {
    const prepare = (iam: MemoryIam) => iam.failNext('AttachUserPolicy', quotaIsFull);
    expect((await climbed({}, { prepare })).enforced).toEqual({ kind: 'held', rung: 'deny-group' });
  });

  it('needs no leave of further down where the first has room', async () => {
    const { iam } = await climbed({ profile, holds: { rungs: [], policies: [] } });
    expect(iam.count('GetGroup')).toBe(0);
  });
});

describe('what is in the way', () => {
  it.each<[string, Partial<UserFacts>, (iam: MemoryIam) => void, Partial<Settings>, string[]]>([
    [
      'quotas, and what the deployment does not allow',
      full,
      () => undefined,
      { boundaryDeny: false },
      [POLICIES, GROUPS, 'a boundary is not allowed by the deployment (BoundaryDeny)', NO_INLINE],
    ],
    [
      'a boundary of another',
      { ...full, profile: { ...profile, boundary: 'arn:x' } },
      () => undefined,
      {},
      [POLICIES, GROUPS, 'has the permissions boundary arn:x already', NO_INLINE],
    ],
    [
      'a boundary that was not read',
      { holds: full.holds },
      () => undefined,
      {},
      [POLICIES, GROUPS, 'has the permissions boundary (not read) already', NO_INLINE],
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
        'the group ForceMFA does not exist any more',
        `the boundary policy ${BOUNDARY} does not exist any more`,
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
        'a boundary is not allowed by the deployment (BoundaryDeny)',
        'has an inline policy named ForceMFA that is not ours',
      ],
    ],
  ])('is said of each rung: %s', async (_, facts, prepare, settings, why) => {
    const { enforced } = await climbed(facts, { prepare, settings });
    expect(enforced).toEqual(noRoom(...why));
  });

  it('is said in IAM’s words where it is a quota', async () => {
    const { enforced } = await climbed(
      { holds: { rungs: [], policies: [] } },
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
        'a boundary is not allowed by the deployment (BoundaryDeny)',
        NO_INLINE,
      ),
    );
  });

  it.each(['AttachUserPolicy', 'AddUserToGroup', 'PutUserPermissionsBoundary'])(
    'another try may mend: %s',
    async (action) => {
      const facts = { AttachUserPolicy: {}, AddUserToGroup: fullPolicies }[action] ?? full;
      const prepare = (iam: MemoryIam) => iam.failNext(action, serviceFailure);
      await expect(climbed(facts, { prepare })).rejects.toThrow('Internal error');
    },
  );

  it('is IAM’s refusal, and the leave is given back', async () => {
    const { enforced, breaker } = await climbed(
      {},
      {
        settings: { holdLimit: 1 },
        prepare: (iam) => iam.failNext('AttachUserPolicy', accessDenied),
      },
    );
    expect(enforced).toMatchObject({ kind: 'could-not', why: { code: 'AccessDenied' } });
    expect(await breaker.permit()).toMatchObject({ kind: 'granted' });
  });
});

describe('letting go', () => {
  const iamWith = (policies: string[]) => {
    const iam = new MemoryIam({ account: ACCOUNT });
    iam.put('dana', { policies });
    return iam;
  };
  const facts: UserFacts = {
    user: 'dana',
    holds: { rungs: ['managed-policy'], policies: [POLICY] },
  };

  it('takes nothing away from whom no rung is known', async () => {
    const iam = iamWith([POLICY]);
    expect(await letGo(iam, settingsWith(), { user: 'dana' })).toEqual({ kind: 'not-there' });
    expect(iam.writes).toEqual([]);
  });

  it('is said to be refused for good, or thrown where another try may mend it', async () => {
    const iam = iamWith([POLICY]);
    iam.failNext('DetachUserPolicy', accessDenied);
    expect(await letGo(iam, settingsWith(), facts)).toMatchObject({
      kind: 'could-not',
      why: { code: 'AccessDenied' },
    });
    iam.failNext('DetachUserPolicy', serviceFailure);
    await expect(letGo(iam, settingsWith(), facts)).rejects.toThrow('Internal error');
    expect(await letGo(iam, settingsWith(), facts)).toEqual({
      kind: 'released',
      rungs: ['managed-policy'],
    });
    expect(await letGo(iam, settingsWith(), facts)).toEqual({ kind: 'not-there' });
  });
});
