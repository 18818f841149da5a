import {
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  type EventBridgeClient,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  ResourceNotFoundException,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { detailTypes, OUTCOME_SOURCE, type Outcome } from '../../events/outcome.ts';
import { parsedDocument } from './json-document.ts';
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

export interface Rule {
  readonly enabled: boolean;
  /** Parsed; null for a rule with a schedule. */
  readonly pattern: unknown;
  readonly schedule: string | null;
}

/** A rule of a bus, or null where it does not exist. */
export const describeRule = needs(
  ['events:DescribeRule'],
  async (events: EventBridgeClient, bus: string, name: string): Promise<Rule | null> => {
    try {
      const rule = await events.send(new DescribeRuleCommand({ Name: name, EventBusName: bus }));
      return {
        // ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS is a way of being enabled.
        enabled: rule.State?.startsWith('ENABLED') ?? false,
        pattern: rule.EventPattern
          ? parsedDocument(rule.EventPattern, `the event pattern of the rule ${name}`)
          : null,
        schedule: rule.ScheduleExpression ?? null,
      };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  },
);

/** Switches a rule off. A rule that does not exist needs no switching off. */
export const disableRule = needs(
  ['events:DisableRule'],
  async (events: EventBridgeClient, bus: string, name: string): Promise<void> => {
    try {
      await events.send(new DisableRuleCommand({ Name: name, EventBusName: bus }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  },
);

/** Who may send to a bus: its resource policy, parsed. Null where it has none, or does not exist. */
export const getBusPolicy = needs(
  ['events:DescribeEventBus'],
  async (events: EventBridgeClient, bus: string): Promise<unknown> => {
    try {
      const { Policy } = await events.send(new DescribeEventBusCommand({ Name: bus }));
      return Policy ? parsedDocument(Policy, `the policy of the bus ${bus}`) : null;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  },
);

/** A rule's targets: five at most, so that one page contains them. */
export const listTargets = needs(
  ['events:ListTargetsByRule'],
  async (events: EventBridgeClient, bus: string, rule: string): Promise<Target[]> => {
    const { Targets } = await events.send(
      new ListTargetsByRuleCommand({ Rule: rule, EventBusName: bus }),
    );
    return Targets ?? [];
  },
);
