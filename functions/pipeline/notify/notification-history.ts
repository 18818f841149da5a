import * as z from 'zod';
import { Outcome } from '../../../events/outcome.ts';
import {
  isNews,
  isToldElsewhere,
  type LastTold,
  newsKey,
  overKey,
} from '../../domain/notify/should-notify.ts';
import { getEntry, putEntry } from '../../io/dynamodb.ts';
import { hasCome, readStored } from '../stored-entries.ts';
import type { Delivery, Messenger } from './notify-deps.ts';

/** What of a batch is news, by what was told before. */
export interface Recollection {
  readonly news: readonly Delivery[];
  /** Told already, or nothing new. */
  readonly known: readonly Delivery[];
  /** Outcome id → what was told last of the same thing. */
  readonly lastTold: ReadonlyMap<string, LastTold>;
  /** The state table is away: nothing is known of what was told, and nothing of this will be. */
  readonly isBlind: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
// Longer than a message can live in a queue and its dead letters: 14 days.
const TOLD_FOR_MS = 30 * DAY_MS;
const NEWS_FOR_MS = 400 * DAY_MS;

type Remembering = Pick<Messenger, 'dynamo' | 'config' | 'now' | 'log'>;

/**
 * Looks up what was told before.
 * @throws whatever a failed read throws: nothing is told twice, or left out, on a guess
 */
export async function recall(
  { dynamo, config, now, log }: Remembering,
  deliveries: readonly Delivery[],
): Promise<Recollection> {
  const hasPassed = hasCome(now());
  const textOf = (id: string) => getEntry(dynamo, config.stateTable, id);
  const lastToldOf = async (key: string) => {
    const id = newsId(key);
    return readStored(await textOf(id), {
      id,
      schema: StoredNews,
      // What is said to be told or seen later would silence everything until then.
      isPossible: (news) => timesOf(news).every(hasPassed),
      log,
    });
  };
  const isTold = async (outcome: Outcome) => {
    const id = toldId(outcome);
    const isPossible = ({ toldAt }: z.infer<typeof StoredTold>) => hasPassed(toldAt);
    return readStored(await textOf(id), { id, schema: StoredTold, isPossible, log }) !== null;
  };
  const news: Delivery[] = [];
  const known: Delivery[] = [];
  const lastTold = new Map<string, LastTold>();
  // Of the same thing a batch may bring several: each is compared with the one before it.
  const inBatch = new Map<string, LastTold>();
  const lastOf = async (key: string | null) =>
    key === null ? null : (inBatch.get(key) ?? (await lastToldOf(key)));
  const oldestFirst = deliveries.toSorted((a, b) => timeOf(a) - timeOf(b));
  for (const delivery of oldestFirst) {
    const { outcome } = delivery;
    if (await isTold(outcome)) {
      known.push(delivery);
      continue;
    }
    const key = newsKey(outcome);
    const last = await lastOf(key);
    const over = await lastOf(overKey(outcome));
    if (last !== null) lastTold.set(outcome.id, last);
    if (!isNews(outcome, last, over?.seen ?? null, now())) {
      known.push(delivery);
      const seen = justSeen(outcome, last, now());
      if (key !== null && seen !== null) inBatch.set(key, seen);
      continue;
    }
    news.push(delivery);
    if (key !== null) inBatch.set(key, justTold(outcome, now()));
  }
  return { news, known, lastTold, isBlind: false };
}

/** Without the state table everything is news, and may be told twice: an alert must not wait for as long as it is away. */
export function recallNothing(deliveries: readonly Delivery[]): Recollection {
  const [known, news] = [true, false].map((elsewhere) =>
    deliveries.filter(({ outcome }) => isToldElsewhere(outcome) === elsewhere),
  ) as [Delivery[], Delivery[]];
  return { news, known, lastTold: new Map(), isBlind: true };
}

/**
 * Remembers that something was seen again that needed no telling: should it be missing for a while, its return is
 * news. Where that cannot be noted, it may be told once more than needed.
 */
export async function rememberSeen(
  { dynamo, config, now, log }: Remembering,
  { known, lastTold }: Recollection,
): Promise<void> {
  for (const { outcome } of known) {
    const key = newsKey(outcome);
    const seen = justSeen(outcome, lastTold.get(outcome.id) ?? null, now());
    if (key === null || seen === null) continue;
    const entry = JSON.stringify(seen);
    const expires = new Date(now().getTime() + NEWS_FOR_MS);
    try {
      await putEntry(dynamo, config.stateTable, newsId(key), entry, expires);
    } catch (error) {
      log.warn('could not remember what was seen', { error: error as Error });
    }
  }
}

/** Remembers what was told. It has been told: where that cannot be remembered, it may be told twice. */
export async function remember(
  { dynamo, config, now, log }: Remembering,
  deliveries: readonly Delivery[],
): Promise<void> {
  const at = now();
  const after = (ms: number) => new Date(at.getTime() + ms);
  const put = (id: string, body: object, expires: Date) =>
    putEntry(dynamo, config.stateTable, id, JSON.stringify(body), expires);
  const toldAt = at.toISOString();
  const all = deliveries.flatMap(({ outcome }) => {
    const key = newsKey(outcome);
    const told = put(toldId(outcome), { toldAt }, after(TOLD_FOR_MS));
    return key === null
      ? [told]
      : [told, put(newsId(key), justTold(outcome, at), after(NEWS_FOR_MS))];
  });
  for (const result of await Promise.allSettled(all)) {
    if (result.status === 'rejected') {
      log.warn('could not remember what was told', { error: result.reason as Error });
    }
  }
}

const timeOf = ({ outcome }: Delivery) => Date.parse(outcome.at);
// What was told as "would" in observe mode is news once it is done.
const toldId = ({ id, mode }: Outcome) => `told/${mode}/${id}`;
const newsId = (key: string) => `news/${key}`;

function justTold(outcome: Outcome, now: Date): LastTold {
  const at = now.toISOString();
  return { told: outcome, toldAt: at, seen: outcome, seenAt: at };
}

/** What is remembered of an outcome that was not told; null where there is nothing to remember. */
function justSeen(outcome: Outcome, last: LastTold | null, now: Date): LastTold | null {
  // It came late: what was seen since stands.
  if (last !== null && Date.parse(outcome.at) < Date.parse(last.seen.at)) return last;
  if (isToldElsewhere(outcome)) return justTold(outcome, now);
  if (last === null) return null;
  return { ...last, seen: outcome, seenAt: now.toISOString() };
}

const StoredTold = z.object({ toldAt: z.iso.datetime() });
const StoredNews = z.object({
  told: Outcome,
  toldAt: z.iso.datetime(),
  seen: Outcome,
  seenAt: z.iso.datetime(),
});

function timesOf({ told, toldAt, seen, seenAt }: LastTold): string[] {
  const begins = [told, seen].flatMap((one) => ('startedAt' in one ? [one.startedAt] : []));
  return [told.at, toldAt, seen.at, seenAt, ...begins];
}
