import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScheduledEvent } from 'aws-lambda';
import { accountAlias } from './pipeline/account-alias.ts';
import { type Publisher, publish } from './pipeline/publish.ts';
import { recordSweep, type SweepRecorder } from './pipeline/record-sweep.ts';
import { type Sweeper, sweep } from './pipeline/sweep.ts';
import { dynamoDbClient, eventBridgeClient, iamClient, sqsClient } from './setup/clients.ts';
import { sweepConfig } from './setup/config.ts';
import { createLog } from './setup/log.ts';
import { onFirstCall } from './setup/on-first-call.ts';

/** The handler of the nightly schedule, with everything it works with passed in. */
export function nightlySweep(deps: Sweeper & Publisher & SweepRecorder) {
  return async (event: Partial<ScheduledEvent> | null) => {
    // Started by hand it has no event.
    const swept = await sweep(deps, event?.id ?? randomUUID());
    await publish(deps, swept.outcomes);
    if (swept.kind === 'unfinished') throw swept.error;
    await recordSweep(deps, swept.finished);
    deps.log.info('sweep finished', { ...swept.finished });
    return swept.finished.totals;
  };
}

/** Lambda's entry point. */
export const handler = onFirstCall(() => {
  const iam = iamClient();
  const log = createLog('nightly-sweep');
  return nightlySweep({
    ...sweepConfig(process.env),
    iam,
    sqs: sqsClient(),
    events: eventBridgeClient(),
    dynamo: dynamoDbClient(),
    alias: accountAlias(iam, log),
    now: () => new Date(),
    sleep,
    log,
  });
});
