import type { Cause } from '../../events/cause.ts';
import type { Settings } from '../../functions/domain/settings.ts';
import { accountNames, noNames } from '../../functions/pipeline/accounts/account-names.ts';
import { oneAccount } from '../../functions/pipeline/accounts/accounts.ts';
import { Breaker } from '../../functions/pipeline/breaker.ts';
import { enforcerOf } from '../../functions/pipeline/enforce.ts';
import type { Pipeline } from '../../functions/pipeline/handle-account.ts';
import { type Hub, handleBatch } from '../../functions/pipeline/handle-batch.ts';
import { tableMemory } from '../../functions/pipeline/memory.ts';
import { onceInAWhile } from '../../functions/pipeline/once-in-a-while.ts';
import { sweep } from '../../functions/pipeline/sweep.ts';
import { MemoryEvents, MemoryQueues } from './memory-buses.ts';
import { MemoryDynamo } from './memory-dynamo.ts';
import { MemoryIam, type MemoryIamOptions } from './memory-iam.ts';

export const ACCOUNT = '111122223333';
export const POLICY = `arn:aws:iam::${ACCOUNT}:policy/ForceMFA`;
export const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/ForceMFA-boundary`;
export const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/111122223333/iam-changes';
export const START = Date.parse('2026-03-01T12:00:00Z');

/** The default settings, with what a test changes. */
export function settingsWith(change: Partial<Settings> = {}): Settings {
  return {
    mode: 'enforce',
    scope: 'all-users',
    release: 'on-enrolment',
    exemptTags: [{ key: 'userType', value: 'Service' }],
    exemptPassword: 'keep',
    account: ACCOUNT,
    enforcerRole: 'OnIamChangeRole',
    policyArn: POLICY,
    denyGroup: 'ForceMFA',
    boundaryArn: BOUNDARY,
    inlinePolicyName: 'ForceMFA',
    boundaryDeny: true,
    inlineDeny: false,
    slackMentions: false,
    holdLimit: 'auto',
    ...change,
  };
}

export interface Logged {
  readonly level: string;
  readonly message: string;
  readonly values: unknown;
}

export interface TestPipeline extends Pipeline, Hub {
  readonly settings: Settings;
  readonly now: () => Date;
  readonly iam: MemoryIam;
  readonly sqs: MemoryQueues;
  readonly events: MemoryEvents;
  /** What a sweep needs more. */
  readonly dynamo: MemoryDynamo;
  readonly memoryTable: string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly logged: Logged[];
  /** The lines that metrics were written as. */
  readonly metricLines: string[];
  /** The clock, in ms. Tests move it. */
  clock: { time: number };
}

/**
 * The whole pipeline in memory: the real code, with AWS faked at the SDK's boundary.
 * @param account an account that is there already
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
  const memory = tableMemory(dynamo, 'memory');
  const breaker = new Breaker(iam, settings, memory, now);
  const logged: Logged[] = [];
  const metricLines: string[] = [];
  const write =
    (level: string) =>
    (message: unknown, ...values: unknown[]) => {
      logged.push({ level, message: String(message), values: values[0] });
    };
  const log = { info: write('info'), warn: write('warn'), error: write('error') };
  const pipeline = {
    iam,
    settings,
    sqs: new MemoryQueues(),
    events: new MemoryEvents(),
    dynamo,
    memory,
    memoryTable: 'memory',
    outcomeBus: 'outcomes',
    queueUrl: QUEUE_URL,
    enforcer: enforcerOf(iam, settings, breaker),
    now,
    sleep: async (ms: number) => {
      clock.time += ms;
    },
    log,
    names: accountNames(ACCOUNT, iam, noNames, log),
    deadline:
      () =>
      <T>(work: Promise<T>) =>
        work,
    tellOnce: onceInAWhile(now),
    pace: null,
    random: () => 0,
    logged,
    metricLines,
    stack: 'iam-mfa-enforcer-test',
    writeMetrics: (line: string) => void metricLines.push(line),
    clock,
  };
  return { ...pipeline, accounts: oneAccount(ACCOUNT, pipeline) };
}

/** Sweeps, in one run. @throws what stopped it, where something did */
export async function sweepAll(pipeline: TestPipeline, sweepId = 'sweep-1') {
  const swept = await sweep(pipeline, sweepId);
  if (swept.kind === 'unfinished') throw swept.error;
  return swept;
}

let events = 0;

export interface EventOptions {
  readonly user?: string;
  /** Seconds before START. */
  readonly ago?: number;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly account?: string;
  readonly eventId?: string;
  readonly identity?: Readonly<Record<string, unknown>>;
}

/** An EventBridge event of an IAM call, as JSON text. */
export function iamEvent(eventName: string, options: EventOptions = {}): string {
  events += 1;
  const { user = 'dana', ago = 0, parameters = {}, account = ACCOUNT } = options;
  return JSON.stringify({
    version: '0',
    id: `envelope-${events}`,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.iam',
    account,
    region: 'us-east-1',
    resources: [],
    detail: {
      eventID: options.eventId ?? `event-${events}`,
      eventName,
      eventSource: 'iam.amazonaws.com',
      eventTime: new Date(START - ago * 1000).toISOString(),
      recipientAccountId: account,
      userIdentity: options.identity ?? {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${account}:assumed-role/SecurityAdmin/alice`,
      },
      requestParameters: { userName: user, ...parameters },
      responseElements: null,
    },
  });
}

/** A sweep's request to review a user, as JSON text. */
export function sweepRequest(user: string): string {
  const cause: Cause = {
    kind: 'sweep',
    sweepId: 'sweep-1',
    startedAt: new Date(START).toISOString(),
  };
  return JSON.stringify({
    schema: 'mfa-enforcer/review-request/1',
    account: ACCOUNT,
    user,
    cause,
    lowerRungs: false,
  });
}

/** "fulfilled" or the error's message, for each record. */
export function results(settled: readonly PromiseSettledResult<unknown>[]): string[] {
  return settled.map((one) =>
    one.status === 'fulfilled' ? 'fulfilled' : (one.reason as Error).message,
  );
}

/** Has the pipeline handle a batch of messages. @returns "fulfilled" or the error's message, for each */
export async function handle(pipeline: Hub, ...bodies: string[]): Promise<string[]> {
  return results(
    await handleBatch(
      pipeline,
      bodies.map((body) => ({ body })),
    ),
  );
}
