import { IAMClient } from '@aws-sdk/client-iam';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../../infra/local/local-aws.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { NoEmulator } from '../../infra/local/moto.ts';
import { isBlocked, waitFor } from '../../infra/local/watch.ts';

const WITHIN_MS = 30_000;

/** A local AWS for tests. */
export interface TestAws {
  readonly aws: LocalAws;
  /** An administrator, whose calls go through the trail. */
  readonly admin: IAMClient;
  /** Calls straight to moto, which the trail does not see. */
  readonly unseen: IAMClient;
  readonly sqs: SQSClient;
  stop(): Promise<void>;
}

/**
 * Starts the packaged stack on a local AWS. Without an emulator the tests are skipped with a message, and with CI set they fail.
 */
export async function startTestAws(options: LocalAwsOptions = {}): Promise<TestAws | null> {
  try {
    const aws = await startLocalAws(options);
    const admin = localClient(IAMClient, aws.trail.endpoint);
    const unseen = localClient(IAMClient, aws.moto.endpoint);
    const sqs = localClient(SQSClient, aws.moto.endpoint);
    const stop = async () => {
      for (const client of [admin, unseen, sqs]) client.destroy();
      await aws.stop();
    };
    return { aws, admin, unseen, sqs, stop };
  } catch (error) {
    if (!(error instanceof NoEmulator) || process.env.CI) throw error;
    process.stderr.write(`\nEND-TO-END TESTS SKIPPED: ${error.message}\n\n`);
    return null;
  }
}

/** Waits until a user is blocked, or not. @throws after a time-out */
export async function untilBlocked(
  { aws, unseen }: TestAws,
  user: string,
  blocked: boolean,
): Promise<void> {
  await until(
    async () => (await isBlocked(aws, unseen, user)) === blocked,
    `${user} ${blocked ? '' : 'not '}blocked`,
  );
}

/** Waits until a check succeeds. @throws where it does not within 30 s */
export async function until(check: () => Promise<boolean> | boolean, what: string): Promise<void> {
  if ((await waitFor(check, WITHIN_MS)) === null) throw new Error(`not within 30 s: ${what}`);
}

/** Waits until nothing has been logged, posted or written for a while, and no outcome waits for Slack. */
export async function untilQuiet(test: TestAws): Promise<void> {
  const { aws } = test;
  const state = () =>
    [
      aws.functions.onIamChange.log().length,
      aws.slack.messages.length,
      aws.trail.records.length,
    ].join();
  let last = state();
  let since = Date.now();
  await until(async () => {
    if (state() !== last) {
      last = state();
      since = Date.now();
    }
    return Date.now() - since > 1_500 && (await depth(test, 'OutcomesQueue')) === 0;
  }, 'quiet');
}

/** How many messages a queue of the stack contains, with hidden ones, and with delayed ones where they are asked for. */
export async function depth(test: TestAws, queue: string, delayed = false): Promise<number> {
  const { Attributes } = await test.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: physicalId(test, queue), AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible) +
    (delayed ? Number(Attributes?.ApproximateNumberOfMessagesDelayed) : 0)
  );
}

/** The physical id of a resource of the stack. */
export function physicalId({ aws }: TestAws, logicalId: string): string {
  const id = aws.stack.resources.get(logicalId);
  if (id === undefined) throw new Error(`the stack has no ${logicalId}`);
  return id;
}

/** How many messages to Slack name a user: each outcome names the user once as code, alone or in a digest. */
export function timesPosted({ aws }: TestAws, user: string): number {
  return JSON.stringify(aws.slack.messages).split(`\`${user}\``).length - 1;
}

const queues = {
  // In the order of a message's way: one that has left the first queue is in the second.
  queues: ['SweepsQueue', 'IamChangesQueue', 'OutcomesQueue'],
  'failed messages': [
    'IamChangesFailed',
    'IamChangesUndelivered',
    'SweepsFailed',
    'OutcomesFailed',
    'OutcomesUndelivered',
  ],
} as const;

/** Whether the queues, or the dead-letter queues, are empty. @param delayed delayed messages count, too */
export async function empty(
  test: TestAws,
  which: keyof typeof queues,
  delayed = false,
): Promise<boolean> {
  for (const queue of queues[which]) if ((await depth(test, queue, delayed)) > 0) return false;
  return true;
}

/** The ids of the posted outcomes, oldest first. One that was posted twice is in it twice. */
export function sentIds({ aws }: TestAws): string[] {
  const lines = aws.functions.notifySlack.log().split('\n');
  const posted = lines.filter((line) => line.includes('"message":"posted"'));
  return posted.flatMap((line) => (JSON.parse(line) as { outcomeIds: string[] }).outcomeIds);
}
