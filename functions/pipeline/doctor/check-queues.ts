import { changesInWords, policyChanges } from '../../domain/deployment/policy-changes.ts';
import type { StackTemplate } from '../../domain/deployment/stack-template.ts';
import { getQueueAttributes } from '../../io/sqs.ts';
import { type Deployment, type Patient, resourcesOf } from './deployment-context.ts';
import { aws, printed, putBack } from './fixes.ts';
import { broken, type Finding, orWell, seeingEach } from './run-check.ts';

/** EventBridge may send to the queues, and what fails goes to their dead letters. */
export async function checkQueues(patient: Patient, deployment: Deployment): Promise<Finding[]> {
  const queues = resourcesOf(deployment, 'AWS::SQS::Queue');
  const found = await seeingEach(patient, 'queues', queues, (queue) =>
    look(patient, deployment, queue),
  );
  return orWell('queues', found, `${queues.length} queues have their policies and dead letters`);
}

async function look(
  patient: Patient,
  { template }: Deployment,
  [id, url]: readonly [string, string],
): Promise<Finding[]> {
  const attributes = await getQueueAttributes(patient.clients.sqs, url);
  if (attributes === null) {
    return [broken('queues', `${id} does not exist`, ...putBack(patient))];
  }
  if (template === null) return [];
  const mend = [
    printed(patient, id, 'queue.json'),
    aws(patient, 'sqs', `set-queue-attributes --queue-url ${url} --attributes file://queue.json`),
  ];
  const found: Finding[] = [];
  const { Policy, RedrivePolicy } = queueAttributes(template, id, url);
  const changes = Policy === undefined ? null : policyChanges(attributes.policy, Policy);
  if (changes !== null) {
    const blocks = changes.lost.length > 0 ? ': EventBridge may not send to it' : '';
    const said = `the policy of ${id} has ${changesInWords(changes)}${blocks}`;
    found.push(broken('queues', said, ...mend));
  }
  if (RedrivePolicy !== undefined && !isSameRedrive(attributes.redrivePolicy, RedrivePolicy)) {
    const said = `${id} does not give up messages to its dead letters as deployed (RedrivePolicy)`;
    found.push(broken('queues', said, ...mend));
  }
  return found;
}

/** What a queue's attributes must be, as far as the template states them. */
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
    // SQS gives it as a number or as a text.
    Number(one.maxReceiveCount) === Number(other.maxReceiveCount)
  );
}
