import type { Settings } from '../../functions/domain/rules/settings.ts';
import { accountNames, noNames } from '../../functions/pipeline/accounts/account-names.ts';
import { type Accounts, oneAccount } from '../../functions/pipeline/accounts/accounts.ts';
import { measureInLog } from '../../functions/pipeline/measure.ts';
import { publisher } from '../../functions/pipeline/publish.ts';
import { rateLimited } from '../../functions/pipeline/rate-limited.ts';
import { Deadline } from '../../functions/pipeline/review/deadline.ts';
import { enforcerOf } from '../../functions/pipeline/review/enforcer.ts';
import { handleBatch } from '../../functions/pipeline/review/handle-batch.ts';
import type { BatchDeps } from '../../functions/pipeline/review/review-deps.ts';
import { tableStateStore } from '../../functions/pipeline/state-store.ts';
import { sweep } from '../../functions/pipeline/sweep/scan-account.ts';
import type { SweepDeps } from '../../functions/pipeline/sweep/sweep-deps.ts';
import { MemoryEvents, MemoryQueues } from './memory-buses.ts';
import { MemoryDynamo } from './memory-dynamo.ts';
import { MemoryIam, type MemoryIamOptions } from './memory-iam.ts';
import { MemoryOrganizations } from './memory-organizations.ts';
import { ACCOUNT, START, settingsWith } from './settings.ts';

export { type EventOptions, iamEvent, sweepRequest } from './messages.ts';
export { ACCOUNT, BOUNDARY, POLICY, START, settingsWith } from './settings.ts';

export const SWEEPS_URL = 'https://sqs.us-east-1.amazonaws.com/111122223333/sweeps';
export const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/111122223333/iam-changes';

/** The role of nightly-sweep. */
export const SWEEP_ROLE = `arn:aws:iam::${ACCOUNT}:role/iam-mfa-enforcer-test-NightlySweepRole-1`;

const HUB_NAMES = {
  account: ACCOUNT,
  stack: 'iam-mfa-enforcer-test',
  parameters: ['/mfa-enforcer/slack-webhook', '/mfa-enforcer/mail-text'],
};

export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly values: unknown;
}

/** The dependencies of both functions in the hub's own account. */
export interface TestPipeline extends BatchDeps, SweepDeps {
  readonly settings: Settings;
  readonly now: () => Date;
  readonly iam: MemoryIam;
  readonly sqs: MemoryQueues;
  readonly events: MemoryEvents;
  readonly dynamo: MemoryDynamo;
  readonly accounts: Accounts<BatchDeps & SweepDeps>;
  readonly logged: Logged[];
  /** The lines of metrics. */
  readonly metricLines: string[];
  /** The clock, in ms. Tests move it. */
  clock: { time: number };
}

/**
 * The whole pipeline in memory: the real code, with AWS faked at the SDK's boundary.
 * @param account an existing account
 */
export function testPipeline(
  change: Partial<Settings> = {},
  iamOptions: MemoryIamOptions = {},
  account?: MemoryIam,
): TestPipeline {
  const clock = { time: START };
  const iam = account ?? new MemoryIam({ account: ACCOUNT, now: () => clock.time, ...iamOptions });
  const settings = settingsWith(change);
  const now = () => new Date(clock.time);
  const dynamo = new MemoryDynamo();
  const stateStore = tableStateStore(dynamo, 'memory');
  const logged: Logged[] = [];
  const metricLines: string[] = [];
  const write =
    (level: string) =>
    (message: unknown, ...values: unknown[]) => {
      logged.push({ level, message: String(message), values: values[0] });
    };
  const log = { info: write('info'), warn: write('warn'), error: write('error') };
  const sqs = new MemoryQueues();
  const events = new MemoryEvents();
  const names = accountNames(ACCOUNT, iam, noNames, log);
  const bus = { events, outcomeBus: 'outcomes', sqs, queueUrl: QUEUE_URL, names, log };
  const pipeline = {
    ...publisher(bus),
    iam,
    settings,
    sqs,
    events,
    dynamo,
    stateStore,
    stateTable: 'memory',
    sweepsQueueUrl: SWEEPS_URL,
    tagger: iam,
    probe: 'off' as const,
    probeMinutes: 30,
    sweepRoleArn: SWEEP_ROLE,
    organization: null,
    organizations: new MemoryOrganizations([]),
    queueUrl: QUEUE_URL,
    enforcer: enforcerOf(iam, settings, stateStore, now, log),
    now,
    log,
    names,
    // The clock moves only in steps, so that no batch times out.
    deadline: () => new Deadline(now, () => () => undefined),
    rateLimited: rateLimited(now),
    accountThrottle: null,
    random: () => 0,
    logged,
    metricLines,
    hub: HUB_NAMES,
    measure: measureInLog(HUB_NAMES.stack, now, (line) => void metricLines.push(line)),
    clock,
  };
  return { ...pipeline, accounts: oneAccount(ACCOUNT, pipeline) };
}

/** The accounts of a pipeline, with its present hub. */
export function hubOf(pipeline: TestPipeline): TestPipeline['accounts'] {
  return { own: pipeline, of: (account) => pipeline.accounts.of(account) };
}

/** Sweeps in one run. @throws the error that stopped it */
export async function sweepAll(pipeline: TestPipeline, sweepId = 'sweep-1') {
  const swept = await sweep(pipeline, sweepId);
  if (swept.kind === 'unfinished') throw swept.error;
  return swept;
}

/** "fulfilled" or the error's message, for each record. */
export function results(settled: readonly PromiseSettledResult<unknown>[]): string[] {
  return settled.map((one) =>
    one.status === 'fulfilled' ? 'fulfilled' : (one.reason as Error).message,
  );
}

/** Makes the pipeline handle a batch of messages. @returns "fulfilled" or the error's message, for each */
export async function handle(pipeline: TestPipeline, ...bodies: string[]): Promise<string[]> {
  return results(
    await handleBatch(
      hubOf(pipeline),
      bodies.map((body) => ({ body })),
    ),
  );
}
