import { type FailedMessages, failedMessages } from '../../domain/deployment/failed-messages.ts';
import { getQueueAttributes } from '../../io/sqs.ts';
import type { Deployment, DeploymentContext } from './deployment-context.ts';
import { aws, command } from './fixes.ts';
import { broken, type Finding, orWell, runCheckEach } from './run-check.ts';

/** Nothing waits in the failed messages. */
export async function checkFailedMessages(
  context: DeploymentContext,
  deployment: Deployment,
): Promise<Finding[]> {
  const found = await runCheckEach(context, 'failed messages', failedMessages, (queue) =>
    look(context, deployment, queue),
  );
  return orWell(
    'failed messages',
    found,
    `the ${failedMessages.length} dead-letter queues are empty`,
  );
}

async function look(
  context: DeploymentContext,
  { facts }: Deployment,
  { id, means, functionId, sourceQueue }: FailedMessages,
): Promise<Finding[]> {
  const idOf = (logical: string) => facts.resources.get(logical)?.physicalId ?? '';
  const url = idOf(id);
  // One that is missing is told of by the checks of the stack and the queues.
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
        ? 'Look at one and at the queue’s policy; having fixed it, go on:'
        : 'See why in the log and look at one; having fixed it, go on:',
      ...(functionId === null
        ? []
        : [aws(context, 'logs', `tail /aws/lambda/${idOf(functionId)} --since 1d`)]),
      aws(context, 'sqs', `receive-message --queue-url ${url} --visibility-timeout 0`),
      ...next,
    ),
  ];
}
