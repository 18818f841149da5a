import { Outcome } from '../../events/outcome.ts';
import { isNews, type LastTold, newsKey } from '../domain/news.ts';
import { getEntry } from '../io/memory/get-entry.ts';
import { putEntry } from '../io/memory/put-entry.ts';
import type { Delivery, Messenger } from './messenger.ts';

/** What of a batch is news, by what was told before. */
export interface Recollection {
  readonly news: readonly Delivery[];
  /** Told already, or nothing new. */
  readonly known: readonly Delivery[];
  /** Outcome id → what was told last of the same thing. */
  readonly lastTold: ReadonlyMap<string, LastTold>;
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
  { dynamo, config, now }: Remembering,
  deliveries: readonly Delivery[],
): Promise<Recollection> {
  const lastToldOf = async (key: string) => {
    const entry = await getEntry(dynamo, config.memoryTable, newsId(key));
    return entry === null ? null : readLastTold(entry);
  };
  const news: Delivery[] = [];
  const known: Delivery[] = [];
  const lastTold = new Map<string, LastTold>();
  // Of the same thing a batch may bring several: each is compared with the one before it.
  const inBatch = new Map<string, LastTold>();
  const oldestFirst = deliveries.toSorted((a, b) => timeOf(a) - timeOf(b));
  for (const delivery of oldestFirst) {
    const { outcome } = delivery;
    if ((await getEntry(dynamo, config.memoryTable, toldId(outcome))) !== null) {
      known.push(delivery);
      continue;
    }
    const key = newsKey(outcome);
    const last = key === null ? null : (inBatch.get(key) ?? (await lastToldOf(key)));
    if (last !== null) lastTold.set(outcome.id, last);
    if (!isNews(outcome, last, now())) {
      known.push(delivery);
      continue;
    }
    news.push(delivery);
    if (key !== null) inBatch.set(key, { outcome, toldAt: now().toISOString() });
  }
  return { news, known, lastTold };
}

/** Remembers what was told. It has been told: where that cannot be remembered, it may be told twice. */
export async function remember(
  { dynamo, config, now, log }: Remembering,
  deliveries: readonly Delivery[],
): Promise<void> {
  const at = now();
  const after = (ms: number) => new Date(at.getTime() + ms);
  const put = (id: string, body: object, expires: Date) =>
    putEntry(dynamo, config.memoryTable, id, JSON.stringify(body), expires);
  const toldAt = at.toISOString();
  const all = deliveries.flatMap(({ outcome }) => {
    const key = newsKey(outcome);
    const told = put(toldId(outcome), { toldAt }, after(TOLD_FOR_MS));
    return key === null
      ? [told]
      : [told, put(newsId(key), { outcome, toldAt }, after(NEWS_FOR_MS))];
  });
  for (const result of await Promise.allSettled(all)) {
    if (result.status === 'rejected') {
      log.warn('could not remember what was told', { error: result.reason as Error });
    }
  }
}

const timeOf = ({ outcome }: Delivery) => Date.parse(outcome.at);
const toldId = ({ id }: Outcome) => `told/${id}`;
const newsId = (key: string) => `news/${key}`;

/** What an older release remembered may not be readable any more: then it is news again. */
function readLastTold(text: string): LastTold | null {
  const { outcome, toldAt } = JSON.parse(text) as { outcome: unknown; toldAt: string };
  const parsed = Outcome.safeParse(outcome);
  return parsed.success ? { outcome: parsed.data, toldAt } : null;
}
