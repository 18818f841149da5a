import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import { accountPlan } from '../../../../functions/pipeline/report/account-plan.ts';
import { ACCOUNT, BOUNDARY, POLICY, testPipeline } from '../../../fakes/pipeline.ts';

const device = (user: string) => `arn:aws:iam::${ACCOUNT}:mfa/${user}`;

describe('an account’s plan', () => {
  it('counts users unblocked from the policy as room, and users blocked by other methods as blocked', async () => {
    const pipeline = testPipeline({ blockLimit: 3 });
    const { iam, settings, now } = pipeline;
    const free = (user: string) => [device(user)];
    iam.put('detached', { policies: [POLICY], devices: free('detached') });
    iam.put('unbound', { boundary: BOUNDARY, devices: free('unbound'), policies: [] });
    iam.put('blocked', { policies: [POLICY] });
    for (let index = 0; index < 9; index += 1) {
      iam.put(`user-${index}`, { keys: [{ id: `AKIA${index}` }] });
    }
    const before = iam.calls.length;
    const plan = await accountPlan(iam, settings, now);
    expect(plan).toMatchObject({
      schema: 'mfa-enforcer/plan/1',
      policyDeployed: true,
      beyondLimit: { limit: 3 },
    });
    expect(plan.blocks.map(({ user }) => user)).toEqual(
      Array.from({ length: 9 }, (_, index) => `user-${index}`),
    );
    expect(plan.blocks[0]?.accessKeys).toEqual([
      { id: 'AKIA0', lastUsedAt: null, service: null, region: null },
    ]);
    expect(plan.unblocks).toMatchObject([
      { user: 'detached', methods: ['managed-policy'] },
      { user: 'unbound', methods: ['boundary'] },
    ]);
    // One user stays blocked, so that there is room for two of the nine.
    expect(plan.beyondLimit.users).toBe(7);
    expect(
      iam.calls.slice(before).filter(({ action }) => action === 'ListAccessKeys'),
    ).toHaveLength(9);
  });

  it.each<[string, Partial<Settings>, boolean, boolean]>([
    ['with a password', {}, true, true],
    ['without a password', {}, false, false],
    ['with a password, which the scope asks for', { scope: 'console-users' }, true, true],
    ['whose access keys may enrol', { enrolWith: 'console-and-keys' }, false, true],
  ])('has whether a user can enrol: %s', async (_, change, password, canEnrol) => {
    const { iam, settings, now } = testPipeline(change);
    iam.put('dana', { password });
    expect((await accountPlan(iam, settings, now)).blocks).toMatchObject([
      { user: 'dana', canEnrol },
    ]);
  });

  it('has that the policy is not deployed', async () => {
    const { iam, settings, now } = testPipeline();
    iam.put('dana');
    delete iam.managed[POLICY];
    expect(await accountPlan(iam, settings, now)).toMatchObject({
      policyDeployed: false,
      blocks: [{ user: 'dana' }],
    });
  });
});
