import { getQueueAttributes } from '../../io/sqs/get-queue-attributes.ts';
import { broken, type Finding, orWell } from './finding.ts';
import { aws } from './mend.ts';
import type { Deployment, Patient } from './patient.ts';
import { seeingEach } from './seeing.ts';

interface Letters {
  readonly id: string;
  /** What a message in it means. */
  readonly means: string;
  /** The function whose log says why. */
  readonly functionId: string | null;
  /** What to do once the cause is mended. */
  readonly afterwards: 'redrive' | 'sweep' | 'purge';
}

const all: readonly Letters[] = [
  {
    id: 'IamChangesFailed',
    means: 'IAM changes that could not be reviewed',
    functionId: 'OnIamChangeLambdaFunction',
    afterwards: 'redrive',
  },
  {
    id: 'IamChangesUndelivered',
    means: 'IAM changes that EventBridge could not bring to their queue',
    functionId: null,
    afterwards: 'sweep',
  },
  {
    id: 'SweepsFailed',
    means: 'sweeps that failed',
    functionId: 'NightlySweepLambdaFunction',
    afterwards: 'sweep',
  },
  {
    id: 'OutcomesFailed',
    means: 'outcomes that Slack was not told',
    functionId: 'NotifySlackLambdaFunction',
    afterwards: 'redrive',
  },
  {
    id: 'OutcomesUndelivered',
    means: 'outcomes that EventBridge could not bring to their queue',
    functionId: null,
    afterwards: 'purge',
  },
];

/** Nothing waits in the dead letters. */
export async function checkDeadLetters(
  patient: Patient,
  deployment: Deployment,
): Promise<Finding[]> {
  const found = await seeingEach(patient, 'dead letters', all, (letters) =>
    look(patient, deployment, letters),
  );
  return orWell('dead letters', found, `the ${all.length} queues of dead letters are empty`);
}

async function look(
  patient: Patient,
  { facts }: Deployment,
  { id, means, functionId, afterwards }: Letters,
): Promise<Finding[]> {
  const idOf = (logical: string) => facts.resources.get(logical)?.physicalId ?? '';
  const url = idOf(id);
  // One that is missing is told of by the checks of the stack and the queues.
  const messages =
    url === '' ? 0 : ((await getQueueAttributes(patient.clients.sqs, url))?.messages ?? 0);
  if (messages === 0) return [];
  const { region, account, partition } = patient;
  const arn = `arn:${partition}:sqs:${region}:${account}:${url.slice(url.lastIndexOf('/') + 1)}`;
  const sweep = aws(
    patient,
    'lambda',
    `invoke --function-name ${idOf('NightlySweepLambdaFunction')} --invocation-type Event /dev/null`,
  );
  const purge = aws(patient, 'sqs', `purge-queue --queue-url ${url}`);
  const next = {
    redrive: [aws(patient, 'sqs', `start-message-move-task --source-arn ${arn}`)],
    // What was missed is found again by a sweep; the letters themselves are no longer needed.
    sweep: [sweep, purge],
    purge: [purge],
  }[afterwards];
  return [
    broken(
      'dead letters',
      `${id} holds ${messages === 1 ? '1 message' : `${messages} messages`}: ${means}`,
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
