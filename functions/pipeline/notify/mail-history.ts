import * as z from 'zod';
import { getEntry, putEntry } from '../../io/dynamodb.ts';
import { hasCome, readStored } from '../state-store.ts';
import type { Delivery, History, NotifyDeps } from './channel.ts';
import { mailsOf, type OutcomeMail } from './mails-of.ts';

/** The last mail of a kind to a user. */
const StoredMail = z.object({
  sentAt: z.iso.datetime(),
  /** The outcomes that it was about, and those that came later on the same day: the newest first. */
  outcomes: z.array(z.string()),
});
type StoredMail = z.infer<typeof StoredMail>;

/** A mail to send, and the last one of its kind to the user. */
export interface DueMail extends OutcomeMail {
  readonly before: StoredMail | null;
}

/** Which outcomes of a batch need a mail: not those whose mails were sent, and at most one of a kind a user and day (UTC). */
export interface MailHistory extends History {
  /** Outcome ID → its mails to send. */
  readonly due: ReadonlyMap<string, readonly DueMail[]>;
  /** Outcomes that another mail of the day makes unnecessary: a duplicate that comes tomorrow must send none. */
  readonly over: readonly { readonly outcomeId: string; readonly mail: DueMail }[];
}

// Longer than a message can stay in a queue and its dead-letter queue: 14 days each.
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
// A user has a few outcomes of a kind a day.
const OUTCOMES_KEPT = 20;

/**
 * Reads the history for a batch.
 * @throws the error of a failed read, so that no mail is sent twice or omitted
 */
export async function readHistory(
  { dynamo, config, now, log }: NotifyDeps,
  deliveries: readonly Delivery[],
): Promise<MailHistory> {
  const today = dayOf(now().toISOString());
  const isPossible = ({ sentAt }: StoredMail) => hasCome(now())(sentAt);
  const lastOf = async (id: string) =>
    readStored(await getEntry(dynamo, config.stateTable, id), {
      id,
      schema: StoredMail,
      isPossible,
      log,
    });
  const due = new Map<string, DueMail[]>();
  const over: { outcomeId: string; mail: DueMail }[] = [];
  // The first outcome of a kind in the batch is the one that is sent.
  const inBatch = new Set<string>();
  const oldestFirst = deliveries.toSorted((a, b) => timeOf(a) - timeOf(b));
  for (const { outcome } of oldestFirst) {
    for (const mail of mailsOf(outcome)) {
      if (isOver(mail, now())) continue;
      const before = await lastOf(mail.key);
      if (before?.outcomes.includes(outcome.id) || inBatch.has(mail.key)) continue;
      if (before !== null && dayOf(before.sentAt) === today) {
        over.push({ outcomeId: outcome.id, mail: { ...mail, before } });
        continue;
      }
      inBatch.add(mail.key);
      due.set(outcome.id, [...(due.get(outcome.id) ?? []), { ...mail, before }]);
    }
  }
  const [toSend, known] = [true, false].map((isDue) =>
    oldestFirst.filter(({ outcome }) => due.has(outcome.id) === isDue),
  ) as [Delivery[], Delivery[]];
  return { toSend, known, due, over };
}

/** A reminder that comes after its time would name an hour in the past. */
function isOver({ content }: OutcomeMail, now: Date): boolean {
  return content.kind === 'reminder' && Date.parse(content.until) <= now.getTime();
}

/** Records the outcomes of a day that need no mail of their own. */
export async function recordSeen(deps: NotifyDeps, { over }: MailHistory): Promise<void> {
  for (const { outcomeId, mail } of over) {
    await record(deps, mail, outcomeId, mail.before?.sentAt ?? deps.now().toISOString());
  }
}

/** Records a mail that was sent. Without the record it may be sent twice. */
export async function recordSent(deps: NotifyDeps, mail: DueMail, outcomeId: string) {
  await record(deps, mail, outcomeId, deps.now().toISOString());
}

async function record(
  { dynamo, config, now, log }: NotifyDeps,
  { key, before }: DueMail,
  outcomeId: string,
  sentAt: string,
): Promise<void> {
  const outcomes = [outcomeId, ...(before?.outcomes ?? [])].slice(0, OUTCOMES_KEPT);
  const entry: StoredMail = { sentAt, outcomes };
  const expires = new Date(now().getTime() + KEPT_MS);
  try {
    await putEntry(dynamo, config.stateTable, key, JSON.stringify(entry), expires);
  } catch (error) {
    log.warn('a mail could not be recorded and may be sent twice', { error: error as Error });
  }
}

const timeOf = ({ outcome }: Delivery) => Date.parse(outcome.at);
const dayOf = (time: string) => time.slice(0, 10);
