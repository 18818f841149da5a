import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  CloudTrailClient,
  CreateTrailCommand,
  DescribeTrailsCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  EventBridgeClient,
  PutPermissionCommand,
  PutRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { StackTemplate } from '../../functions/domain/deployment/stack-template.ts';
import {
  describeStack,
  getTemplate,
  listStackResources,
} from '../../functions/io/cloudformation.ts';
import { queueAttributes } from '../../functions/pipeline/doctor/check-queues.ts';
import { ACCOUNT } from './deploy.ts';
import { localClient } from './local-client.ts';

/** The trail of createManagementTrail, and its bucket. */
export const TRAIL = 'management-events';

/**
 * Adds what moto's CloudFormation leaves out of a stack, from its template, and the trail that the account has. Then
 * `mfa-enforcer doctor` has no findings, as in AWS.
 * @param stack its name
 */
export async function fillGaps(moto: string, stack: string): Promise<void> {
  const deployed = await deployedTemplate(moto, stack);
  await Promise.all([
    createManagementTrail(moto),
    putRules(moto, deployed),
    putQueuePolicies(moto, deployed),
    putBusPolicies(moto, deployed),
    putRolePolicies(moto, deployed),
  ]);
}

async function deployedTemplate(moto: string, name: string) {
  const cloudFormation = localClient(CloudFormationClient, moto);
  const [summary, resources, template] = await Promise.all([
    describeStack(cloudFormation, name),
    listStackResources(cloudFormation, name),
    getTemplate(cloudFormation, name),
  ]);
  cloudFormation.destroy();
  const { parameters = {} } = summary ?? {};
  const facts = {
    name,
    partition: 'aws',
    region: 'us-east-1',
    account: ACCOUNT,
    parameters,
    resources,
  };
  return { template: new StackTemplate(template, facts), resources };
}

type Deployed = Awaited<ReturnType<typeof deployedTemplate>>;

/**
 * Creates a trail that records management events, as an account should have one, unless there is a trail.
 * startTrail() delivers its events; this is its entry in CloudTrail.
 */
export async function createManagementTrail(moto: string): Promise<void> {
  const s3 = localClient(S3Client, moto);
  const cloudTrail = localClient(CloudTrailClient, moto);
  const { trailList } = await cloudTrail.send(new DescribeTrailsCommand({}));
  if (trailList?.length === 0) {
    await s3.send(new CreateBucketCommand({ Bucket: TRAIL }));
    await cloudTrail.send(
      new CreateTrailCommand({ Name: TRAIL, S3BucketName: TRAIL, IsMultiRegionTrail: true }),
    );
    // AWS gives a new trail this selector.
    const EventSelectors = [{ ReadWriteType: 'All' as const, IncludeManagementEvents: true }];
    await cloudTrail.send(new PutEventSelectorsCommand({ TrailName: TRAIL, EventSelectors }));
    await cloudTrail.send(new StartLoggingCommand({ Name: TRAIL }));
  }
  for (const client of [s3, cloudTrail]) client.destroy();
}

/** Matches no event. */
const NEVER = '{"source":["never"]}';

/**
 * Event patterns: moto leaves AWS::NoValue in a list. A rule with a schedule gets one that matches nothing: moto matches
 * every event with such a rule, and answers 500 to PutEvents for its Lambda target. It never runs the schedule, so the
 * local run starts the sweep itself.
 */
async function putRules(moto: string, { template, resources }: Deployed): Promise<void> {
  const events = localClient(EventBridgeClient, moto);
  for (const id of template.idsOf('AWS::Events::Rule')) {
    const { EventPattern, ScheduleExpression, EventBusName, Description } = template.propertiesOf(
      id,
    ) as Record<string, string | undefined>;
    await events.send(
      new PutRuleCommand({
        Name: resources.get(id)?.physicalId.split('|').at(-1),
        EventBusName,
        Description,
        ScheduleExpression,
        EventPattern: EventPattern === undefined ? NEVER : JSON.stringify(EventPattern),
      }),
    );
  }
  events.destroy();
}

/** moto skips AWS::SQS::QueuePolicy. It forgets a queue's other policy where only one is set. */
async function putQueuePolicies(moto: string, { template, resources }: Deployed): Promise<void> {
  const sqs = localClient(SQSClient, moto);
  for (const id of template.idsOf('AWS::SQS::Queue')) {
    const QueueUrl = resources.get(id)?.physicalId ?? '';
    const attributes = Object.entries(queueAttributes(template, id, QueueUrl));
    if (attributes.length === 0) continue;
    const Attributes = Object.fromEntries(
      attributes.map(([name, value]) => [name, JSON.stringify(value)]),
    );
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
  sqs.destroy();
}

/** moto skips AWS::Events::EventBusPolicy. */
async function putBusPolicies(moto: string, { template }: Deployed): Promise<void> {
  const events = localClient(EventBridgeClient, moto);
  for (const id of template.idsOf('AWS::Events::EventBusPolicy')) {
    const { EventBusName, StatementId, Statement } = template.propertiesOf(id);
    const statement = { Sid: StatementId, ...(Statement as object) };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await events.send(new PutPermissionCommand({ EventBusName: String(EventBusName), Policy }));
  }
  events.destroy();
}

/** moto keeps a role's own policies in Python's notation, and skips AWS::IAM::RolePolicy. */
async function putRolePolicies(moto: string, { template, resources }: Deployed): Promise<void> {
  const iam = localClient(IAMClient, moto);
  const put = (RoleName: unknown, { PolicyName, PolicyDocument }: Record<string, unknown>) =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: String(RoleName),
        PolicyName: String(PolicyName),
        PolicyDocument: JSON.stringify(PolicyDocument),
      }),
    );
  for (const id of template.idsOf('AWS::IAM::Role')) {
    const { Policies = [] } = template.propertiesOf(id);
    const role = resources.get(id)?.physicalId;
    for (const policy of Policies as Record<string, unknown>[]) await put(role, policy);
  }
  for (const id of template.idsOf('AWS::IAM::RolePolicy')) {
    const { RoleName, ...policy } = template.propertiesOf(id);
    await put(RoleName, policy);
  }
  iam.destroy();
}
