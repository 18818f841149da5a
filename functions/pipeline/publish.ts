import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Outcome } from '../../events/outcome.ts';
import { putOutcomes } from '../io/eventbridge.ts';
import { sendMessage } from '../io/sqs.ts';
import type { Log } from '../runtime/log.ts';
import type { AccountNames } from './accounts/account-names.ts';

const TRIES = 3;
const WAIT_SECONDS = 30;

/** The outcome bus, and the queue of IAM changes, in which outcomes wait for it. */
interface OutcomeBus {
  readonly events: EventBridgeClient;
  readonly outcomeBus: string;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly names: AccountNames;
  readonly log: Log;
}

/** Publishes outcomes on the outcome bus. */
export interface Publisher {
  /**
   * Publishes outcomes. An outcome that EventBridge refuses three times waits in the queue of IAM changes and is published
   * from there, so that no action stays unreported.
   * @throws if the queue refuses it, too
   */
  readonly publish: (outcomes: readonly Outcome[]) => Promise<void>;
  /**
   * Publishes an outcome that has waited in the queue.
   * @throws if EventBridge still refuses it, so that the message is tried again
   */
  readonly publishWaiting: (outcome: Outcome) => Promise<void>;
}

/** The publisher of an account: it adds the account's names to each outcome. */
export function publisher(bus: OutcomeBus): Publisher {
  return {
    publish: async (outcomes) => {
      if (outcomes.length === 0) return;
      const named = outcomes.map(async (outcome) => ({
        ...outcome,
        ...(await bus.names(outcome.account)),
      }));
      const left = await put(bus, await Promise.all(named));
      for (const outcome of left) {
        bus.log.warn('outcome waits in the queue', { outcomeId: outcome.id });
        const message = { schema: 'mfa-enforcer/unpublished-outcome/1', outcome };
        await sendMessage(bus.sqs, bus.queueUrl, JSON.stringify(message), WAIT_SECONDS);
      }
    },
    publishWaiting: async (outcome) => {
      const left = await put(bus, [outcome]);
      if (left.length > 0) throw new Error(`EventBridge did not accept the outcome ${outcome.id}`);
    },
  };
}

async function put(bus: OutcomeBus, outcomes: readonly Outcome[]): Promise<readonly Outcome[]> {
  let left = outcomes;
  for (let attempt = 1; attempt <= TRIES && left.length > 0; attempt += 1) {
    try {
      const refused = await putOutcomes(bus.events, bus.outcomeBus, left);
      left = refused.map(({ outcome }) => outcome);
      for (const { outcome, errorCode } of refused) {
        bus.log.warn('PutEvents refused an entry', {
          outcomeId: outcome.id,
          errorCode,
          attempt,
        });
      }
    } catch (error) {
      bus.log.warn('PutEvents failed', { attempt, error: error as Error });
    }
  }
  return left;
}
