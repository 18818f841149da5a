import * as z from 'zod';
import { Outcome } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { dedupKey } from '../../domain/notify/dedup.ts';
import {
  isCoveredElsewhere,
  type LastNotification,
  resolvedBy,
  shouldNotify,
} from '../../domain/notify/should-notify.ts';
import { getEntry, putEntry } from '../../io/dynamodb.ts';
import { hasCome, readStored } from '../state-store.ts';
import type { Delivery, History, NotifyDeps } from './channel.ts';

/** Which outcomes of a batch need a message in Slack: not those posted already, or unchanged since the last message. */
export interface SlackHistory extends History {
  /** Outcome ID → the last notification about the same subject. */
  readonly lastSent: ReadonlyMap<string, LastNotification>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
// Longer than a message can stay in a queue and its dead-letter queue: 14 days each.
const SENT_KEPT_MS = 30 * DAY_MS;
const LAST_KEPT_MS = 400 * DAY_MS;

/**
 * Reads the history for a batch.
 * @throws the error of a failed read, so that no message is posted twice or omitted
 */
export async function readHistory(
  { dynamo, config, now, log }: NotifyDeps,
  deliveries: readonly Delivery[],
): Promise<SlackHistory> {
  const hasPassed = hasCome(now());
  const textOf = (id: string) => getEntry(dynamo, config.stateTable, id);
  const lastSentOf = async (key: string) => {
    const id = stateKeys.lastNotification(key);
    return readStored(await textOf(id), {
      id,
      schema: StoredNotification,
      // An entry with a time in the future would suppress all messages until then.
      isPossible: (toSend) => timesOf(toSend).every(hasPassed),
      log,
    });
  };
  const wasSent = async (outcome: Outcome) => {
    const id = sentId(outcome);
    const isPossible = ({ sentAt }: z.infer<typeof StoredSent>) => hasPassed(sentAt);
    return readStored(await textOf(id), { id, schema: StoredSent, isPossible, log }) !== null;
  };
  const toSend: Delivery[] = [];
  const known: Delivery[] = [];
  const lastSent = new Map<string, LastNotification>();
  // A batch may contain several outcomes of the same subject: each is compared with the one before it.
  const inBatch = new Map<string, LastNotification>();
  const lastOf = async (key: string | null) =>
    key === null ? null : (inBatch.get(key) ?? (await lastSentOf(key)));
  const oldestFirst = deliveries.toSorted((a, b) => timeOf(a) - timeOf(b));
  for (const delivery of oldestFirst) {
    const { outcome } = delivery;
    if (await wasSent(outcome)) {
      known.push(delivery);
      continue;
    }
    const key = dedupKey(outcome);
    const last = await lastOf(key);
    const over = await lastOf(resolvedBy(outcome));
    if (last !== null) lastSent.set(outcome.id, last);
    if (!shouldNotify(outcome, last, over?.seen ?? null, now())) {
      known.push(delivery);
      const seen = justSeen(outcome, last, now());
      if (key !== null && seen !== null) inBatch.set(key, seen);
      continue;
    }
    toSend.push(delivery);
    if (key !== null) inBatch.set(key, justSent(outcome, now()));
  }
  return { toSend, known, lastSent };
}

/** Without the state table every outcome needs a message, which may be posted twice: an alert must not wait for the table. */
export function emptyHistory(deliveries: readonly Delivery[]): SlackHistory {
  const [known, toSend] = [true, false].map((elsewhere) =>
    deliveries.filter(({ outcome }) => isCoveredElsewhere(outcome) === elsewhere),
  ) as [Delivery[], Delivery[]];
  return { toSend, known, lastSent: new Map() };
}

/**
 * Records that something was seen again without a message: if it is then missing for a while, its return needs a message.
 * Without the record one message too many may be posted.
 */
export async function recordSeen(
  { dynamo, config, now, log }: NotifyDeps,
  { known, lastSent }: SlackHistory,
): Promise<void> {
  for (const { outcome } of known) {
    const key = dedupKey(outcome);
    const seen = justSeen(outcome, lastSent.get(outcome.id) ?? null, now());
    if (key === null || seen === null) continue;
    const entry = JSON.stringify(seen);
    const expires = new Date(now().getTime() + LAST_KEPT_MS);
    try {
      await putEntry(dynamo, config.stateTable, stateKeys.lastNotification(key), entry, expires);
    } catch (error) {
      log.warn('a repeated outcome could not be recorded', { error: error as Error });
    }
  }
}

/** Records the posted outcomes. Without the record an outcome may be posted twice. */
export async function recordSent(
  { dynamo, config, now, log }: NotifyDeps,
  deliveries: readonly Delivery[],
): Promise<void> {
  const at = now();
  const after = (ms: number) => new Date(at.getTime() + ms);
  const put = (id: string, body: object, expires: Date) =>
    putEntry(dynamo, config.stateTable, id, JSON.stringify(body), expires);
  const sentAt = at.toISOString();
  const all = deliveries.flatMap(({ outcome }) => {
    const key = dedupKey(outcome);
    const sent = put(sentId(outcome), { sentAt }, after(SENT_KEPT_MS));
    return key === null
      ? [sent]
      : [sent, put(stateKeys.lastNotification(key), justSent(outcome, at), after(LAST_KEPT_MS))];
  });
  for (const result of await Promise.allSettled(all)) {
    if (result.status === 'rejected') {
      log.warn('a posted outcome could not be recorded', { error: result.reason as Error });
    }
  }
}

const timeOf = ({ outcome }: Delivery) => Date.parse(outcome.at);
const sentId = ({ id, mode }: Outcome) => stateKeys.sent(mode, id);

function justSent(outcome: Outcome, now: Date): LastNotification {
  const at = now.toISOString();
  return { sent: outcome, sentAt: at, seen: outcome, seenAt: at };
}

/** The record of an outcome without a message; null if none is needed. */
function justSeen(
  outcome: Outcome,
  last: LastNotification | null,
  now: Date,
): LastNotification | null {
  // The outcome is older than the last one seen, so the record stays.
  if (last !== null && Date.parse(outcome.at) < Date.parse(last.seen.at)) return last;
  if (isCoveredElsewhere(outcome)) return justSent(outcome, now);
  if (last === null) return null;
  return { ...last, seen: outcome, seenAt: now.toISOString() };
}

const StoredSent = z.object({ sentAt: z.iso.datetime() });
const StoredNotification = z.object({
  sent: Outcome,
  sentAt: z.iso.datetime(),
  seen: Outcome,
  seenAt: z.iso.datetime(),
});

function timesOf({ sent, sentAt, seen, seenAt }: LastNotification): string[] {
  const begins = [sent, seen].flatMap((one) => ('startedAt' in one ? [one.startedAt] : []));
  return [sent.at, sentAt, seen.at, seenAt, ...begins];
}
