import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EventSourceMappingConfiguration,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { EventSourceSwitches } from './event-source-switches.ts';
import type { LocalFunction } from './lambda.ts';
import { localClient } from './local-client.ts';

const LOOK_AGAIN_MS = 100;

export interface EventSource {
  stop(): Promise<void>;
}

/**
 * Lambda's SQS event source: it receives a batch, invokes the function and deletes all messages but batchItemFailures. An
 * invocation that throws deletes nothing (Lambda Developer Guide, "Using Lambda with Amazon SQS").
 * @param moto the local AWS
 * @param functionName as deployed; its event source mapping names the queue and the batch size
 * @param retrySeconds the time until a failed message is delivered again, in place of the queue's visibility timeout; null
 *   leaves it to the function, which hides its messages itself
 * @param switches where the mapping is switched on and off
 * @param senderOf gives the account that sent an event, by the event's ID: EventBridge writes the sender's account on the
 *   envelope, moto the receiver's
 * @returns stops it
 */
export async function startEventSource(
  moto: string,
  functionName: string,
  target: LocalFunction,
  retrySeconds: number | null,
  switches: EventSourceSwitches,
  senderOf: (eventId: string) => string | null = () => null,
): Promise<EventSource> {
  const mapping = await takeOverMapping(moto, functionName);
  const uuid = mapping.UUID ?? '';
  switches.set(uuid, true);
  const sqs = localClient(SQSClient, moto);
  const queueArn = mapping.EventSourceArn ?? '';
  const { QueueUrl } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: queueArn.split(':').at(-1) }),
  );
  const reportsFailures =
    mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false;
  let running = true;

  const receive = async (most: number) => {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(most, 10),
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return (Messages ?? []).map((message) => ({
      ...message,
      Body: withSender(message.Body ?? '', senderOf),
    }));
  };
  /** Whether the batch is full, or its window is over (MaximumBatchingWindowInSeconds). */
  const batch = async () => {
    const size = mapping.BatchSize ?? 10;
    const all = await receive(size);
    const until = Date.now() + (mapping.MaximumBatchingWindowInSeconds ?? 0) * 1000;
    while (running && all.length > 0 && all.length < size && Date.now() < until) {
      all.push(...(await receive(size - all.length)));
    }
    return all;
  };
  const poll = async () => {
    const Messages = await batch();
    if (Messages.length === 0) return;
    const failed = await failures(target, Messages, queueArn, reportsFailures);
    for (const { MessageId = '', ReceiptHandle } of Messages) {
      if (failed.has(MessageId)) {
        if (retrySeconds === null) continue;
        const input = { QueueUrl, ReceiptHandle, VisibilityTimeout: retrySeconds };
        await sqs.send(new ChangeMessageVisibilityCommand(input));
      } else {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  };
  const loop = (async () => {
    try {
      while (running) await (switches.get(uuid) ? poll() : sleep(LOOK_AGAIN_MS));
    } catch (error) {
      // The stack was deleted.
      if (!(error instanceof QueueDoesNotExist)) throw error;
    }
  })();
  return {
    stop: async () => {
      running = false;
      await loop.catch(() => undefined);
      sqs.destroy();
    },
  };
}

/**
 * The mapping as deployed. It is disabled in moto, which would run the function in Docker and count a receive of every
 * message.
 */
async function takeOverMapping(
  moto: string,
  functionName: string,
): Promise<EventSourceMappingConfiguration> {
  const lambda = localClient(LambdaClient, moto);
  const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({}));
  const mapping = EventSourceMappings?.find(({ FunctionArn }) =>
    FunctionArn?.endsWith(`:${functionName}`),
  );
  if (!mapping) throw new Error(`${functionName} has no event source mapping`);
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping.UUID, Enabled: false }));
  lambda.destroy();
  return mapping;
}

async function failures(
  target: LocalFunction,
  messages: readonly Message[],
  queueArn: string,
  reportsFailures: boolean,
): Promise<Set<string>> {
  const all = new Set(messages.map(({ MessageId = '' }) => MessageId));
  try {
    const response = (await target.invoke(sqsEvent(messages, queueArn))) as SQSBatchResponse | null;
    if (!reportsFailures) return new Set();
    const failed = (response?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
    // An unknown message ID fails the whole batch.
    return failed.every((id) => all.has(id)) ? new Set(failed) : all;
  } catch {
    return all;
  }
}

/** The event that Lambda passes for a batch. */
function sqsEvent(messages: readonly Message[], queueArn: string): SQSEvent {
  return {
    Records: messages.map(
      ({ MessageId = '', ReceiptHandle = '', Body = '', MD5OfBody = '', Attributes }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        attributes: {
          ApproximateReceiveCount: Attributes?.ApproximateReceiveCount ?? '1',
          SentTimestamp: Attributes?.SentTimestamp ?? '',
          SenderId: Attributes?.SenderId ?? '',
          ApproximateFirstReceiveTimestamp: Attributes?.ApproximateFirstReceiveTimestamp ?? '',
        },
        messageAttributes: {},
        md5OfBody: MD5OfBody,
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
        awsRegion: 'us-east-1',
      }),
    ),
  };
}

/** The message with the sender's account on its envelope, as EventBridge writes it. Other messages stay unchanged. */
function withSender(body: string, senderOf: (eventId: string) => string | null): string {
  let event: { detail?: { eventID?: unknown } } | null;
  try {
    event = JSON.parse(body) as typeof event;
  } catch {
    return body;
  }
  const account = senderOf(String(event?.detail?.eventID));
  return account === null ? body : JSON.stringify({ ...event, account });
}
