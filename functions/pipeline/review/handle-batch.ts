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

/** The dependencies of on-iam-change. */
export interface Hub extends Publisher {
  readonly accounts: Accounts<Pipeline>;
  /** The hub's own settings. */
  readonly settings: Settings;
  readonly now: () => Date;
  /** Starts the time limit of a batch, for all its steps: a slow account must not fail the messages of others. */
  readonly deadline: () => Within;
  /** Limits reports of an unreachable account: one per half hour, not one per message. */
  readonly rateLimited: RateLimited;
  /** Limits an account's part of a batch; null for a deployment with one account. */
  readonly accountThrottle: AccountThrottle | null;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The delay is random, so that requeued messages do not arrive at once. */
const REQUEUE_SECONDS = { least: 15, spread: 45 };

type Settled = PromiseSettledResult<unknown>;
/** Gives up waiting for work that is not done in time. */
type Within = <T>(work: Promise<T>) => Promise<T>;

interface Batch {
  readonly within: Within;
  readonly begun: Date;
}

/** A message of an account, with its position in the batch. */
interface Entry extends Message {
  readonly index: number;
  readonly cause: Cause | null;
}

/**
 * Handles one batch of the queue of IAM changes, account by account. A failed record or account does not affect the others.
 * @returns one settled result per record, in the batch's order
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

/** The account of a message. Dropped events and unpublished outcomes belong to the hub. */
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
      // In an organization the account may be any account.
      if (accountThrottle !== null || account === settings.account) {
        return { account: settings.account, cause: null };
      }
      throw new NotManaged(
        `the outcome ${id} is from account ${account}, but the managed account is ${settings.account}`,
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

/** Requeues a message of a slow account, so that other accounts need not wait for it. It costs no try. */
async function requeue(hub: Hub, account: string, body: string): Promise<void> {
  const delay = REQUEUE_SECONDS.least + Math.floor(hub.random() * REQUEUE_SECONDS.spread);
  await sendMessage(hub.sqs, hub.queueUrl, body, delay, account);
}

function naming(cause: Cause | null, error: unknown): unknown {
  if (!(error instanceof NotManaged) || cause === null) return error;
  return new NotManaged(`event ${causeId(cause)} ${error.message}`);
}

/** Reports an unreachable account at once. Its messages are tried again. */
async function publishIfUnreachable(
  hub: Hub,
  within: Within,
  cause: Cause | null,
  error: unknown,
): Promise<void> {
  // Another try may fix any other error.
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
    hub.log.error('an unreachable account could not be reported', { error: failed as Error });
  }
}
