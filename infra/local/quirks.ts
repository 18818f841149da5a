import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateGroupCommand, IAMClient, PutGroupPolicyCommand } from '@aws-sdk/client-iam';
import { forceMfaPolicy } from '../../functions/domain/rules/force-mfa.ts';
import { type LocalCredentials, localClient } from './local-client.ts';

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

/** moto's CloudFormation makes no IAM groups: the deny group is made here, as deployed. @param name as the policy */
export async function createDenyGroup(
  moto: string,
  name: string,
  credentials?: LocalCredentials,
): Promise<void> {
  const iam = localClient(IAMClient, moto, credentials);
  await iam.send(new CreateGroupCommand({ GroupName: name }));
  const PolicyDocument = JSON.stringify(forceMfaPolicy('aws', 'console'));
  await iam.send(new PutGroupPolicyCommand({ GroupName: name, PolicyName: name, PolicyDocument }));
  iam.destroy();
}
