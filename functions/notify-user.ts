import { setTimeout as sleep } from 'node:timers/promises';
import { deliver } from './pipeline/notify/deliver.ts';
import { type MailDeps, mailChannel } from './pipeline/notify/mail-channel.ts';
import { dynamoDbClient, sesClient, sqsClient, ssmClient } from './runtime/clients.ts';
import { mailConfig } from './runtime/config.ts';
import { createLog } from './runtime/log.ts';
import { onFirstCall, sqsHandler } from './runtime/sqs-handler.ts';

/** The handler of the queue of outcomes that users get mails about, with its dependencies passed in. */
export function notifyUser(deps: MailDeps) {
  const channel = mailChannel(deps);
  return sqsHandler(deps.log, (records) => deliver(deps, channel, records));
}

/** Lambda's entry point. */
export const handler = onFirstCall(() =>
  notifyUser({
    config: mailConfig(process.env),
    ses: sesClient(),
    ssm: ssmClient(),
    sqs: sqsClient(),
    dynamo: dynamoDbClient(),
    log: createLog('notify-user'),
    now: () => new Date(),
    sleep,
    random: Math.random,
  }),
);
