import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateGroupCommand, IAMClient, PutGroupPolicyCommand } from '@aws-sdk/client-iam';
import { forceMfaPolicy } from '../../functions/domain/force-mfa.ts';
import type { Stack } from './deploy.ts';
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

/** moto's CloudFormation makes no IAM groups: the deny group is made here, named like the policy, as deployed. */
export async function createDenyGroup(moto: string, stack: Stack): Promise<void> {
  const iam = localClient(IAMClient, moto);
  const PolicyArn = stack.resources.get('ForceMfaPolicy');
  const GroupName = PolicyArn?.split('/').at(-1);
  await iam.send(new CreateGroupCommand({ GroupName }));
  const PolicyDocument = JSON.stringify(forceMfaPolicy('aws'));
  await iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName: GroupName, PolicyDocument }));
  iam.destroy();
}
