import {
  DescribeRuleCommand,
  type EventBridgeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import { needs } from '../needs.ts';

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
        pattern: rule.EventPattern ? (JSON.parse(rule.EventPattern) as unknown) : null,
        schedule: rule.ScheduleExpression ?? null,
      };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  },
);
