import { setTimeout as sleep } from 'node:timers/promises';
import { deliver } from './pipeline/slack/deliver.ts';
import type { Messenger } from './pipeline/slack/messenger.ts';
import { dynamoDbClient, sqsClient, ssmClient } from './setup/clients.ts';
import { slackConfig } from './setup/config.ts';
import { createLog } from './setup/log.ts';
import { onFirstCall } from './setup/on-first-call.ts';
import { sqsHandler } from './setup/sqs-handler.ts';
import { version } from './setup/version.ts';

/** The handler of the queue of outcomes, with everything it works with passed in. */
export function notifySlack(messenger: Messenger) {
  return sqsHandler(messenger.log, (records) => deliver(messenger, records));
}

/** Lambda's entry point. */
export const handler = onFirstCall(() => {
  const config = slackConfig(process.env);
  const now = () => new Date();
  const { partition, exemptTags, enrolWith } = config;
  return notifySlack({
    config,
    around: { partition, version, exemptTag: exemptTags[0] ?? null, enrolWith, now },
    ssm: ssmClient(),
    sqs: sqsClient(),
    dynamo: dynamoDbClient(),
    log: createLog('notify-slack'),
    now,
    sleep,
  });
});
