import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stateKeys } from '../../../../events/state-keys.ts';
import { emptyAccount } from '../../../fakes/command-accounts.ts';
import { HUB, hubOutputs, ORGANIZATION } from '../../../fakes/deployed.ts';
import {
  anOrganization,
  hubStack,
  PRODUCTION,
  provenMemory,
  ROOT,
  remember,
  SANDBOX,
  SECURITY,
  sayTo,
  sweptMemory,
  TEAMS,
} from '../../../fakes/organization-command.ts';
import { say } from '../../../fakes/shell.ts';
import type { FakeOrganization } from '../../../fakes/stack-sets.ts';

const [ANNA, BEN] = ['222200000001', '222200000002'];
const [BILLING, SHOP, STOCK] = ['333300000001', '333300000002', '333300000003'];

/** Mode in effect, by account. */
const modes = (fake: FakeOrganization) =>
  Object.fromEntries(
    fake.instances
      .map(({ account }) => [account, fake.parametersOf(account).Mode])
      .toSorted(([one = ''], [other = '']) => one.localeCompare(other)),
  );

const observeAll = ['deploy', '--ou', ROOT, '--mode', 'observe'];

async function deployed(...args: string[][]): Promise<FakeOrganization> {
  const fake = anOrganization();
  for (const one of args) {
    const { status, stderr } = await sayTo(fake, one);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
  return fake;
}

describe('deploy', () => {
  it('makes the set and a spoke in every active account but the hub’s and the management account', async () => {
    const fake = await deployed(observeAll);
    expect(modes(fake)).toEqual({
      [ANNA]: 'observe',
      [BEN]: 'observe',
      [BILLING]: 'observe',
      [SHOP]: 'observe',
      [STOCK]: 'observe',
    });
    expect(fake.set).toMatchObject({
      StackSetName: 'mfa-enforcer-spoke',
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      ManagedExecution: { Active: true },
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      CallAs: 'DELEGATED_ADMIN',
    });
    expect(fake.parametersOf(ANNA)).toEqual({
      OrganizationId: ORGANIZATION,
      ...hubOutputs,
      PolicyName: 'ForceMFA',
      EnrolWith: 'console',
      BoundaryDeny: 'no',
      InlineDeny: 'no',
      OrphanDevices: 'report',
      Mode: 'observe',
      BlockLimit: 'hub',
      AlarmTopicArn: '',
    });
  });

  it('run again does nothing, and reports that', async () => {
    const fake = await deployed(observeAll);
    const before = [...fake.written];
    const { status, stdout } = await sayTo(fake, observeAll);
    expect(status).toBe(0);
    expect(stdout).toContain('No changes needed');
    expect(fake.written).toEqual(before);
  });

  it('refuses another PolicyName than the spokes have, and changes nothing', async () => {
    const fake = await deployed(observeAll);
    const before = [...fake.written];
    fake.stack = hubStack({ PolicyName: 'RequireMFA' });
    const { status, stderr } = await sayTo(fake, observeAll);
    expect(status).not.toBe(0);
    expect(stderr).toContain('has PolicyName ForceMFA, and the hub has RequireMFA');
    expect(stderr).toContain('mfa-enforcer deploy --policy-name ForceMFA');
    expect(fake.written).toEqual(before);
  });

  it('sets one unit to enforce, with the units inside it, and leaves the others', async () => {
    const fake = await deployed(observeAll, [
      'deploy',
      '--ou',
      PRODUCTION,
      '--mode',
      'enforce',
      '-y',
    ]);
    expect(modes(fake)).toEqual({
      [ANNA]: 'observe',
      [BEN]: 'observe',
      [BILLING]: 'enforce',
      [SHOP]: 'enforce',
      [STOCK]: 'enforce',
    });
  });

  it('keeps what an account has of its own that is not named', async () => {
    const fake = await deployed(
      ['deploy', '--ou', TEAMS, '--mode', 'observe', '--block-limit', '3'],
      ['deploy', '--ou', TEAMS, '--mode', 'enforce', '--yes'],
    );
    expect(fake.parametersOf(SHOP)).toMatchObject({ Mode: 'enforce', BlockLimit: '3' });
  });

  it('does the accounts of several units, each once, and of units with none yet', async () => {
    const args = ['--ou', SANDBOX, '--ou', SECURITY, '--ou', ROOT, '--mode', 'observe'];
    const fake = await deployed(['deploy', ...args]);
    expect(fake.instances.map(({ account }) => account).toSorted()).toEqual(
      [ANNA, BEN, BILLING, SHOP, STOCK].toSorted(),
    );
    // The hub's unit is the set's for those that join it.
    fake.join({ id: '555500000001', name: 'audit', unit: SECURITY });
    await sayTo(fake, ['deploy', '--ou', SECURITY, '--mode', 'observe']);
    expect(fake.parametersOf('555500000001').Mode).toBe('observe');
  });

  it('asks before a user is blocked, and blocks no user without an answer', async () => {
    const fake = await deployed(observeAll);
    const enforce = ['deploy', '--ou', SANDBOX, '--mode', 'enforce'];
    const unasked = await sayTo(fake, enforce);
    expect(unasked.status).toBe(2);
    expect(unasked.stderr).toContain(
      'This blocks users without an MFA device in 2 accounts. Continue?',
    );
    const questions: string[] = [];
    const ask = async (question: string) => {
      questions.push(question);
      return false;
    };
    expect((await sayTo(fake, enforce, { ask })).status).toBe(1);
    expect(questions).toHaveLength(1);
    expect(modes(fake)[ANNA]).toBe('observe');
    expect((await sayTo(fake, enforce, { ask: async () => true })).status).toBe(0);
    expect(modes(fake)[ANNA]).toBe('enforce');
  });

  it('reports that no user is blocked while the hub observes', async () => {
    const fake = await deployed(observeAll);
    fake.stack = hubStack({ Mode: 'observe' });
    const { stdout, stderr } = await sayTo(fake, ['deploy', '--ou', SANDBOX, '--mode', 'enforce']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('observe: no user is blocked in any account');
    expect(stderr).toContain('once the hub enforces, too');
  });

  it('changes the default last, for accounts that join later and those without a mode of their own', async () => {
    const fake = await deployed(observeAll);
    fake.join({ id: '222200000003', name: 'sandbox-carl', unit: SANDBOX });
    await sayTo(fake, observeAll);
    fake.instances.find(({ account }) => account === BEN)?.overrides.clear();
    const asked = await sayTo(fake, ['deploy', '--default-mode', 'enforce']);
    expect(asked.stderr).toContain('in every account without a mode of its own');
    expect((await sayTo(fake, ['deploy', '--default-mode', 'enforce', '--yes'])).status).toBe(0);
    expect(modes(fake)).toMatchObject({ [ANNA]: 'observe', [BEN]: 'enforce' });
  });

  it('brings all accounts up to date when the hub’s stack has changed', async () => {
    const fake = await deployed(observeAll);
    fake.stack = hubStack({ InlineDeny: 'yes' });
    const { stdout, status } = await sayTo(fake, ['deploy']);
    expect(stdout).toContain('InlineDeny no → yes');
    expect(stdout).toMatch(/stack set +5 accounts done/);
    expect(status).toBe(0);
    expect(fake.parametersOf(SHOP)).toMatchObject({ InlineDeny: 'yes', Mode: 'observe' });
  });

  it('brings a changed template to all accounts, and puts back settings of the set', async () => {
    const fake = await deployed(observeAll);
    Object.assign(fake.set ?? {}, {
      TemplateBody: '{}',
      AutoDeployment: { Enabled: false },
      ManagedExecution: undefined,
    });
    const { stdout } = await sayTo(fake, ['deploy']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'will change: the template, automatic deployment → on, managed execution → on',
    );
    expect(fake.set?.TemplateBody).toContain('AWSTemplateFormatVersion');
  });

  it('shows in which accounts it failed, why, and what to do; and does the rest when run again', async () => {
    const fake = anOrganization();
    const billing = fake.accounts.find(({ id }) => id === BILLING);
    const why = 'A policy called ForceMFA already exists. Duplicate names are not allowed.';
    Object.assign(billing ?? {}, { fails: { when: 'CREATE', why } });
    const first = await sayTo(fake, observeAll);
    expect(first.status).toBe(1);
    expect(first.stdout).toContain('4 of 5 accounts done, 1 failed (FAILED)');
    expect(first.stdout.replaceAll(/\s+/g, ' ')).toContain(`${BILLING} ${why}`);
    expect(first.stdout).toContain('what to do');
    if (billing) delete billing.fails;
    const second = await sayTo(fake, observeAll);
    expect(second.status).toBe(0);
    expect(second.stdout).toContain('1 account done');
    expect(fake.instances.find(({ account }) => account === BILLING)?.status).toBe('CURRENT');
  });

  it('waits for an operation that is at work', async () => {
    const fake = await deployed(observeAll);
    fake.join({ id: '222200000003', name: 'sandbox-carl', unit: SANDBOX });
    const { status, stderr } = await sayTo(fake, observeAll);
    expect(stderr).toContain(
      'Another operation on the stack set is running (CREATE, operation-2). Waiting for its end',
    );
    expect(status).toBe(0);
    expect(modes(fake)['222200000003']).toBe('observe');
  });

  it.each([
    ['before the first deployment', []],
    ['afterwards', [observeAll]],
  ])('changes nothing in a dry run %s', async (_, before) => {
    const fake = await deployed(...before);
    const written = [...fake.written];
    const args = [
      'deploy',
      '--ou',
      ROOT,
      '--mode',
      'enforce',
      '--default-mode',
      'enforce',
      '--dry-run',
    ];
    const { status, stdout } = await sayTo(fake, args);
    expect(status).toBe(0);
    expect(stdout).toContain('Dry run: nothing was changed.');
    expect(stdout).toContain('Mode enforce');
    expect(fake.written).toEqual(written);
  });

  it('prints what deploys to the management account, with everything the spoke asks for', async () => {
    const fake = anOrganization();
    const { stdout, status } = await sayTo(fake, ['deploy', '--management']);
    expect(status).toBe(0);
    expect(stdout).toContain('StackSets do not deploy to the management account 999988887777');
    for (const value of [ORGANIZATION, ...Object.values(hubOutputs)]) {
      expect(stdout).toContain(value);
    }
    expect(stdout).toContain('mfa-enforcer organization template > spoke.yml\n');
    expect(stdout).toContain('--template-file spoke.yml ');
    expect(fake.written).toEqual([]);
    const enforcing = await sayTo(fake, ['deploy', '--management', '--mode', 'enforce']);
    expect(enforcing.stdout).toContain('Mode=enforce');
  });

  it('keeps the management account’s mode if none is given: an upgrade must not stop its unblocks', async () => {
    const { stdout } = await sayTo(anOrganization(), ['deploy', '--management']);
    expect(stdout).not.toMatch(/\bMode=/);
    expect(stdout).toContain('The command keeps the Mode of the stack');
  });

  it('gives the management account the limit and the alarm that were asked for', async () => {
    const topic = 'arn:aws:sns:us-east-1:111122223333:alarms';
    const args = ['deploy', '--management', '--block-limit', '5', '--alarm-topic', topic];
    const { stdout } = await sayTo(anOrganization(), args);
    expect(stdout).toContain('BlockLimit=5 \\');
    expect(stdout).toContain(`AlarmTopicArn=${topic}`);
  });

  it('shows on a terminal how many accounts are done', async () => {
    const { status, stderr } = await sayTo(anOrganization(), observeAll, { progress: true });
    expect(status).toBe(0);
    expect(stderr).toContain('0/5');
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });
});

describe('before anything is done', () => {
  const refusals: readonly [string, (fake: FakeOrganization) => void, RegExp, RegExp][] = [
    [
      'no hub',
      (fake) => {
        fake.stack = null;
      },
      /has no stack iam-mfa-enforcer-prod in us-east-1, so it is not a hub/,
      /mfa-enforcer deploy --organization-id o-… --stack iam-mfa-enforcer-prod/,
    ],
    [
      'a deployment of one account',
      (fake) => {
        fake.stack = hubStack({ OrganizationId: '' });
      },
      /manages only account 111122223333: it was deployed without an OrganizationId/,
      /mfa-enforcer deploy --organization-id o-…/,
    ],
    [
      'a hub of another organization',
      (fake) => {
        fake.stack = hubStack({ OrganizationId: 'o-zzzzzzzzzz' });
      },
      /The hub was deployed for organization o-zzzzzzzzzz, but this account belongs to o-abcdefghij/,
      /mfa-enforcer deploy --organization-id o-abcdefghij/,
    ],
    [
      'a hub whose deployment failed',
      (fake) => {
        fake.stack = { ...hubStack(), StackStatus: 'UPDATE_ROLLBACK_FAILED' };
      },
      /The hub’s stack iam-mfa-enforcer-prod is UPDATE_ROLLBACK_FAILED/,
      /fix it/,
    ],
    [
      'a hub of an older release',
      (fake) => {
        fake.stack = { ...hubStack(), Outputs: [] };
      },
      /has no output HubBusArn, ReviewRoleArn/,
      /Deploy this release/,
    ],
    [
      'a PolicyName that spokes cannot have',
      (fake) => {
        fake.stack = hubStack({ PolicyName: 'Force+MFA' });
      },
      /"Force\+MFA" is not valid for spokes/,
      /another PolicyName/,
    ],
    [
      'no trusted access',
      (fake) => {
        fake.trustedAccess = 'DISABLED';
      },
      /StackSets have no access to the organization: trusted access is not activated/,
      /aws cloudformation activate-organizations-access/,
    ],
    [
      'no delegated administration',
      (fake) => {
        fake.delegated = false;
      },
      /may not use StackSets for the organization\. It is neither the management account nor a delegated administrator/,
      /register-delegated-administrator --account-id 111122223333/,
    ],
    [
      'an account of no organization',
      (fake) => {
        fake.features = null;
      },
      /Account 111122223333 does not belong to an organization\./,
      /A single account needs no spokes: mfa-enforcer deploy/,
    ],
    [
      'consolidated billing only',
      (fake) => {
        fake.features = 'CONSOLIDATED_BILLING';
      },
      /only consolidated billing/,
      /Enable all features/,
    ],
  ];

  it.each(refusals)(
    '%s is reported, with what to do about it',
    async (_, change, message, todo) => {
      const fake = anOrganization();
      change(fake);
      const { status, stderr } = await sayTo(fake, observeAll);
      const text = stderr.replaceAll(/\s+/g, ' ');
      expect(status).toBe(1);
      expect(text).toMatch(message);
      expect(text).toMatch(todo);
      expect(fake.written).toEqual([]);
    },
  );

  it.each([
    ['ou-ab12-99999999', 'The organization has no organizational unit'],
    ['r-zzzz', 'The organization has no root'],
  ])('a unit %s that does not exist is reported', async (id, message) => {
    const fake = anOrganization();
    const { status, stderr } = await sayTo(fake, ['deploy', '--ou', id, '--mode', 'observe']);
    expect(status).toBe(1);
    expect(stderr).toContain(`${message} ${id}`);
    expect(stderr).toContain('aws organizations list-roots');
    expect(fake.written).toEqual([]);
  });

  it.each([
    [['deploy', '--ou', SANDBOX], '--ou needs a mode for its accounts'],
    [
      ['deploy', '--mode', 'observe'],
      '--mode and --block-limit apply to organizational units: name the units with --ou',
    ],
    [['deploy', '--ou', SANDBOX, '--mode', 'audit'], 'Allowed choices are observe, enforce, hub'],
    [['deploy', '--max-concurrent', '0'], 'Must be a whole number from 1 to 100.'],
    [
      ['deploy', '--ou', SANDBOX, '--mode', 'observe', '--block-limit', 'x'],
      'Must be hub, auto or a number of users',
    ],
    [['remove'], 'Name what to remove: --ou with each'],
    [['remove', '--all', '--ou', SANDBOX], 'Name what to remove'],
    [['bogus'], 'unknown command'],
  ])('%j is used wrongly', async (args, message) => {
    const fake = anOrganization();
    const { status, stderr } = await sayTo(fake, args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(fake.written).toEqual([]);
  });

  it.each([observeAll, ['status'], ['template']])(
    'a missing release is reported by %s',
    async (...args: string[]) => {
      const fake = anOrganization();
      const release = new URL('file:///nowhere/');
      const { status, stderr } = await sayTo(fake, args, { release });
      expect(status).toBe(2);
      expect(stderr).toMatch(
        /^There is no release to deploy: .*spoke\.yml'\. Install iam-mfa-enforcer again\. In a clone, npm run package/,
      );
      expect(fake.written).toEqual([]);
    },
  );

  it('another Region than that of IAM’s events is reported', async () => {
    const { endpoint } = await emptyAccount();
    const args = ['organization', 'status', '--region', 'eu-west-1'];
    const { status, stderr } = await say(endpoint, args);
    expect(status).toBe(1);
    expect(stderr).toContain('A stack in eu-west-1 would get no events');
    expect(stderr).toContain('pass --region us-east-1');
  });

  it('names the stack and the profile in the commands to run', async () => {
    const fake = anOrganization();
    fake.stack = null;
    const args = ['status', '--stack', 'hub', '--profile', 'security'];
    const { stderr } = await sayTo(fake, args);
    expect(stderr).toContain('--organization-id o-… --stack hub --profile security\n');
  });

  it('acts as the management account where the hub is there', async () => {
    const fake = anOrganization();
    Object.assign(fake, { management: HUB, delegated: false });
    const { status, stdout } = await sayTo(fake, observeAll);
    expect(status).toBe(0);
    expect(stdout).toContain('its management account');
    expect(fake.set?.CallAs).toBe('SELF');
    const printed = await sayTo(fake, ['deploy', '--management']);
    expect(printed.stdout).toContain('manages that account itself. No spoke is needed there');
  });
});

describe('template', () => {
  it('prints the template of a spoke, and asks AWS nothing', async () => {
    const { status, stdout, stderr } = await sayTo(anOrganization(), ['template']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(readFileSync('infra/spoke.yml', 'utf8'));
  });
});

describe('status', () => {
  const swept = () => {
    const dynamo = provenMemory({ [ANNA]: 2400, [HUB]: 900 }, sweptMemory({ [ANNA]: 2, [HUB]: 0 }));
    const probe = {
      schema: 'mfa-enforcer/probe/1',
      sweepId: 'last-night',
      value: 'last-night/one',
      sentAt: '2026-03-01T03:00:02.600Z',
      dueAt: '2026-03-01T03:30:02.600Z',
    };
    const why = { code: 'denied', text: 'AccessDenied: iam:TagPolicy' };
    remember(dynamo, stateKeys.probe(SHOP), { ...probe, account: SHOP, state: 'sent', why: null });
    remember(dynamo, stateKeys.probe(STOCK), { ...probe, account: STOCK, state: 'refused', why });
    return dynamo;
  };

  it('shows every account of the organization, with its mode, its state and its last sweep', async () => {
    const fake = await deployed(observeAll, ['deploy', '--ou', SANDBOX, '--mode', 'enforce', '-y']);
    const stock = fake.instances.find(({ account }) => account === STOCK);
    Object.assign(stock ?? {}, {
      status: 'INOPERABLE',
      detail: 'FAILED',
      reason: 'Stack is INOPERABLE',
    });
    const { stdout, status } = await sayTo(fake, ['status'], { dynamo: swept() });
    expect(status).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "hub               stack iam-mfa-enforcer-prod in account 111122223333; Mode enforce
      organization      o-abcdefghij
      stack set         mfa-enforcer-spoke; accounts that join later: observe

      ACCOUNT       NAME          UNIT    MODE     STATE        LAST SWEEP
      333300000001  billing       r-ab12  observe  managed      -
      999988887777  management    -       -        not managed  -
                    StackSets do not deploy to the management account: see deploy --management
      444400000001  old-shop      -       -        not active   -
      222200000001  sandbox-anna  r-ab12  enforce  managed      2026-03-01 03:02 UTC
      222200000002  sandbox-ben   r-ab12  enforce  managed      -
      111122223333  security      -       enforce  managed      2026-03-01 03:02 UTC
                    managed by the hub’s stack
      333300000002  shop          r-ab12  observe  managed      -
      333300000003  stock         r-ab12  observe  failed       -
                    Stack is INOPERABLE

      8 accounts: 5 managed, 1 failed, 1 not managed, 1 not active
      event paths       shop (333300000002): The event of the last probe did not arrive, since 2026-03-01
                        03:00 UTC.
                        stock (333300000003): Event path not probed since 2026-03-01 03:00 UTC
                        (AccessDenied: iam:TagPolicy).
                        IAM events arrive from 2 accounts; the slowest took 2.4 s: sandbox-anna
                        (222200000001).
                        2 accounts: Event path not probed (no sweep has probed it yet).
      what to do        StackSets failed to delete the stack earlier and no longer change it. Remove it
                        from the stack set (remove --ou … --keep-stacks), delete the stack in its account,
                        then deploy again.
      "
    `);
  });

  it('calls a closed account not active, whether it had a spoke or not', async () => {
    const fake = await deployed(observeAll);
    const closed = fake.accounts.find(({ id }) => id === STOCK);
    if (closed) closed.active = false;
    const stock = fake.instances.find(({ account }) => account === STOCK);
    Object.assign(stock ?? {}, {
      status: 'OUTDATED',
      detail: 'SKIPPED_SUSPENDED_ACCOUNT',
      reason: 'This account is suspended. To remove this instance, run DeleteStackInstances.',
    });
    const { stdout } = await sayTo(fake, ['status'], { dynamo: swept() });
    expect(stdout).toContain('333300000003  stock         r-ab12  -        not active   -\n');
    expect(stdout).toContain('8 accounts: 5 managed, 1 not managed, 2 not active\n');
    expect(stdout).not.toContain('suspended');
    const again = await sayTo(fake, ['deploy', '--ou', SANDBOX, '--mode', 'enforce', '--yes']);
    expect(again.status).toBe(0);
  });

  it('as JSON', async () => {
    const fake = await deployed(observeAll);
    const { stdout } = await sayTo(fake, ['status', '--json'], { dynamo: swept() });
    const { accounts, ...rest } = JSON.parse(stdout) as { accounts: { account: string }[] };
    expect(rest).toEqual({
      organization: ORGANIZATION,
      stackSet: 'mfa-enforcer-spoke',
      defaultMode: 'observe',
    });
    expect(accounts).toHaveLength(8);
    expect(accounts.find(({ account }) => account === ANNA)).toEqual({
      account: ANNA,
      name: 'sandbox-anna',
      swept: '2026-03-01T03:02:11Z',
      unit: ROOT,
      mode: 'observe',
      state: 'managed',
      why: null,
      eventPath: {
        state: 'proven',
        since: '2026-03-01T03:00:05.000Z',
        sweeps: 0,
        latencyMs: 2400,
        why: null,
      },
    });
  });

  it('says that the event paths are not known where the state table refuses to be read', async () => {
    const fake = await deployed(observeAll);
    const dynamo = swept();
    const send = dynamo.send.bind(dynamo);
    dynamo.send = async (command) => {
      if (JSON.stringify(command).includes('probe/')) throw new Error('no access');
      return send(command);
    };
    const { stdout } = await sayTo(fake, ['status'], { dynamo });
    expect(stdout).toContain('event paths       6 accounts: Event path not known (no access).');
  });

  it('counts the management account once it has a spoke of its own, which a sweep found', async () => {
    const fake = await deployed(observeAll);
    const dynamo = sweptMemory({ [fake.management]: 0 });
    const { stdout, status } = await sayTo(fake, ['status'], { dynamo });
    expect(stdout).toContain('managed by a stack of its own');
    expect(status).toBe(0);
  });

  it('no longer counts it once a sweep could not read it', async () => {
    const fake = await deployed(observeAll);
    const dynamo = sweptMemory({ [fake.management]: 0 });
    const failure = (at: string) => {
      const schema = 'mfa-enforcer/unswept/1';
      const why = { code: 'role-not-assumable', text: 'the role cannot be assumed' };
      const account = fake.management;
      const record = { schema, account, sweepId: 'one', startedAt: at, at, why };
      const body = JSON.stringify(record);
      const id = stateKeys.unswept(account);
      dynamo.items.set(id, { id: { S: id }, body: { S: body } });
    };
    failure('2026-02-28T03:00:00Z');
    expect((await sayTo(fake, ['status'], { dynamo })).status).toBe(0);
    failure('2026-03-02T03:00:00Z');
    const { stdout, status } = await sayTo(fake, ['status'], { dynamo });
    expect(stdout).toContain('see deploy --management');
    expect(status).toBe(1);
  });

  it('reports that the set is not up to date with the hub', async () => {
    const fake = await deployed(observeAll);
    fake.stack = hubStack({ BoundaryDeny: 'yes' });
    const { stdout } = await sayTo(fake, ['status']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('out of date (BoundaryDeny no → yes)');
  });
});

describe('remove', () => {
  const nobodyBlocked = () =>
    sweptMemory({ [ANNA]: 0, [BEN]: 0, [BILLING]: 0, [SHOP]: 0, [STOCK]: 0 });

  it('takes everything away, the set last', async () => {
    const fake = await deployed(observeAll);
    const { status, stdout } = await sayTo(fake, ['remove', '--all', '-y'], {
      dynamo: nobodyBlocked(),
    });
    expect(status).toBe(0);
    expect(stdout).toContain('The stack set mfa-enforcer-spoke was deleted');
    expect({ set: fake.set, instances: fake.instances }).toEqual({ set: null, instances: [] });
    const again = await sayTo(fake, ['remove', '--all', '-y']);
    expect(again).toMatchObject({ status: 0, stderr: '' });
    expect(again.stdout).toContain('Nothing to remove');
  });

  it('takes one unit away, and its accounts that join later too where it was deployed to', async () => {
    const fake = await deployed(
      ['deploy', '--ou', SANDBOX, '--mode', 'observe'],
      ['deploy', '--ou', PRODUCTION, '--mode', 'observe'],
    );
    const args = ['remove', '--ou', SANDBOX, '--yes'];
    expect((await sayTo(fake, args, { dynamo: nobodyBlocked() })).status).toBe(0);
    expect(Object.keys(modes(fake))).toEqual([BILLING, SHOP, STOCK]);
    fake.join({ id: '222200000003', name: 'sandbox-carl', unit: SANDBOX });
    expect(Object.keys(modes(fake))).toEqual([BILLING, SHOP, STOCK]);
  });

  it('reports that the set still deploys to a unit that was deployed with the one around it', async () => {
    const fake = await deployed(observeAll);
    const args = ['remove', '--ou', SANDBOX, '--yes'];
    const { stdout } = await sayTo(fake, args, { dynamo: nobodyBlocked() });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'The stack set still deploys to accounts that join r-ab12',
    );
    expect(Object.keys(modes(fake))).toEqual([BILLING, SHOP, STOCK]);
  });

  it('refuses while a user is blocked, or if that is unknown, and explains how to unblock', async () => {
    const fake = await deployed(observeAll);
    const dynamo = sweptMemory({ [ANNA]: 2, [BEN]: 0, [BILLING]: 1, [SHOP]: 0 });
    const { status, stderr } = await sayTo(fake, ['remove', '--all', '--yes'], { dynamo });
    expect(status).toBe(1);
    expect(stderr).toContain('Users may still be blocked in 3 accounts.');
    expect(stderr).toContain(`${ANNA}: 2 users (2026-03-01)`);
    expect(stderr).toContain(`${BILLING}: 1 user (`);
    expect(stderr).toContain(`${STOCK}: unknown, because it was never swept`);
    expect(stderr).not.toContain(BEN);
    expect(stderr).toContain('--mode observe');
    expect(stderr).toContain('rollback');
    expect(fake.instances).toHaveLength(5);
  });

  it('shows where IAM would not unblocked of the policy, and finishes when run again', async () => {
    const fake = await deployed(observeAll);
    const anna = fake.accounts.find(({ id }) => id === ANNA);
    const why = 'Cannot delete a policy attached to entities.';
    Object.assign(anna ?? {}, { fails: { when: 'DELETE', why } });
    const args = ['remove', '--all', '--although-blocked', '--yes'];
    const first = await sayTo(fake, args);
    expect(first.status).toBe(1);
    expect(first.stdout.replaceAll(/\s+/g, ' ')).toContain('mfa-enforcer rollback');
    expect(fake.set).not.toBeNull();
    // Forgotten by the set, the stack is the account's own to delete.
    const forgotten = await sayTo(fake, ['remove', '--ou', SANDBOX, '--keep-stacks', '--yes']);
    expect(forgotten.status).toBe(0);
    expect(fake.instances).toEqual([]);
    expect((await sayTo(fake, args)).stdout).toContain('was deleted');
  });

  it('removes the spokes of a hub whose last deployment was rolled back', async () => {
    const fake = await deployed(observeAll);
    fake.stack = { ...hubStack(), StackStatus: 'UPDATE_ROLLBACK_COMPLETE' };
    const args = ['remove', '--all', '--yes'];
    expect((await sayTo(fake, args, { dynamo: nobodyBlocked() })).status).toBe(0);
    expect(fake.instances).toEqual([]);
  });

  it('asks first, and changes nothing without an answer or in a dry run', async () => {
    const fake = await deployed(observeAll);
    const dynamo = nobodyBlocked();
    expect((await sayTo(fake, ['remove', '--all'], { dynamo })).status).toBe(2);
    const no = { dynamo, ask: async () => false };
    expect((await sayTo(fake, ['remove', '--all'], no)).status).toBe(1);
    expect((await sayTo(fake, ['remove', '--all', '--dry-run'], { dynamo })).status).toBe(0);
    expect(fake.instances).toHaveLength(5);
  });
});
