import type { Probe, Proof } from '../../events/event-path.ts';
import { stateKeys } from '../../events/state-keys.ts';
import { DEFAULT_STACK, DEFAULT_STACK_SET } from '../../functions/commands/options.ts';
import type { Context } from '../../functions/commands/organization/context.ts';
import { mfaEnforcer } from '../../functions/commands/program.ts';
import type { Terminal } from '../../functions/commands/terminal.ts';
import type { DeploymentClients } from '../../functions/runtime/command-clients.ts';
import { HUB, hubOutputs, ORGANIZATION } from './deployed.ts';
import { lastSweep } from './last-sweep.ts';
import { MemoryDynamo } from './memory-dynamo.ts';
import { terminalOf } from './shell.ts';
import { type FakeAccount, FakeOrganization } from './stack-sets.ts';

export const ROOT = 'r-ab12';
export const SANDBOX = 'ou-ab12-11111111';
export const PRODUCTION = 'ou-ab12-22222222';
export const SECURITY = 'ou-ab12-33333333';
export const TEAMS = 'ou-ab12-44444444';

/** An organization with the hub in a unit of its own, two sandbox accounts, and three production accounts. */
export function anOrganization(): FakeOrganization {
  const accounts: FakeAccount[] = [
    { id: '999988887777', name: 'management', unit: ROOT },
    { id: HUB, name: 'security', unit: SECURITY },
    { id: '222200000001', name: 'sandbox-anna', unit: SANDBOX },
    { id: '222200000002', name: 'sandbox-ben', unit: SANDBOX },
    { id: '333300000001', name: 'billing', unit: PRODUCTION },
    { id: '333300000002', name: 'shop', unit: TEAMS },
    { id: '333300000003', name: 'stock', unit: TEAMS },
    { id: '444400000001', name: 'old-shop', unit: PRODUCTION, active: false },
  ];
  const units = [
    { id: SANDBOX, name: 'Sandbox', parent: ROOT },
    { id: PRODUCTION, name: 'Production', parent: ROOT },
    { id: SECURITY, name: 'Security', parent: ROOT },
    { id: TEAMS, name: 'Teams', parent: PRODUCTION },
  ];
  const fake = new FakeOrganization(HUB, units, accounts);
  fake.stack = hubStack();
  return fake;
}

/** The hub's stack, as CloudFormation describes it. */
export function hubStack(change: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  const parameters = {
    OrganizationId: ORGANIZATION,
    Mode: 'enforce',
    Scope: 'all-users',
    Unblock: 'never',
    PolicyName: 'ForceMFA',
    EnrolWith: 'console',
    BoundaryDeny: 'no',
    InlineDeny: 'no',
    OrphanDevices: 'report',
    ...change,
  };
  const outputs = {
    HubBusArn: hubOutputs.HubBusArn,
    ReviewRoleArn: hubOutputs.HubReviewRoleArn,
    SweepRoleArn: hubOutputs.HubSweepRoleArn,
    ReportRoleArn: hubOutputs.HubReportRoleArn,
    StateTableName: 'memory',
  };
  return {
    StackName: 'iam-mfa-enforcer-prod',
    StackStatus: 'UPDATE_COMPLETE',
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({
      OutputKey,
      OutputValue,
    })),
  };
}

/** The records of the last sweeps: the number of blocked users in each of these accounts. */
export function sweptMemory(
  blocked: Readonly<Record<string, number>>,
  dynamo = new MemoryDynamo(),
  sweepId = 'last-night',
): MemoryDynamo {
  for (const [account, count] of Object.entries(blocked)) {
    const totals = {
      users: 9,
      protected: 5,
      blocked: count,
      unprotected: 0,
      exempt: 1,
      outOfScope: 0,
    };
    const record = lastSweep({ account, sweepId, finishedAt: '2026-03-01T03:02:11Z', totals });
    remember(dynamo, stateKeys.lastSweep(account), record);
  }
  return dynamo;
}

/** The entries of proven event paths: how long the event took, in ms, in each of these accounts. */
export function provenMemory(
  latencies: Readonly<Record<string, number>>,
  dynamo: MemoryDynamo,
): MemoryDynamo {
  for (const [account, latencyMs] of Object.entries(latencies)) {
    const value = 'last-night/one';
    const probe: Probe = {
      schema: 'mfa-enforcer/probe/1',
      account,
      sweepId: 'last-night',
      value,
      sentAt: '2026-03-01T03:00:02.600Z',
      dueAt: '2026-03-01T03:30:02.600Z',
      state: 'sent',
      why: null,
    };
    const receivedAt = '2026-03-01T03:00:05.000Z';
    const proof: Proof = { schema: 'mfa-enforcer/proof/1', account, value, receivedAt, latencyMs };
    remember(dynamo, stateKeys.probe(account), probe);
    remember(dynamo, stateKeys.proof(account), proof);
  }
  return dynamo;
}

/** The morning after the sweep of sweptMemory and provenMemory: later, its probes are too old to say anything. */
export const morningAfter = () => new Date('2026-03-01T08:00:00Z');

/** Puts an entry into the state table. */
export function remember(dynamo: MemoryDynamo, id: string, entry: object): void {
  dynamo.items.set(id, { id: { S: id }, body: { S: JSON.stringify(entry) } });
}

export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The context of a command in an organization that is none. */
export function contextIn(
  fake: FakeOrganization,
  terminal: Terminal,
  dynamo: MemoryDynamo,
  { profile = null, stack = DEFAULT_STACK, stackSet = DEFAULT_STACK_SET }: Partial<Names> = {},
): Context {
  const clients = {
    cloudFormation: fake.cloudFormation(),
    lambda: fake.lambda(),
    organizations: fake.organizations(),
    dynamo,
  } as unknown as DeploymentClients;
  return {
    terminal,
    clients,
    account: fake.caller,
    partition: 'aws',
    region: 'us-east-1',
    askedRegion: null,
    caller: `arn:aws:iam::${fake.caller}:user/administrator`,
    profile,
    stack,
    stackSet,
    sweepWithinHours: null,
    allowLoopback: false,
    now: terminal.now(),
    describe: String,
  };
}

type Names = Pick<Context, 'profile' | 'stack' | 'stackSet'>;

/** Runs the command on an organization that is none. */
export async function sayTo(
  fake: FakeOrganization,
  args: readonly string[],
  { dynamo = new MemoryDynamo(), ...change }: Partial<Terminal> & { dynamo?: MemoryDynamo } = {},
): Promise<Said> {
  const { terminal, out, err } = terminalOf({ now: morningAfter, ...change });
  const status = await mfaEnforcer(terminal, ['organization', ...args], async (_, options) =>
    contextIn(fake, terminal, dynamo, options),
  );
  return { status, stdout: out.join(''), stderr: err.join('') };
}
