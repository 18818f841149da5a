import type { IAMClient } from '@aws-sdk/client-iam';
import type { Settings } from './domain/rules/settings.ts';
import { accountNames, namesInStateTable, noNames } from './pipeline/accounts/account-names.ts';
import { type Accounts, oneAccount, spokeAccounts } from './pipeline/accounts/accounts.ts';
import { measureInLog } from './pipeline/measure.ts';
import { publisher } from './pipeline/publish.ts';
import { rateLimited } from './pipeline/rate-limited.ts';
import { AccountThrottle } from './pipeline/review/account-throttle.ts';
import { Deadline } from './pipeline/review/deadline.ts';
import { enforcerOf } from './pipeline/review/enforcer.ts';
import { handleBatch } from './pipeline/review/handle-batch.ts';
import type { BatchDeps } from './pipeline/review/review-deps.ts';
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
export function onIamChange(accounts: Accounts<BatchDeps>) {
  return sqsHandler(accounts.own.log, (records) => handleBatch(accounts, records));
}

function accountsFromEnvironment(): Accounts<BatchDeps> {
  const config = reviewConfig(process.env);
  const { settings, organization, queueUrl, outcomeBus, hub, sweepRoleArn, stack } = config;
  const iam = iamClient();
  const sqs = sqsClient();
  const events = eventBridgeClient();
  const dynamo = dynamoDbClient();
  const now = () => new Date();
  const log = createLog('on-iam-change');
  const stateStore = tableStateStore(dynamo, config.stateTable);
  const nameOf = organization ? namesInStateTable(dynamo, config.stateTable, log) : noNames;
  const common = {
    sqs,
    queueUrl,
    sweepsQueueUrl: config.sweepsQueueUrl,
    hub,
    sweepRoleArn,
    stateStore,
    rateLimited: rateLimited(now),
    measure: measureInLog(stack, now, (line) => void process.stdout.write(line)),
    deadline: () => new Deadline(now),
    accountThrottle: organization ? new AccountThrottle(now) : null,
    random: Math.random,
    now,
    log,
  };
  const depsOf = (client: IAMClient, managed: Settings): BatchDeps => {
    const names = accountNames(managed.account, client, nameOf, log);
    return {
      ...common,
      ...publisher({ events, outcomeBus, sqs, queueUrl, names, log }),
      iam: client,
      settings: managed,
      enforcer: enforcerOf(client, managed, stateStore, now, log),
    };
  };
  const own = depsOf(iam, settings);
  if (!organization) return oneAccount(settings.account, own);
  const sessions = {
    sts: stsClient(),
    iamWith: (session: Parameters<typeof iamClientWith>[1]) => iamClientWith(iam, session),
    hub: settings,
    role: 'review',
    sessionName: 'on-iam-change',
  } as const;
  return spokeAccounts(sessions, own, depsOf, now);
}

/** Lambda's entry point. */
export const handler = onFirstCall(() => onIamChange(accountsFromEnvironment()));
