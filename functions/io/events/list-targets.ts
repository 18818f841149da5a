import {
  type EventBridgeClient,
  ListTargetsByRuleCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { needs } from '../needs.ts';

/** A rule's targets: five at most, so that one page holds them. */
export const listTargets = needs(
  ['events:ListTargetsByRule'],
  async (events: EventBridgeClient, bus: string, rule: string): Promise<Target[]> => {
    const { Targets } = await events.send(
      new ListTargetsByRuleCommand({ Rule: rule, EventBusName: bus }),
    );
    return Targets ?? [];
  },
);
