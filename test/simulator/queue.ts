import type { SQSRecord } from 'aws-lambda';
import type { Environment } from './environment.ts';
import { isOfProbe } from './probe-draws.ts';
import type { Random } from './random.ts';

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  /** The receipt that counts: the latest. */
  receipt: number;
}

export interface QueueOptions {
  readonly name: string;
  readonly url: string;
  readonly visibilityMs: number;
  readonly maxReceives: number;
}

/** One message that was received, and may be deleted or hidden by its receipt. */
export interface Received {
  readonly record: SQSRecord;
  readonly message: Message;
}

/** Whether a message is that of a refused user, who waits for room under the block limit, or of one who has time to enrol. */
export const isWaiting = (body: string) => /"(refusedSince|graceUserId)"/.test(body);

/**
 * A standard queue of SQS: at-least-once delivery in no order, with visibility, redelivery and failed messages. The counts
 * show that every message ever sent is waiting, done or in a dead-letter queue.
 */
export class Queue {
  readonly options: QueueOptions;
  readonly failedMessages: string[] = [];
  sent = 0;
  done = 0;
  /** How many failed messages came back. */
  redriven = 0;
  /** Called when a message becomes visible. */
  onVisible: () => void = () => undefined;
  readonly #environment: Environment;
  readonly #random: Random;
  readonly #probes: Random;
  readonly #messages = new Set<Message>();
  /** The messages of refused users that are done. */
  readonly #leftRoom: { readonly body: string; readonly at: number }[] = [];
  #receipts = 0;

  constructor(environment: Environment, options: QueueOptions) {
    this.#environment = environment;
    this.#random = environment.random.fork(`queue/${options.name}`);
    this.#probes = environment.random.fork(`probes of the queue/${options.name}`);
    this.options = options;
  }

  get waiting(): number {
    return this.#messages.size;
  }

  /** The messages of refused users, who wait for room under the block limit. */
  get waitingForRoom(): string[] {
    return this.bodies().filter(isWaiting);
  }

  /** The messages of refused users that waited at a time, or later. @param time in ms */
  waitedForRoomSince(time: number): string[] {
    return [
      ...this.waitingForRoom,
      ...this.#leftRoom.filter(({ at }) => at >= time).map(({ body }) => body),
    ];
  }

  bodies(): string[] {
    return [...this.#messages].map(({ body }) => body);
  }

  send(body: string, delaySeconds = 0): void {
    const { profile, faults } = this.#environment;
    this.#add(body, delaySeconds);
    if (this.#sourceFor(body).chance(profile.messages['sent twice'])) {
      faults.add('message twice (sqs)');
      this.#add(body, delaySeconds);
    }
  }

  #add(body: string, delaySeconds: number): void {
    const { clock } = this.#environment;
    this.sent += 1;
    const message = {
      id: `${this.options.name}-${this.sent}`,
      body,
      sentAt: clock.now,
      visibleAt: clock.now + delaySeconds * 1000,
      receives: 0,
      receipt: 0,
    };
    this.#messages.add(message);
    this.#wakeAt(message);
  }

  /** Up to so many visible messages, in any order. Those received too often go to the dead-letter queue. */
  receive(most: number): Received[] {
    const { clock, profile, faults, trace } = this.#environment;
    const random = this.onlyProbes ? this.#probes : this.#random;
    const received: Received[] = [];
    for (const message of random.shuffled(this.#visible)) {
      if (received.length === most) break;
      if (message.receives >= this.options.maxReceives) {
        this.#messages.delete(message);
        this.failedMessages.push(message.body);
        trace.note(this.options.name, `${message.id} → failed messages`);
        continue;
      }
      message.receives += 1;
      this.#receipts += 1;
      message.receipt = this.#receipts;
      const twice = random.chance(profile.messages['redelivered while running']);
      if (twice) faults.add('redelivered while running (sqs)');
      message.visibleAt =
        clock.now + (twice ? random.between(0, 2_000) : this.options.visibilityMs);
      this.#wakeAt(message);
      received.push({ message, record: this.#record(message) });
    }
    return received;
  }

  /** How many could be received now. */
  get visible(): number {
    return this.#visible.length;
  }

  /** Whether all that could be received now is about probes of the event path. */
  get onlyProbes(): boolean {
    const visible = this.#visible;
    return visible.length > 0 && visible.every(({ body }) => isOfProbe(body));
  }

  get #visible(): Message[] {
    const { now } = this.#environment.clock;
    return [...this.#messages].filter(({ visibleAt }) => visibleAt <= now);
  }

  #sourceFor(body: string): Random {
    return isOfProbe(body) ? this.#probes : this.#random;
  }

  /** Lambda says that a message is done. SQS may lose that, and deliver the message again. */
  delete({ message }: Received): void {
    const { profile, faults, clock } = this.#environment;
    if (!this.#messages.has(message)) return;
    const random = this.#sourceFor(message.body);
    if (random.chance(profile.messages['delete lost'])) {
      faults.add('delete lost (sqs)');
      message.visibleAt = Math.max(
        clock.now,
        Math.min(message.visibleAt, clock.now + random.between(0, 300_000)),
      );
      this.#wakeAt(message);
      return;
    }
    this.#messages.delete(message);
    const { body } = message;
    if (isWaiting(body)) this.#leftRoom.push({ body, at: clock.now });
    this.done += 1;
  }

  /** ChangeMessageVisibility, by the receipt handle. */
  hide(receiptHandle: string, seconds: number): void {
    const message = [...this.#messages].find(({ receipt }) => `r${receipt}` === receiptHandle);
    if (message === undefined) throw new Error('ReceiptHandleIsInvalid');
    message.visibleAt = this.#environment.clock.now + seconds * 1000;
    this.#wakeAt(message);
  }

  /** Failed messages go back to the queue, as `start-message-move-task` does. */
  redrive(): void {
    this.redriven += this.failedMessages.length;
    for (const body of this.failedMessages.splice(0)) this.#add(body, 0);
  }

  #wakeAt(message: Message): void {
    const { clock } = this.#environment;
    clock.after(message.visibleAt - clock.now, () => {
      if (this.#messages.has(message) && message.visibleAt <= clock.now) this.onVisible();
    });
  }

  #record({ id, body, sentAt, receives, receipt }: Message): SQSRecord {
    return {
      messageId: id,
      receiptHandle: `r${receipt}`,
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: String(sentAt),
        SenderId: 'simulator',
        ApproximateFirstReceiveTimestamp: String(sentAt),
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:111122223333:${this.options.name}`,
      awsRegion: 'us-east-1',
    };
  }
}
