import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../../functions/domain/rules/settings.ts';
import { accountPlan } from '../../../../functions/pipeline/report/account-plan.ts';
import { readingDetails } from '../../../../functions/pipeline/report/plan-details.ts';
import { ACCOUNT, BOUNDARY, POLICY, testPipeline } from '../../../fakes/pipeline.ts';
import { reportDeps } from '../../../fakes/report-deps.ts';

const planDeps = (now: () => Date) => ({
  now,
  readDetails: readingDetails(reportDeps(now())),
});
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
    const plan = await accountPlan(iam, settings, planDeps(now));
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

  it.each([
    ['in enforce mode', 'enforce'],
    ['in observe mode, which sends none', 'observe'],
  ] as const)('names where mails would go: %s', async (_, mode) => {
    const notifyUsers = { tag: 'email', domains: ['example.com'] };
    const { iam, settings, now } = testPipeline({ mode, notifyUsers });
    iam.put('dana', { tags: { email: 'dana@else.example' } });
    iam.put('erin@example.com');
    iam.put('frank');
    const enrolled = { policies: [POLICY], devices: [device('grace')] };
    iam.put('grace', { ...enrolled, tags: { email: 'grace@else.example' } });
    const { blocks, unblocks } = await accountPlan(iam, settings, planDeps(now));
    expect(blocks.map(({ user, email }) => [user, email])).toEqual([
      ['dana', 'dana@else.example'],
      ['erin@example.com', 'erin@example.com'],
      ['frank', null],
    ]);
    expect(unblocks.map(({ email }) => email)).toEqual(['grace@else.example']);
    const off = await accountPlan(iam, { ...settings, notifyUsers: null }, planDeps(now));
    expect([...off.blocks, ...off.unblocks].filter((one) => 'email' in one)).toEqual([]);
  });

  it.each<[string, Partial<Settings>, boolean, boolean]>([
    ['with a password', {}, true, true],
    ['without a password', {}, false, false],
    ['with a password, which the scope asks for', { scope: 'console-users' }, true, true],
    ['whose access keys may enrol', { enrolWith: 'console-and-keys' }, false, true],
  ])('has whether a user can enrol: %s', async (_, change, password, canEnrol) => {
    const { iam, settings, now } = testPipeline(change);
    iam.put('dana', { password });
    expect((await accountPlan(iam, settings, planDeps(now))).blocks).toMatchObject([
      { user: 'dana', canEnrol },
    ]);
  });

  it('names every kind of credential of a user, and what a block does not stop', async () => {
    const { iam, settings, now } = testPipeline();
    iam.put('dana', {
      keys: [{ id: 'AKIA1' }],
      serviceCredentials: [{ id: 'ACCA1', service: 'bedrock.amazonaws.com' }],
      sshKeys: [{ id: 'APKA1' }],
      certificates: [{ active: true, rotatedAt: now() }],
    });
    iam.put('exempt', {
      tags: { userType: 'Service' },
      serviceCredentials: [{ id: 'ACCA2', service: 'bedrock.amazonaws.com' }],
    });
    const { blocks, notes, sources } = await accountPlan(iam, settings, planDeps(now));
    expect(blocks).toMatchObject([
      {
        user: 'dana',
        accessKeys: [{ id: 'AKIA1' }],
        otherCredentials: [
          { kind: 'service-credential', id: 'ACCA1', block: 'stops-it' },
          { kind: 'ssh-key', id: 'APKA1', block: 'stops-it' },
          { kind: 'signing-certificate', name: 'signing certificate 1', block: 'stops-it' },
        ],
      },
    ]);
    expect(notes.map(({ code }) => code)).toEqual(['get-caller-identity']);
    expect(Object.values(sources ?? {}).map(({ status }) => status)).toEqual([
      'read',
      'read',
      'read',
    ]);
  });

  it('reads no credentials where no user would be blocked, and has no note without a key', async () => {
    const { iam, settings, now } = testPipeline();
    iam.put('dana', { devices: [device('dana')] });
    const deps = planDeps(now);
    expect(await accountPlan(iam, settings, deps)).toMatchObject({ sources: null, notes: [] });
    expect(
      iam.count('ListServiceSpecificCredentials') + iam.count('GenerateCredentialReport'),
    ).toBe(0);
    iam.put('erin');
    expect((await accountPlan(iam, settings, deps)).notes).toEqual([]);
  });

  it('has that the policy is not deployed', async () => {
    const { iam, settings, now } = testPipeline();
    iam.put('dana');
    delete iam.managed[POLICY];
    expect(await accountPlan(iam, settings, planDeps(now))).toMatchObject({
      policyDeployed: false,
      blocks: [{ user: 'dana' }],
    });
  });
});
