import type { IAMClient } from '@aws-sdk/client-iam';
import type { Settings } from './domain/rules/settings.ts';
import { accountNames, namesInStateTable, noNames } from './pipeline/accounts/account-names.ts';
import { oneAccount } from './pipeline/accounts/accounts.ts';
import { spokeAccounts } from './pipeline/accounts/spoke-accounts.ts';
import { rateLimited } from './pipeline/rate-limited.ts';
import { AccountThrottle } from './pipeline/review/account-throttle.ts';
import { Breaker } from './pipeline/review/circuit-breaker.ts';
import { within } from './pipeline/review/deadline.ts';
import { enforcerOf } from './pipeline/review/enforcer.ts';
import type { Pipeline } from './pipeline/review/handle-account.ts';
import { type Hub, handleBatch } from './pipeline/review/handle-batch.ts';
import { tableStateStore } from './pipeline/state-store.ts';
import {
  dynamoDbClient,
  eventBridgeClient,
  iamClient,
  iamClientWith,
  sqsClient,
  stsClient,
} from './runtime/clients.ts';
import { reviewConfig } from './runtime/config.ts';
import { createLog } from './runtime/log.ts';
import { onFirstCall, sqsHandler } from './runtime/sqs-handler.ts';

/** The handler of the queue of IAM changes, with its dependencies passed in. */
export function onIamChange(hub: Hub) {
  return sqsHandler(hub.log, (records) => handleBatch(hub, records));
}

// The function's timeout is 60 s (serverless.yml). A slow record fails alone, before the timeout fails the whole batch.
const BATCH_DEADLINE_MS = 50_000;

function hubFromEnvironment(): Hub {
  const config = reviewConfig(process.env);
  const iam = iamClient();
  const now = () => new Date();
  const log = createLog('on-iam-change');
  const dynamo = dynamoDbClient();
  const stateStore = tableStateStore(dynamo, config.stateTable);
  const nameOf = config.organization ? namesInStateTable(dynamo, config.stateTable, log) : noNames;
  const writeMetrics = (line: string) => void process.stdout.write(line);
  const common = {
    ...config,
    sqs: sqsClient(),
    events: eventBridgeClient(),
    stateStore,
    now,
    writeMetrics,
    rateLimited: rateLimited(now),
    log,
  };

  const pipelineOf = (client: IAMClient, settings: Settings): Pipeline => ({
    ...common,
    iam: client,
    settings,
    enforcer: enforcerOf(client, settings, new Breaker(client, settings, stateStore, now, log)),
    names: accountNames(settings.account, client, nameOf, log),
  });
  const own = pipelineOf(iam, config.settings);
  const sessions = {
    iamWith: (session: Parameters<typeof iamClientWith>[1]) => iamClientWith(iam, session),
    hub: config.settings,
    role: 'review',
    sessionName: 'on-iam-change',
  } as const;
  return {
    ...own,
    accounts: config.organization
      ? spokeAccounts({ ...sessions, sts: stsClient() }, own, pipelineOf, now)
      : oneAccount(config.settings.account, own),
    deadline: () => within(BATCH_DEADLINE_MS),
    accountThrottle: config.organization ? new AccountThrottle(now) : null,
    random: Math.random,
  };
}

/** Lambda's entry point. */
export const handler = onFirstCall(() => onIamChange(hubFromEnvironment()));
