import type { SSMClient } from '@aws-sdk/client-ssm';
import { parseOutcome } from '../events/outcome.ts';
import { checkWebhook } from './domain/webhook.ts';
import { getParameter } from './io/get-parameter.ts';
import { postToSlack } from './io/post-to-slack.ts';
import { slackMessage } from './render/slack.ts';
import { ssmClient } from './setup/clients.ts';
import { type SlackConfig, slackConfig } from './setup/config.ts';
import { createLog, type Log } from './setup/log.ts';
import { onFirstCall } from './setup/on-first-call.ts';
import { sqsHandler } from './setup/sqs-handler.ts';

export interface Notifier {
  readonly ssm: SSMClient;
  readonly config: SlackConfig;
  readonly log: Log;
}

/** The handler of the queue of outcomes, with everything it works with passed in. One message at a time. */
export function notifySlack(notifier: Notifier) {
  return sqsHandler(notifier.log, async (records) => {
    const results: PromiseSettledResult<void>[] = [];
    for (const { body } of records) {
      results.push(...(await Promise.allSettled([notify(notifier, body)])));
    }
    return results;
  });
}

async function notify({ ssm, config, log }: Notifier, body: string): Promise<void> {
  const outcome = parseOutcome(body);
  const message = slackMessage(outcome);
  if (message === null) return log.info('nothing to tell', { outcomeId: outcome.id });
  // Read each time, so that a changed webhook counts at once: Parameter Store allows 40 reads a second.
  const webhook = checkWebhook(
    await getParameter(ssm, config.webhookParameter),
    config.allowLoopback,
  );
  await postToSlack(webhook, message);
  log.info('told', { outcomeId: outcome.id });
}

/** Lambda's entry point. */
export const handler = onFirstCall(() =>
  notifySlack({
    ssm: ssmClient(),
    config: slackConfig(process.env),
    log: createLog('notify-slack'),
  }),
);
