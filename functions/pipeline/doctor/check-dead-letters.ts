import { type DeadLetters, deadLetters } from '../../domain/deployment/dead-letters.ts';
import { getQueueAttributes } from '../../io/sqs.ts';
import type { Deployment, Patient } from './deployment-context.ts';
import { aws, command } from './fixes.ts';
import { broken, type Finding, orWell, seeingEach } from './run-check.ts';

/** Nothing waits in the dead letters. */
export async function checkDeadLetters(
  patient: Patient,
  deployment: Deployment,
): Promise<Finding[]> {
  const found = await seeingEach(patient, 'dead letters', deadLetters, (letters) =>
    look(patient, deployment, letters),
  );
  return orWell(
    'dead letters',
    found,
    `the ${deadLetters.length} queues of dead letters are empty`,
  );
}

async function look(
  patient: Patient,
  { facts }: Deployment,
  { id, means, functionId, sourceQueue }: DeadLetters,
): Promise<Finding[]> {
  const idOf = (logical: string) => facts.resources.get(logical)?.physicalId ?? '';
  const url = idOf(id);
  // One that is missing is told of by the checks of the stack and the queues.
  const messages =
    url === '' ? 0 : ((await getQueueAttributes(patient.clients.sqs, url))?.messages ?? 0);
  if (messages === 0) return [];
  const next =
    sourceQueue === null
      ? [
          aws(
            patient,
            'lambda',
            `invoke --function-name ${idOf('NightlySweepLambdaFunction')} --invocation-type Event /dev/null`,
          ),
          aws(patient, 'sqs', `purge-queue --queue-url ${url}`),
        ]
      : [command(patient, `redrive ${id}`)];
  return [
    broken(
      'dead letters',
      `${id} contains ${messages === 1 ? '1 message' : `${messages} messages`}: ${means}`,
      functionId === null
        ? 'Look at one and at the queue’s policy; having mended it, go on:'
        : 'See why in the log and look at one; having mended it, go on:',
      ...(functionId === null
        ? []
        : [aws(patient, 'logs', `tail /aws/lambda/${idOf(functionId)} --since 1d`)]),
      aws(patient, 'sqs', `receive-message --queue-url ${url} --visibility-timeout 0`),
      ...next,
    ),
  ];
}
