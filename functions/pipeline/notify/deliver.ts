import { randomUUID } from 'node:crypto';
import { type Outcome, parseOutcome } from '../../../events/outcome.ts';
import type { Posted } from '../../domain/notify/posted.ts';
import { changeVisibility, sendMessage } from '../../io/sqs.ts';
import { Postponed } from '../../runtime/sqs-handler.ts';
import { backoffSeconds, spreadSeconds, togetherSeconds } from './backoff.ts';
import type { Channel, Delivery, History, Incoming, NotifyDeps, Post } from './channel.ts';
import { acquireSendLock, releaseSendLock } from './send-lock.ts';

// Counted from the start of the batch. No message is posted later, because each may take ten seconds.
const BEGIN_WITHIN_MS = 35_000;

// From its third receive on, a message has waited for about ten seconds (backoff.ts).
const WITHOUT_TABLE_FROM_RECEIVE = 3;

type Results = Map<string, Error | null>;

/**
 * Posts a batch of outcomes to a channel, each once.
 * A record is done when its outcome was posted, needs no message, or was moved to the dead-letter queue. The others stay in
 * the queue, hidden until their next try.
 * @returns one settled result per record, in the batch's order
 */
export async function deliver<H extends History, P extends Post>(
  deps: NotifyDeps,
  channel: Channel<H, P>,
  records: readonly Incoming[],
): Promise<PromiseSettledResult<void>[]> {
  const results: Results = new Map();
  const deliveries = await readable(deps, records, results);
  try {
    await deliverAll(deps, channel, deliveries, results);
  } catch (error) {
    for (const record of deliveries.flatMap((one) => one.records)) {
      if (results.has(record.messageId)) continue;
      await hide(deps, record, backoffSeconds(receivesOf(record), deps.random()));
      results.set(record.messageId, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return records.map(({ messageId }): PromiseSettledResult<void> => {
    const error = results.get(messageId) ?? null;
    return error === null
      ? { status: 'fulfilled', value: undefined }
      : { status: 'rejected', reason: error };
  });
}

/** Moves unreadable records to the dead-letter queue, and joins records with the same outcome. */
async function readable(
  deps: NotifyDeps,
  records: readonly Incoming[],
  results: Results,
): Promise<Delivery[]> {
  const byId = new Map<string, { outcome: Outcome; records: Incoming[] }>();
  for (const record of records) {
    try {
      const outcome = parseOutcome(record.body);
      const same = byId.get(outcome.id);
      if (same) same.records.push(record);
      else byId.set(outcome.id, { outcome, records: [record] });
    } catch (error) {
      await setAside(deps, [record], (error as Error).message, results);
    }
  }
  return [...byId.values()];
}

async function deliverAll<H extends History, P extends Post>(
  deps: NotifyDeps,
  channel: Channel<H, P>,
  deliveries: readonly Delivery[],
  results: Results,
): Promise<void> {
  if (deliveries.length === 0) return;
  const { now, log } = deps;
  const begun = now().getTime();
  const hasTime = () => now().getTime() - begun <= BEGIN_WITHIN_MS;
  const { sendLock, emptyHistory } = channel;
  const owner = randomUUID();
  const orAway = <T>(work: () => Promise<T>) =>
    emptyHistory === null ? work() : orWithoutTable(deps, deliveries, work);
  const sendBlind = async () => {
    const history = emptyHistory?.(deliveries);
    return history ? sendAll(deps, { channel, history, isBlind: true, hasTime }, results) : null;
  };
  const busyUntil = await orAway(() => acquireSendLock(deps, sendLock, owner));
  if (busyUntil === 'away') {
    await sendBlind();
    return;
  }
  if (busyUntil !== null) {
    const seconds = secondsUntil(busyUntil, now());
    await postpone(deps, deliveries, seconds, `another instance posts to ${channel.name}`, results);
    return;
  }
  let freeFrom: Date | null = null;
  try {
    const history = await orAway(() => channel.readHistory(deliveries));
    freeFrom =
      history === 'away'
        ? await sendBlind()
        : await sendAll(deps, { channel, history, isBlind: false, hasTime }, results);
  } finally {
    try {
      await releaseSendLock(deps, sendLock, owner, freeFrom ?? now());
    } catch (error) {
      log.warn('the send lock could not be given up and expires by itself', {
        error: error as Error,
      });
    }
  }
}

/**
 * Runs work that needs the state table. During a short failure of the table messages wait in the queue, so that none is
 * posted twice. During a long failure messages are posted without the table.
 * @returns away for work without the table
 * @throws the table's error, at the first tries of a message
 */
async function orWithoutTable<T>(
  { log }: NotifyDeps,
  deliveries: readonly Delivery[],
  work: () => Promise<T>,
): Promise<T | 'away'> {
  try {
    return await work();
  } catch (error) {
    const records = deliveries.flatMap((one) => one.records);
    if (records.every((record) => receivesOf(record) < WITHOUT_TABLE_FROM_RECEIVE)) throw error;
    log.error(
      'the state table is unavailable: messages are posted without it and may be posted twice',
      {
        error: error as Error,
      },
    );
    return 'away';
  }
}

/** What a batch is posted with. */
interface Batch<H extends History, P extends Post> {
  readonly channel: Channel<H, P>;
  readonly history: H;
  /** The state table is unavailable: this batch is not recorded. */
  readonly isBlind: boolean;
  /** Whether another message may be posted in this invocation. */
  readonly hasTime: () => boolean;
}

/** @returns when the next message may be posted; null if none was posted */
async function sendAll<H extends History, P extends Post>(
  deps: NotifyDeps,
  batch: Batch<H, P>,
  results: Results,
): Promise<Date | null> {
  const { channel, history, isBlind } = batch;
  for (const { outcome, records } of history.known) {
    deps.log.info('nothing to post', { outcomeId: outcome.id });
    for (const { messageId } of records) results.set(messageId, null);
  }
  if (!isBlind) await channel.recordSeen(history);
  return history.toSend.length > 0 ? post(deps, batch, results) : null;
}

/** @returns when the next message may be posted */
async function post<H extends History, P extends Post>(
  deps: NotifyDeps,
  { channel, history, isBlind, hasTime }: Batch<H, P>,
  results: Results,
): Promise<Date> {
  const { log, now, sleep } = deps;
  const { posts, apart, send } = await channel.open(history);
  const waiting = [...posts];
  for (let first = true; waiting.length > 0; first = false) {
    const post = waiting.shift() as P;
    if (!hasTime()) {
      await postpone(
        deps,
        [...deliveriesOf([post, ...waiting])],
        1,
        'no time left in this invocation',
        results,
      );
      break;
    }
    if (!first) await sleep(channel.paceMs);
    const posted = await send(post, hasTime);
    if (posted.kind === 'taken') {
      if (!isBlind) await channel.recordSent(post);
      for (const { messageId } of recordsOf(post)) results.set(messageId, null);
      log.info('posted', { outcomeIds: post.deliveries.map(({ outcome }) => outcome.id) });
      continue;
    }
    // One outcome may be the one that the service refuses. It must not delay the others.
    if (posted.kind === 'refused' && post.deliveries.length > 1) {
      const { problem } = posted;
      log.warn(`${channel.name} refused a digest: each outcome is posted alone`, { problem });
      waiting.unshift(...apart(post));
      continue;
    }
    const goOn = await notTaken(deps, channel.name, post, posted, results);
    if (!goOn) {
      const seconds = posted.kind === 'wait' ? posted.seconds : backoffSeconds(1, deps.random());
      await postpone(deps, deliveriesOf(waiting), seconds, `waits for ${channel.name}`, results);
      return new Date(now().getTime() + seconds * 1000 + MARGIN_MS);
    }
  }
  return new Date(now().getTime() + channel.paceMs);
}

// The clocks of two instances may differ a little.
const MARGIN_MS = 250;

/** @returns whether the next message may be tried at once */
async function notTaken(
  deps: NotifyDeps,
  name: string,
  post: Post,
  posted: Exclude<Posted, { kind: 'taken' }>,
  results: Results,
): Promise<boolean> {
  switch (posted.kind) {
    case 'wait':
      await postpone(deps, post.deliveries, posted.seconds, posted.why, results);
      return false;
    case 'refused':
      await setAside(
        deps,
        recordsOf(post),
        `${name} refused the message: ${posted.problem}`,
        results,
      );
      return true;
    case 'try-again': {
      for (const record of recordsOf(post)) {
        await hide(deps, record, backoffSeconds(receivesOf(record), deps.random()));
        results.set(
          record.messageId,
          new Error(`${name} did not accept the message: ${posted.problem}`),
        );
      }
      return posted.reached;
    }
    default:
      return posted satisfies never;
  }
}

/** Moves records to the dead-letter queue at once, because another try cannot succeed. */
async function setAside(
  { sqs, config, log }: NotifyDeps,
  records: readonly Incoming[],
  problem: string,
  results: Results,
): Promise<void> {
  for (const { messageId, body } of records) {
    try {
      await sendMessage(sqs, config.failedMessagesUrl, body, 0);
      log.error('moved to the dead-letter queue', { messageId, problem });
      results.set(messageId, null);
    } catch (error) {
      results.set(messageId, error as Error);
    }
  }
}

async function postpone(
  deps: NotifyDeps,
  deliveries: readonly Delivery[],
  seconds: number,
  why: string,
  results: Results,
): Promise<void> {
  for (const record of deliveries.flatMap(({ records }) => records)) {
    const spread = spreadSeconds(receivesOf(record));
    await hide(deps, record, seconds + spread);
    results.set(record.messageId, new Postponed(`postponed: ${why}`));
  }
}

async function hide(
  { sqs, config, log, now }: NotifyDeps,
  { receiptHandle, messageId }: Incoming,
  seconds: number,
): Promise<void> {
  try {
    const wait = Math.ceil(togetherSeconds(seconds, now()));
    await changeVisibility(sqs, config.queueUrl, receiptHandle, wait);
  } catch (error) {
    // The message becomes visible after the queue's own visibility timeout.
    log.warn('the visibility timeout of a message could not be changed', {
      messageId,
      error: error as Error,
    });
  }
}

function deliveriesOf(posts: readonly Post[]): readonly Delivery[] {
  return posts.flatMap(({ deliveries }) => deliveries);
}

function recordsOf({ deliveries }: Post): readonly Incoming[] {
  return deliveries.flatMap(({ records }) => records);
}

function receivesOf({ attributes }: Incoming): number {
  return Math.max(1, Number(attributes.ApproximateReceiveCount) || 1);
}

function secondsUntil(time: Date, now: Date): number {
  return Math.max(0, (time.getTime() - now.getTime()) / 1000);
}
