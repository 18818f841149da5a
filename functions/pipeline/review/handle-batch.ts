import type { SQSRecord } from 'aws-lambda';
import { type Cause, causeId } from '../../../events/cause.ts';
import { type Parsed, parseMessage } from '../../../events/message.ts';
import { accountUnreachableOutcome } from '../../domain/outcomes/outcomes.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { sendMessage } from '../../io/sqs.ts';
import { AccountUnreachable } from '../accounts/account-unreachable.ts';
import { type Accounts, NotManaged } from '../accounts/accounts.ts';
import { type Publisher, publish } from '../publish.ts';
import type { RateLimited } from '../rate-limited.ts';
import type { AccountThrottle } from './account-throttle.ts';
import { handleAccount, type Message, type Pipeline } from './handle-account.ts';

/** Everything on-iam-change works with. */
export interface Hub extends Publisher {
  readonly accounts: Accounts<Pipeline>;
  /** The hub's own. */
  readonly settings: Settings;
  readonly now: () => Date;
  /** Begins a batch's time, all steps together: an account that is slow must not fail the others' messages. */
  readonly deadline: () => Within;
  /** Whether an unreachable account is to be told of now: once in a while, not once a message. */
  readonly rateLimited: RateLimited;
  /** How much of a batch an account may have; null where one account is managed, and nobody waits behind it. */
  readonly accountThrottle: AccountThrottle | null;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Spread, so that they do not all come back at once. */
const REQUEUE_SECONDS = { least: 15, spread: 45 };

type Settled = PromiseSettledResult<unknown>;
/** Gives up waiting for work that is not done in time. */
type Within = <T>(work: Promise<T>) => Promise<T>;

interface Batch {
  readonly within: Within;
  readonly begun: Date;
}

/** A message of an account, and where it is in the batch. */
interface Entry extends Message {
  readonly index: number;
  readonly cause: Cause | null;
}

/**
 * Handles one batch of the queue of IAM changes, account by account. A record fails alone: what is wrong with one, or
 * with its account, does not touch the others.
 * @returns one settled result a record, in the batch's order
 */
export async function handleBatch(
  hub: Hub,
  records: readonly Pick<SQSRecord, 'body'>[],
): Promise<Settled[]> {
  const batch = { within: hub.deadline(), begun: hub.now() };
  const results: Settled[] = [];
  const byAccount = new Map<string, Entry[]>();
  for (const [index, { body }] of records.entries()) {
    try {
      const parsed = parseMessage(body, hub.settings.account);
      const { account, cause } = subjectOf(hub, parsed);
      byAccount.set(account, [...(byAccount.get(account) ?? []), { index, body, parsed, cause }]);
    } catch (reason) {
      results[index] = { status: 'rejected', reason };
    }
  }
  await Promise.all(
    [...byAccount].map(async ([account, entries]) => {
      const settled = await handleEntries(hub, batch, account, entries);
      for (const [at, { index }] of entries.entries()) results[index] = settled[at] as Settled;
    }),
  );
  return results;
}

/** The hub itself is the subject of what is dropped, and of what only waits to be published. */
function subjectOf(
  { settings, accountThrottle, log }: Hub,
  parsed: Parsed,
): { readonly account: string; readonly cause: Cause | null } {
  switch (parsed.kind) {
    case 'changes': {
      // All changes of one message have the same account and cause.
      const [first] = parsed.changes;
      return first ?? { account: settings.account, cause: null };
    }
    case 'policy':
      return parsed.change;
    case 'tampering':
      return parsed.tampering;
    case 'dropped':
      log.info('dropped', { eventId: parsed.eventId, reason: parsed.reason });
      return { account: settings.account, cause: null };
    case 'unpublished': {
      const { id, account } = parsed.outcome;
      // In an organization any account may be one that is managed.
      if (accountThrottle !== null || account === settings.account) {
        return { account: settings.account, cause: null };
      }
      throw new NotManaged(
        `the outcome ${id} is of account ${account}, managed is ${settings.account}`,
      );
    }
    default:
      return parsed satisfies never;
  }
}

async function handleEntries(
  hub: Hub,
  { within, begun }: Batch,
  account: string,
  entries: readonly Entry[],
): Promise<Settled[]> {
  let pipeline: Pipeline;
  try {
    pipeline = await within(hub.accounts.of(account));
  } catch (error) {
    await publishIfUnreachable(hub, within, entries[0]?.cause ?? null, error);
    return entries.map(({ cause }) => ({ status: 'rejected', reason: naming(cause, error) }));
  }
  const room = hub.accountThrottle?.capacityFor(account) ?? entries.length;
  const since = hub.now().getTime();
  const worked = handleAccount(pipeline, entries.slice(0, room), begun).map((work) => within(work));
  const left = entries.slice(room).map(({ body }) => within(requeue(hub, account, body)));
  const settled = await Promise.allSettled([...worked, ...left]);
  hub.accountThrottle?.took(account, hub.now().getTime() - since);
  return settled;
}

/** A message that others should not wait for: it comes again in a while, which costs it no try. */
async function requeue(hub: Hub, account: string, body: string): Promise<void> {
  const delay = REQUEUE_SECONDS.least + Math.floor(hub.random() * REQUEUE_SECONDS.spread);
  await sendMessage(hub.sqs, hub.queueUrl, body, delay, account);
}

function naming(cause: Cause | null, error: unknown): unknown {
  if (!(error instanceof NotManaged) || cause === null) return error;
  return new NotManaged(`event ${causeId(cause)} ${error.message}`);
}

/** The messages come again; that they cannot be worked on is told at once. */
async function publishIfUnreachable(
  hub: Hub,
  within: Within,
  cause: Cause | null,
  error: unknown,
): Promise<void> {
  // Whatever else it was, another try may fix.
  if (!(error instanceof AccountUnreachable) || error.code === 'other') return;
  if (cause === null) return;
  const why = { code: error.code, text: error.why };
  const { mode } = hub.settings;
  const outcome = accountUnreachableOutcome(
    { account: error.account, mode },
    cause,
    why,
    hub.now(),
  );
  try {
    await hub.rateLimited(error.account, () => within(publish(hub, [outcome])));
  } catch (failed) {
    hub.log.error('that an account is unreachable could not be told', { error: failed as Error });
  }
}
