import { accountAlias } from './pipeline/account-alias.ts';
import { Breaker } from './pipeline/breaker.ts';
import { enforcerOf } from './pipeline/enforce.ts';
import { handleBatch, type Pipeline } from './pipeline/handle-batch.ts';
import { eventBridgeClient, iamClient, sqsClient } from './setup/clients.ts';
import { reviewConfig } from './setup/config.ts';
import { createLog } from './setup/log.ts';
import { onFirstCall } from './setup/on-first-call.ts';
import { sqsHandler } from './setup/sqs-handler.ts';

/** The handler of the queue of IAM changes, with everything it works with passed in. */
export function onIamChange(pipeline: Pipeline) {
  return sqsHandler(pipeline.log, (records) => handleBatch(pipeline, records));
}

function pipelineFromEnvironment(): Pipeline {
  const config = reviewConfig(process.env);
  const iam = iamClient();
  const now = () => new Date();
  const { settings } = config;
  const log = createLog('on-iam-change');
  const breaker = new Breaker(iam, settings, now);
  return {
    ...config,
    iam,
    sqs: sqsClient(),
    events: eventBridgeClient(),
    enforcer: enforcerOf(iam, settings, breaker),
    now,
    writeMetrics: (line) => process.stdout.write(line),
    log,
    alias: accountAlias(iam, log),
  };
}

/** Lambda's entry point. */
export const handler = onFirstCall(() => onIamChange(pipelineFromEnvironment()));
