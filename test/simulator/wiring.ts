import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Settings } from '../../functions/domain/settings.ts';
import { nightlySweep } from '../../functions/nightly-sweep.ts';
import { notifySlack } from '../../functions/notify-slack.ts';
import { onIamChange } from '../../functions/on-iam-change.ts';
import { accountAlias } from '../../functions/pipeline/account-alias.ts';
import { Breaker } from '../../functions/pipeline/breaker.ts';
import { enforcerOf } from '../../functions/pipeline/enforce.ts';
import { tableMemory } from '../../functions/pipeline/memory.ts';
import type { Clock } from './clock.ts';
import { type Copy, never } from './copy.ts';
import type { Handler } from './lambda.ts';
import type { Service } from './weather.ts';
import type { Wire } from './wire.ts';

// The one place that knows how the entry points put their handlers together. Everything beyond is the product's own
// code, unchanged.

export interface Surroundings {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly settings: Settings;
  readonly urls: {
    readonly changes: string;
    readonly outcomes: string;
    readonly outcomesFailed: string;
  };
  /** Called with each line of a function's log. */
  readonly onLog: (copy: Copy, level: string, message: string, values: unknown) => void;
}

export const MEMORY_TABLE = 'memory';
export const OUTCOME_BUS = 'outcomes';

/** Which copy a call of fetch comes from: it has no client to tell. */
export const posting = new AsyncLocalStorage<Copy>();

export function startOnIamChange(around: Surroundings, copy: Copy): Handler {
  const { settings, urls } = around;
  const { iam, sqs, events, dynamo, log, now } = partsOf(around, copy);
  const memory = tableMemory(dynamo, MEMORY_TABLE);
  return onIamChange({
    settings,
    queueUrl: urls.changes,
    outcomeBus: OUTCOME_BUS,
    iam,
    sqs,
    events,
    enforcer: enforcerOf(iam, settings, new Breaker(iam, settings, memory, now)),
    memory,
    now,
    log,
    alias: accountAlias(iam, log),
  }) as unknown as Handler;
}

export function startNightlySweep(around: Surroundings, copy: Copy): Handler {
  const { settings, urls } = around;
  const { iam, sqs, events, dynamo, log, now } = partsOf(around, copy);
  return nightlySweep({
    settings,
    queueUrl: urls.changes,
    outcomeBus: OUTCOME_BUS,
    memoryTable: MEMORY_TABLE,
    iam,
    sqs,
    events,
    dynamo,
    alias: accountAlias(iam, log),
    now,
    log,
  }) as unknown as Handler;
}

export function startNotifySlack(around: Surroundings, copy: Copy): Handler {
  const { settings, urls, clock } = around;
  const { sqs, dynamo, ssm, log, now } = partsOf(around, copy);
  const handler = notifySlack({
    config: {
      webhookParameter: '/mfa-enforcer/slack-webhook',
      queueUrl: urls.outcomes,
      deadLettersUrl: urls.outcomesFailed,
      memoryTable: MEMORY_TABLE,
      partition: 'aws',
      exemptTags: settings.exemptTags,
      allowLoopback: false,
    },
    around: {
      partition: 'aws',
      version: 'simulated',
      exemptTag: settings.exemptTags[0] ?? null,
      now,
    },
    ssm,
    sqs,
    dynamo,
    log,
    now,
    sleep: async (ms) => {
      await clock.sleep(ms);
      if (!copy.alive) await never();
    },
  }) as unknown as Handler;
  return (event, context) => posting.run(copy, () => handler(event, context));
}

function partsOf({ clock, wire, onLog }: Surroundings, copy: Copy) {
  const client = <C extends object>(Kind: { readonly prototype: C }, service: Service): C =>
    clientOf(Kind, wire.sender(service, copy));
  const write =
    (level: string) =>
    (message: unknown, ...values: unknown[]) =>
      onLog(copy, level, String(message), values[0]);
  return {
    iam: client<IAMClient>(IAMClient, 'iam'),
    sqs: client<SQSClient>(SQSClient, 'sqs'),
    events: client<EventBridgeClient>(EventBridgeClient, 'events'),
    dynamo: client<DynamoDBClient>(DynamoDBClient, 'dynamodb'),
    ssm: client<SSMClient>(SSMClient, 'ssm'),
    now: () => new Date(clock.now + copy.skew),
    log: { info: write('info'), warn: write('warn'), error: write('error') },
  };
}

/** An SDK client that is none but for its class, which paginators ask for, and its send. */
function clientOf<C extends object>(
  { prototype }: { readonly prototype: C },
  send: (command: object) => Promise<object>,
): C {
  return Object.assign(Object.create(prototype) as C, { send });
}
