import { setTimeout as sleep } from 'node:timers/promises';
import { deliver } from './pipeline/notify/deliver.ts';
import { type SlackDeps, slackChannel } from './pipeline/notify/slack-channel.ts';
import { dynamoDbClient, sqsClient, ssmClient } from './runtime/clients.ts';
import { slackConfig } from './runtime/config.ts';
import { createLog } from './runtime/log.ts';
import { onFirstCall, sqsHandler } from './runtime/sqs-handler.ts';
import { version } from './runtime/version.ts';

/** The handler of the queue of outcomes, with its dependencies passed in. */
export function notifySlack(deps: SlackDeps) {
  const channel = slackChannel(deps);
  return sqsHandler(deps.log, (records) => deliver(deps, channel, records));
}

/** Lambda's entry point. */
export const handler = onFirstCall(() => {
  const config = slackConfig(process.env);
  const now = () => new Date();
  const { partition, exemptTags, enrolWith, unblock, runbookUrl } = config;
  return notifySlack({
    config,
    context: {
      partition,
      version,
      exemptTag: exemptTags[0] ?? null,
      enrolWith,
      unblock,
      runbookUrl,
      now,
    },
    ssm: ssmClient(),
    sqs: sqsClient(),
    dynamo: dynamoDbClient(),
    log: createLog('notify-slack'),
    now,
    sleep,
    random: Math.random,
  });
});
