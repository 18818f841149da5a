import { describeChanges, policyChanges } from '../../domain/deployment/policy-changes.ts';
import type { StackTemplate } from '../../domain/deployment/stack-template.ts';
import { getQueueAttributes } from '../../io/sqs.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  orWell,
  resourcesOf,
  runCheckEach,
} from './check.ts';
import { aws, printed, putBack } from './fixes.ts';

/** Checks that EventBridge may send to the queues, and that failed messages go to the dead-letter queues. */
export async function checkQueues(
  context: DeploymentContext,
  deployment: Deployment,
): Promise<Finding[]> {
  const queues = resourcesOf(deployment, 'AWS::SQS::Queue');
  const found = await runCheckEach(context, 'queues', queues, (queue) =>
    checkQueue(context, deployment, queue),
  );
  return orWell(
    'queues',
    found,
    `${queues.length} queues have their policies and dead-letter queues`,
  );
}

async function checkQueue(
  context: DeploymentContext,
  { template }: Deployment,
  [id, url]: readonly [string, string],
): Promise<Finding[]> {
  const attributes = await getQueueAttributes(context.clients.sqs, url);
  if (attributes === null) {
    return [broken('queues', `${id} does not exist`, ...putBack(context))];
  }
  if (template === null) return [];
  const fix = [
    printed(context, id, 'queue.json'),
    aws(context, 'sqs', `set-queue-attributes --queue-url ${url} --attributes file://queue.json`),
  ];
  const found: Finding[] = [];
  const { Policy, RedrivePolicy } = queueAttributes(template, id, url);
  const changes = Policy === undefined ? null : policyChanges(attributes.policy, Policy);
  if (changes !== null) {
    const blocks = changes.lost.length > 0 ? ': EventBridge may not send to it' : '';
    const message = `the policy of ${id} ${describeChanges(changes)}${blocks}`;
    found.push(broken('queues', message, ...fix));
  }
  if (RedrivePolicy !== undefined && !isSameRedrive(attributes.redrivePolicy, RedrivePolicy)) {
    const message = `the RedrivePolicy of ${id}, which names its dead-letter queue, is not as deployed`;
    found.push(broken('queues', message, ...fix));
  }
  return found;
}

/** The attributes of a queue that the template states. */
export function queueAttributes(
  template: StackTemplate,
  id: string,
  url: string,
): { readonly Policy?: unknown; readonly RedrivePolicy?: unknown } {
  const policy = template
    .idsOf('AWS::SQS::QueuePolicy')
    .map((policyId) => template.propertiesOf(policyId))
    .find(({ Queues }) => Array.isArray(Queues) && Queues.includes(url));
  const { RedrivePolicy } = template.propertiesOf(id);
  return {
    ...(policy === undefined ? {} : { Policy: policy.PolicyDocument }),
    ...(RedrivePolicy === undefined ? {} : { RedrivePolicy }),
  };
}

interface Redrive {
  readonly deadLetterTargetArn?: string;
  readonly maxReceiveCount?: number | string;
}

function isSameRedrive(found: unknown, deployed: unknown): boolean {
  const [one, other] = [(found ?? {}) as Redrive, deployed as Redrive];
  return (
    one.deadLetterTargetArn === other.deadLetterTargetArn &&
    // SQS returns it as a number or as a string.
    Number(one.maxReceiveCount) === Number(other.maxReceiveCount)
  );
}
