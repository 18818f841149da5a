import { randomUUID } from 'node:crypto';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { Context, ScheduledEvent, SQSEvent } from 'aws-lambda';
import type { Settings } from './domain/rules/settings.ts';
import { accountNames, namesInStateTable, noNames } from './pipeline/accounts/account-names.ts';
import { oneAccount } from './pipeline/accounts/accounts.ts';
import { spokeAccounts } from './pipeline/accounts/spoke-accounts.ts';
import { handleSweepMessage, type SweepHub } from './pipeline/sweep/handle-sweep-message.ts';
import { startSweep } from './pipeline/sweep/start-sweep.ts';
import {
  dynamoDbClient,
  eventBridgeClient,
  iamClient,
  iamClientWith,
  organizationsClient,
  sqsClient,
  stsClient,
} from './runtime/clients.ts';
import { garbageCollector } from './runtime/collect-garbage.ts';
import { sweepConfig } from './runtime/config.ts';
import { createLog } from './runtime/log.ts';
import { onFirstCall, sqsHandler } from './runtime/sqs-handler.ts';

/** The handler of the nightly schedule and of the queue of sweeps, with its dependencies passed in. */
export function nightlySweep(hub: SweepHub) {
  const onMessages = sqsHandler(hub.log, (records, { getRemainingTimeInMillis }) =>
    Promise.allSettled(
      records.map(({ body }) => handleSweepMessage(hub, body, getRemainingTimeInMillis)),
    ),
  );
  return async (event: Partial<ScheduledEvent> | SQSEvent | null, context: Context) => {
    if (event !== null && 'Records' in event) return onMessages(event, context);
    // A manual invocation has no event.
    return startSweep(hub, event?.id ?? randomUUID());
  };
}

function hubFromEnvironment(): SweepHub {
  const config = sweepConfig(process.env);
  const { settings, organization, stateTable } = config;
  const iam = iamClient();
  const dynamo = dynamoDbClient();
  const now = () => new Date();
  const log = createLog('nightly-sweep');
  const nameOf = organization ? namesInStateTable(dynamo, stateTable, log) : noNames;
  const writeMetrics = (line: string) => void process.stdout.write(line);
  const common = {
    ...config,
    sqs: sqsClient(),
    events: eventBridgeClient(),
    now,
    writeMetrics,
    collectGarbage: garbageCollector(),
    log,
  };

  const sweeperOf = (client: IAMClient, managed: Settings) => ({
    ...common,
    iam: client,
    settings: managed,
    names: accountNames(managed.account, client, nameOf, log),
  });
  const own = sweeperOf(iam, settings);
  const sessions = {
    iamWith: (session: Parameters<typeof iamClientWith>[1]) => iamClientWith(iam, session),
    hub: settings,
    role: 'read',
    sessionName: 'nightly-sweep',
  } as const;
  return {
    ...own,
    dynamo,
    organizations: organizationsClient(),
    accounts: organization
      ? spokeAccounts({ ...sessions, sts: stsClient() }, own, sweeperOf, now)
      : oneAccount(settings.account, own),
  };
}

/** Lambda's entry point. */
export const handler = onFirstCall(() => nightlySweep(hubFromEnvironment()));
