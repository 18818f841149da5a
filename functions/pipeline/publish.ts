import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Outcome } from '../../events/outcome.ts';
import { putOutcomes } from '../io/eventbridge.ts';
import { sendMessage } from '../io/sqs.ts';
import type { Log } from '../runtime/log.ts';
import type { AccountNames } from './accounts/account-names.ts';

const TRIES = 3;
const WAIT_SECONDS = 30;

export interface Publisher {
  readonly events: EventBridgeClient;
  readonly sqs: SQSClient;
  readonly outcomeBus: string;
  readonly queueUrl: string;
  readonly names: AccountNames;
  readonly log: Log;
}

/**
 * Publishes outcomes. An outcome that EventBridge refuses three times waits in the queue of IAM changes and is published
 * from there, so that no action stays unreported.
 * @throws if the queue refuses it, too
 */
export async function publish(publisher: Publisher, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const named = outcomes.map(async (outcome) => ({
    ...outcome,
    ...(await publisher.names(outcome.account)),
  }));
  const left = await put(publisher, await Promise.all(named));
  for (const outcome of left) {
    publisher.log.warn('outcome waits in the queue', { outcomeId: outcome.id });
    const message = { schema: 'mfa-enforcer/unpublished-outcome/1', outcome };
    await sendMessage(publisher.sqs, publisher.queueUrl, JSON.stringify(message), WAIT_SECONDS);
  }
}

/**
 * Publishes an outcome that has waited in the queue.
 * @throws if EventBridge still refuses it, so that the message is tried again
 */
export async function publishWaiting(publisher: Publisher, outcome: Outcome): Promise<void> {
  const left = await put(publisher, [outcome]);
  if (left.length > 0) throw new Error(`EventBridge did not accept the outcome ${outcome.id}`);
}

async function put(
  publisher: Publisher,
  outcomes: readonly Outcome[],
): Promise<readonly Outcome[]> {
  let left = outcomes;
  for (let attempt = 1; attempt <= TRIES && left.length > 0; attempt += 1) {
    try {
      const refused = await putOutcomes(publisher.events, publisher.outcomeBus, left);
      left = refused.map(({ outcome }) => outcome);
      for (const { outcome, errorCode } of refused) {
        publisher.log.warn('PutEvents refused an entry', {
          outcomeId: outcome.id,
          errorCode,
          attempt,
        });
      }
    } catch (error) {
      publisher.log.warn('PutEvents failed', { attempt, error: error as Error });
    }
  }
  return left;
}
