import { type FailedMessages, failedMessages } from '../../domain/deployment/deployed-resources.ts';
import { getQueueAttributes } from '../../io/sqs.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  orWell,
  runCheckEach,
} from './check.ts';
import { aws, command } from './fixes.ts';

/** Checks that the dead-letter queues are empty. */
export async function checkFailedMessages(
  context: DeploymentContext,
  deployment: Deployment,
): Promise<Finding[]> {
  const found = await runCheckEach(context, 'failed messages', failedMessages, (queue) =>
    checkQueue(context, deployment, queue),
  );
  return orWell(
    'failed messages',
    found,
    `the ${failedMessages.length} dead-letter queues are empty`,
  );
}

async function checkQueue(
  context: DeploymentContext,
  { facts }: Deployment,
  { id, means, functionId, sourceQueue }: FailedMessages,
): Promise<Finding[]> {
  const idOf = (logical: string) => facts.resources.get(logical)?.physicalId ?? '';
  const url = idOf(id);
  // checkStack and checkQueues report a missing queue.
  const messages =
    url === '' ? 0 : ((await getQueueAttributes(context.clients.sqs, url))?.messages ?? 0);
  if (messages === 0) return [];
  const next =
    sourceQueue === null
      ? [
          aws(
            context,
            'lambda',
            `invoke --function-name ${idOf('NightlySweepLambdaFunction')} --invocation-type Event /dev/null`,
          ),
          aws(context, 'sqs', `purge-queue --queue-url ${url}`),
        ]
      : [command(context, `redrive ${id}`)];
  return [
    broken(
      'failed messages',
      `${id} contains ${messages === 1 ? '1 message' : `${messages} messages`}: ${means}`,
      functionId === null
        ? 'Read a message and check the queue’s policy. Fix the cause, then requeue:'
        : 'Find the cause in the log and in a message. Fix it, then run the last command:',
      ...(functionId === null
        ? []
        : [aws(context, 'logs', `tail /aws/lambda/${idOf(functionId)} --since 1d`)]),
      aws(context, 'sqs', `receive-message --queue-url ${url} --visibility-timeout 0`),
      ...next,
    ),
  ];
}
