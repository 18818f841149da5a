import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { localClient } from './local-client.ts';

/**
 * moto takes a rule with a schedule and no pattern to match every event, and answers 500 to PutEvents for its
 * Lambda target. It never fires the schedule either: the local run invokes the sweep itself.
 */
export async function unplugSchedules(moto: string): Promise<void> {
  const events = localClient(EventBridgeClient, moto);
  const { Rules } = await events.send(new ListRulesCommand({}));
  for (const { Name, ScheduleExpression } of Rules ?? []) {
    if (!ScheduleExpression) continue;
    const { Targets } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    const Ids = (Targets ?? []).map(({ Id = '' }) => Id);
    await events.send(new RemoveTargetsCommand({ Rule: Name, Ids }));
  }
  events.destroy();
}
