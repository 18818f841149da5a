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
 * Removes the rules with a schedule. moto matches every event with such a rule, and answers 500 to PutEvents for its
 * Lambda target. It never runs the schedule, so the local run invokes the sweep itself.
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

/** Creates the deny group, because moto's CloudFormation creates no IAM groups. @param name the name of the policy */
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
