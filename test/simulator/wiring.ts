import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Settings } from '../../functions/domain/rules/settings.ts';
import { nightlySweep } from '../../functions/nightly-sweep.ts';
import { notifySlack } from '../../functions/notify-slack.ts';
import { onIamChange } from '../../functions/on-iam-change.ts';
import { accountNames, noNames } from '../../functions/pipeline/accounts/account-names.ts';
import { oneAccount } from '../../functions/pipeline/accounts/accounts.ts';
import { publisher } from '../../functions/pipeline/publish.ts';
import { rateLimited } from '../../functions/pipeline/rate-limited.ts';
import { Deadline } from '../../functions/pipeline/review/deadline.ts';
import { enforcerOf } from '../../functions/pipeline/review/enforcer.ts';
import type { BatchDeps } from '../../functions/pipeline/review/review-deps.ts';
import { tableStateStore } from '../../functions/pipeline/state-store.ts';
import type { SweepDeps } from '../../functions/pipeline/sweep/sweep-deps.ts';
import { sweepRoleArn } from './account.ts';
import type { Clock } from './clock.ts';
import type { Service } from './fault-profile.ts';
import type { Instance } from './instance.ts';
import type { Handler } from './lambda.ts';
import type { Random } from './random.ts';
import type { Answer } from './slack.ts';
import type { Send, Transport } from './transport.ts';

// This file alone repeats how the entry points wire their handlers. Everything else is the product's own, unchanged code.

export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly settings: Settings;
  readonly urls: Readonly<Record<'changes' | 'sweeps' | 'outcomes' | 'outcomesFailed', string>>;
  /** Posts to Slack. */
  readonly post: () => Promise<{ readonly answer: Answer | Error; readonly took: boolean }>;
  /** Called with each line of a function's log. */
  readonly onLog: (instance: Instance, level: string, message: string, values: unknown) => void;
}

const STATE_TABLE = 'memory';
/** The parameter ProbeMinutes. */
export const PROBE_MINUTES = 30;
const OUTCOME_BUS = 'outcomes';

/** The instance that calls fetch, which has no client to name it. */
const posting = new AsyncLocalStorage<
  { readonly instance: Instance } & Pick<Surroundings, 'post'>
>();

const realFetch = globalThis.fetch;
// Never restored: no call of a simulation may reach the network, not even one left by a simulation that was stopped.
globalThis.fetch = async (...args) => {
  const from = posting.getStore();
  if (from === undefined) return realFetch(...args);
  const { answer, took } = await from.post();
  from.instance.tookLast = took;
  await from.instance.awake();
  if (answer instanceof Error) throw answer;
  return answer as Response;
};

export function startOnIamChange(context: Surroundings, instance: Instance): Handler {
  const { settings, clock, random } = context;
  const { iam, dynamo, now, log, common } = partsOf(context, instance);
  const stateStore = tableStateStore(dynamo, STATE_TABLE);
  const pipeline: BatchDeps = {
    ...common,
    sweepsQueueUrl: context.urls.sweeps,
    stateStore,
    rateLimited: rateLimited(now),
    enforcer: enforcerOf(iam, settings, stateStore, now, log),
    deadline: () =>
      new Deadline(now, (ms, end) => {
        let stopped = false;
        void clock.sleep(ms).then(() => {
          if (stopped) return;
          instance.gaveUp = true;
          end();
        });
        return () => {
          stopped = true;
        };
      }),
    accountThrottle: null,
    random: () => random.next(),
  };
  return onIamChange(oneAccount(settings.account, pipeline)) as unknown as Handler;
}

export function startNightlySweep(context: Surroundings, instance: Instance): Handler {
  const { settings, urls } = context;
  const { dynamo, organizations, common } = partsOf(context, instance);
  const sweeper: SweepDeps = {
    ...common,
    stateTable: STATE_TABLE,
    sweepsQueueUrl: urls.sweeps,
    tagger: common.iam,
    probe: 'nightly',
    probeMinutes: PROBE_MINUTES,
    organization: null,
    organizations,
    dynamo,
  };
  return nightlySweep(oneAccount(settings.account, sweeper)) as unknown as Handler;
}

export function startNotifySlack(context: Surroundings, instance: Instance): Handler {
  const { settings, urls, clock, random } = context;
  const { sqs, dynamo, ssm, log, now } = partsOf(context, instance);
  const exemptTag = settings.exemptTags[0] ?? null;
  // A source of its own leaves the other draws unchanged.
  const draws = random.fork(instance.name);
  const handler = notifySlack({
    config: {
      webhookParameter: '/mfa-enforcer/slack-webhook',
      queueUrl: urls.outcomes,
      failedMessagesUrl: urls.outcomesFailed,
      stateTable: STATE_TABLE,
      partition: 'aws',
      exemptTags: settings.exemptTags,
      enrolWith: settings.enrolWith,
      unblock: settings.unblock,
      runbookUrl: null,
      allowLoopback: false,
    },
    context: {
      partition: 'aws',
      version: 'simulated',
      exemptTag,
      enrolWith: settings.enrolWith,
      unblock: settings.unblock,
      runbookUrl: null,
      now,
    },
    ssm,
    sqs,
    dynamo,
    log,
    now,
    sleep: asleep(clock, instance),
    random: () => draws.next(),
  }) as unknown as Handler;
  const { post } = context;
  return (event, context) => posting.run({ instance, post }, () => handler(event, context));
}

function partsOf({ clock, transport, settings, urls, onLog }: Surroundings, instance: Instance) {
  const client = <C extends object>(Kind: { readonly prototype: C }, service: Service): C =>
    clientOf(Kind, transport.sender(service, instance));
  const write =
    (level: string) =>
    (message: unknown, ...values: unknown[]) =>
      onLog(instance, level, String(message), values[0]);
  const log = { info: write('info'), warn: write('warn'), error: write('error') };
  const iam = client<IAMClient>(IAMClient, 'iam');
  const sqs = client<SQSClient>(SQSClient, 'sqs');
  const now = () => new Date(clock.now + instance.skew);
  const events = client<EventBridgeClient>(EventBridgeClient, 'events');
  const names = accountNames(settings.account, iam, noNames, log);
  return {
    iam,
    sqs,
    dynamo: client<DynamoDBClient>(DynamoDBClient, 'dynamodb'),
    ssm: client<SSMClient>(SSMClient, 'ssm'),
    // A single account never calls it.
    organizations: client<OrganizationsClient>(OrganizationsClient, 'ssm'),
    now,
    log,
    common: {
      settings,
      queueUrl: urls.changes,
      sweepRoleArn: sweepRoleArn(settings.account),
      hub: {
        account: settings.account,
        stack: 'simulated',
        parameters: ['/webhook', '/mail-text'],
      },
      iam,
      sqs,
      names,
      ...publisher({ events, outcomeBus: OUTCOME_BUS, sqs, queueUrl: urls.changes, names, log }),
      measure: () => undefined,
      now,
      log,
    },
  };
}

function asleep(clock: Clock, instance: Instance) {
  return async (ms: number) => {
    await clock.sleep(ms);
    await instance.awake();
  };
}

/** A stand-in for an SDK client: its class, which paginators check, and its send. */
function clientOf<C extends object>({ prototype }: { readonly prototype: C }, send: Send): C {
  return Object.assign(Object.create(prototype) as C, { send });
}
