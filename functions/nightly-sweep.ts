import { randomUUID } from 'node:crypto';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { Context, ScheduledEvent, SQSEvent } from 'aws-lambda';
import type { Settings } from './domain/rules/settings.ts';
import { accountNames, namesInStateTable, noNames } from './pipeline/accounts/account-names.ts';
import { type Accounts, oneAccount, spokeAccounts } from './pipeline/accounts/accounts.ts';
import { spokeClient } from './pipeline/accounts/spoke-session.ts';
import { measureInLog } from './pipeline/measure.ts';
import { publisher } from './pipeline/publish.ts';
import { startSweep } from './pipeline/sweep/start-sweep.ts';
import { handleSweepMessage } from './pipeline/sweep/sweep-account.ts';
import type { SweepDeps } from './pipeline/sweep/sweep-deps.ts';
import {
  dynamoDbClient,
  eventBridgeClient,
  iamClient,
  iamClientWith,
  organizationsClient,
  sqsClient,
  stsClient,
} from './runtime/clients.ts';
import { sweepConfig } from './runtime/config.ts';
import { createLog } from './runtime/log.ts';
import { onFirstCall, sqsHandler } from './runtime/sqs-handler.ts';

/** The handler of the nightly schedule and of the queue of sweeps, with its dependencies passed in. */
export function nightlySweep(accounts: Accounts<SweepDeps>) {
  const onMessages = sqsHandler(accounts.own.log, (records, { getRemainingTimeInMillis }) =>
    Promise.allSettled(
      records.map(({ body }) => handleSweepMessage(accounts, body, getRemainingTimeInMillis)),
    ),
  );
  return async (event: Partial<ScheduledEvent> | SQSEvent | null, context: Context) => {
    if (event !== null && 'Records' in event) return onMessages(event, context);
    // A manual invocation has no event.
    return startSweep(accounts.own, event?.id ?? randomUUID());
  };
}

function accountsFromEnvironment(): Accounts<SweepDeps> {
  const config = sweepConfig(process.env);
  const { settings, organization, stateTable, queueUrl, outcomeBus, stack } = config;
  const iam = iamClient();
  const sqs = sqsClient();
  const events = eventBridgeClient();
  const dynamo = dynamoDbClient();
  const now = () => new Date();
  const log = createLog('nightly-sweep');
  const nameOf = organization ? namesInStateTable(dynamo, stateTable, log) : noNames;
  const common = {
    sqs,
    queueUrl,
    sweepsQueueUrl: config.sweepsQueueUrl,
    dynamo,
    stateTable,
    organization,
    probe: config.probe,
    probeMinutes: config.probeMinutes,
    organizations: organizationsClient(),
    measure: measureInLog(stack, now, (line) => void process.stdout.write(line)),
    now,
    log,
  };
  const depsOf = (client: IAMClient, tagger: IAMClient, managed: Settings): SweepDeps => {
    const names = accountNames(managed.account, client, nameOf, log);
    return {
      ...common,
      ...publisher({ events, outcomeBus, sqs, queueUrl, names, log }),
      iam: client,
      tagger,
      settings: managed,
      names,
    };
  };
  const own = depsOf(iam, iam, settings);
  if (!organization) return oneAccount(settings.account, own);
  const sessions = {
    sts: stsClient(),
    iamWith: (session: Parameters<typeof iamClientWith>[1]) => iamClientWith(iam, session),
    hub: settings,
    role: 'read',
    sessionName: 'nightly-sweep',
  } as const;
  const taggerOf = (account: string) => spokeClient({ ...sessions, role: 'probe' }, account);
  const spoke = (client: IAMClient, managed: Settings) =>
    depsOf(client, taggerOf(managed.account), managed);
  return spokeAccounts(sessions, own, spoke, now);
}

/** Lambda's entry point. */
export const handler = onFirstCall(() => nightlySweep(accountsFromEnvironment()));
