import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { detailTypes, OUTCOME_SOURCE, type Outcome } from '../../events/outcome.ts';
import { needs } from './needs.ts';

// PutEvents takes at most 10 entries a call.
const ENTRIES_PER_CALL = 10;

/**
 * Publishes outcomes to the outcome bus.
 * PutEvents answers 200 with FailedEntryCount > 0, so each entry's own answer counts.
 * @returns the outcomes EventBridge did not take, with its error codes; empty when all went out
 * @throws where the whole call fails
 */
export const putOutcomes = needs(
  ['events:PutEvents'],
  async (
    events: EventBridgeClient,
    busName: string,
    outcomes: readonly Outcome[],
  ): Promise<{ outcome: Outcome; errorCode: string }[]> => {
    const failed: { outcome: Outcome; errorCode: string }[] = [];
    for (let from = 0; from < outcomes.length; from += ENTRIES_PER_CALL) {
      const chunk = outcomes.slice(from, from + ENTRIES_PER_CALL);
      const { Entries } = await events.send(
        new PutEventsCommand({
          Entries: chunk.map((outcome) => ({
            EventBusName: busName,
            Source: OUTCOME_SOURCE,
            DetailType: detailTypes[outcome.kind],
            Time: new Date(outcome.at),
            Detail: JSON.stringify(outcome),
          })),
        }),
      );
      chunk.forEach((outcome, index) => {
        const answer = Entries?.[index];
        if (!answer?.EventId) failed.push({ outcome, errorCode: answer?.ErrorCode ?? 'NoAnswer' });
      });
    }
    return failed;
  },
);
