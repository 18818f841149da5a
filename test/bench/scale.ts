import { parseArgs } from 'node:util';
import { handleBatch } from '../../functions/pipeline/review/handle-batch.ts';
import { fillAccount } from '../fakes/large-account.ts';
import { MemoryIam } from '../fakes/memory-iam.ts';
import {
  deliverProbe,
  HUB,
  type TestOrganization,
  testOrganization,
} from '../fakes/memory-organization.ts';
import { MemoryOrganizations } from '../fakes/memory-organizations.ts';
import { deliverSweeps, sweepNightly } from '../fakes/nightly.ts';
import { hubOf, SWEEPS_URL } from '../fakes/pipeline.ts';

const HELP = `npm run scale -- [--accounts 100] [--users 1000]

Two nights of an organization, in memory: the real handlers, on accounts that page as AWS does. Counts what they ask of
AWS, and prints it by night. docs/scale.md is made with it. No account is left out, and nothing is sent anywhere.`;

const MIX = { fido: 0, none: 5, service: 5 };
const DAY_MS = 24 * 60 * 60_000;
const BATCH = 10;

/** The calls of a night in all accounts. */
interface Night {
  readonly sweepMessages: number;
  readonly sweepCalls: number;
  /** Those of the calls by sweeps that probe the event paths. */
  readonly probes: number;
  readonly reviewMessages: number;
  readonly reviewCalls: number;
  readonly sessions: number;
  readonly tableCalls: number;
  readonly outcomes: number;
  readonly sweepCpuMs: number;
  readonly reviewCpuMs: number;
}

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '100' },
    users: { type: 'string', default: '1000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(`${HELP}\n`);
} else {
  await main(Number(values.accounts), Number(values.users));
}

async function main(accounts: number, users: number): Promise<void> {
  if (!Number.isInteger(accounts) || accounts < 1 || !Number.isInteger(users) || users < 1) {
    throw new Error('--accounts and --users must be whole numbers from 1');
  }
  const hub = organizationOf(accounts, users);
  const nights = [await night(hub, 'night-1')];
  hub.clock.time += DAY_MS;
  nights.push(await night(hub, 'night-2'));
  print(accounts, users, nights);
}

function organizationOf(count: number, users: number): TestOrganization {
  const hub = testOrganization({ blockLimit: 9999 }, { probe: 'nightly' });
  const now = () => hub.clock.time;
  const listed = Array.from({ length: count }, (_, index) => {
    const id = index === 0 ? HUB : String(600_000_000_000 + index);
    return { id, name: `Account ${index}`, active: true };
  });
  hub.spokes.accounts.clear();
  fillAccount(hub.iam, users, MIX);
  for (const { id } of listed.slice(1)) {
    const iam = new MemoryIam({ account: id, now });
    fillAccount(iam, users, MIX);
    hub.spokes.accounts.set(id, iam);
    hub.spokes.roles.set(id, {});
  }
  for (const { credentialReport } of [hub.iam, ...hub.spokes.accounts.values()]) {
    // The first request finds the report not ready.
    credentialReport.takesMs = () => 0;
  }
  Object.assign(hub.nightly, { organizations: new MemoryOrganizations(listed) });
  return hub;
}

async function night(hub: TestOrganization, id: string): Promise<Night> {
  const iams = [hub.iam, ...hub.spokes.accounts.values()];
  const calls = () => iams.reduce((sum, iam) => sum + iam.calls.length, 0);
  const sessions = hub.spokes.assumed.length;
  const outcomes = hub.events.entries.length;
  let tableCalls = 0;
  let sweepMessages = 0;
  const stopCounting = [
    beforeEach(hub.dynamo, () => {
      tableCalls += 1;
    }),
    beforeEach(hub.sqs, ({ QueueUrl, Entries }) => {
      if (QueueUrl === SWEEPS_URL) sweepMessages += Entries?.length ?? 1;
    }),
  ];

  const tags = () => iams.reduce((sum, iam) => sum + iam.count('TagPolicy'), 0);
  const before = { calls: calls(), tags: tags(), cpu: process.cpuUsage() };
  await sweepNightly(hub.nightly, { id });
  // Each sweep has come back to wait for the credential report.
  await deliverSweeps(hub.nightly);
  const swept = { calls: calls(), cpu: process.cpuUsage(before.cpu) };

  // The summary's message waits for the probes, in the queue of sweeps.
  const sent = hub.sqs.sent.splice(0);
  const reviews = sent.filter(({ queueUrl }) => queueUrl !== SWEEPS_URL);
  const cpu = process.cpuUsage();
  for (let from = 0; from < reviews.length; from += BATCH) {
    await handleBatch(hubOf(hub), reviews.slice(from, from + BATCH));
  }
  const probes = tags() - before.tags;
  for (const { account } of iams) await deliverProbe(hub, account);
  const reviewed = { calls: calls(), cpu: process.cpuUsage(cpu) };
  hub.sqs.sent.push(...sent.filter((message) => !reviews.includes(message)));
  await deliverSweeps(hub.nightly);
  for (const stop of stopCounting) stop();
  return {
    sweepMessages,
    sweepCalls: swept.calls - before.calls,
    probes,
    reviewMessages: reviews.length,
    reviewCalls: reviewed.calls - swept.calls,
    sessions: hub.spokes.assumed.length - sessions,
    tableCalls,
    outcomes: hub.events.entries.length - outcomes,
    sweepCpuMs: (swept.cpu.user + swept.cpu.system) / 1000,
    reviewCpuMs: (reviewed.cpu.user + reviewed.cpu.system) / 1000,
  };
}

interface Input {
  readonly QueueUrl?: string;
  readonly Entries?: readonly object[];
}

/** Records each call of a client. @returns a function that ends the recording */
function beforeEach(
  client: { send(command: object): Promise<never> },
  note: (input: Input) => void,
): () => void {
  const send = client.send.bind(client);
  client.send = (command) => {
    note((command as { input: Input }).input);
    return send(command);
  };
  return () => {
    client.send = send;
  };
}

function print(accounts: number, users: number, nights: readonly Night[]): void {
  const rows: Readonly<Record<string, (night: Night) => number>> = {
    'messages of sweeps': ({ sweepMessages }) => sweepMessages,
    'calls of IAM by sweeps': ({ sweepCalls }) => sweepCalls,
    '  an account': ({ sweepCalls }) => sweepCalls / accounts,
    '  of them to probe the event paths': ({ probes }) => probes,
    'messages to review': ({ reviewMessages }) => reviewMessages,
    'calls of IAM by reviews': ({ reviewCalls }) => reviewCalls,
    'sessions (AssumeRole)': ({ sessions }) => sessions,
    'calls of the table': ({ tableCalls }) => tableCalls,
    'outcomes published': ({ outcomes }) => outcomes,
    'processor time of sweeps, ms an account': ({ sweepCpuMs }) => sweepCpuMs / accounts,
    'processor time of reviews, ms a message': ({ reviewCpuMs, reviewMessages }) =>
      reviewMessages === 0 ? 0 : reviewCpuMs / reviewMessages,
  };
  const number = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 });
  const lines = Object.entries(rows).map(([title, of]) => {
    const cells = nights.map((one) => number(of(one)).padStart(12));
    return `  ${title.padEnd(42)}${cells.join('')}`;
  });
  const head = `  ${''.padEnd(42)}${'first night'.padStart(12)}${'second'.padStart(12)}`;
  const title = `${number(accounts)} accounts of ${number(users)} users, 5 % of them without MFA`;
  const memory = `  memory, all accounts included: ${number(process.memoryUsage().rss / 1e6)} MB`;
  process.stdout.write(`${[title, head, ...lines, memory].join('\n')}\n`);
}
