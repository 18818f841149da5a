import type { SQSRecord } from 'aws-lambda';
import { type Cause, causeId } from '../../../events/cause.ts';
import { type Parsed, parseMessage } from '../../../events/message.ts';
import { accountUnreachableOutcome } from '../../domain/outcomes/outcomes.ts';
import { sendMessage } from '../../io/sqs.ts';
import { AccountUnreachable } from '../accounts/account-unreachable.ts';
import { type Accounts, NotManaged } from '../accounts/accounts.ts';
import { handleAccount, type Message } from './handle-account.ts';
import type { BatchDeps } from './review-deps.ts';

/** The delay is random, so that requeued messages do not arrive at once. */
const REQUEUE_SECONDS = { least: 15, spread: 45 };

type Settled = PromiseSettledResult<unknown>;
/** Gives up waiting for work that is not done in time. */
type Within = ReturnType<BatchDeps['deadline']>;

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
  accounts: Accounts<BatchDeps>,
  records: readonly Pick<SQSRecord, 'body'>[],
): Promise<Settled[]> {
  const hub = accounts.own;
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
      const settled = await handleEntries(accounts, batch, account, entries);
      for (const [at, { index }] of entries.entries()) results[index] = settled[at] as Settled;
    }),
  );
  return results;
}

/** The account of a message. Dropped events and unpublished outcomes belong to the hub. */
function subjectOf(
  { settings, accountThrottle, log }: BatchDeps,
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
  accounts: Accounts<BatchDeps>,
  { within, begun }: Batch,
  account: string,
  entries: readonly Entry[],
): Promise<Settled[]> {
  const hub = accounts.own;
  let deps: BatchDeps;
  try {
    deps = await within(accounts.of(account));
  } catch (error) {
    await publishIfUnreachable(hub, within, entries[0]?.cause ?? null, error);
    return entries.map(({ cause }) => ({ status: 'rejected', reason: naming(cause, error) }));
  }
  const room = hub.accountThrottle?.capacityFor(account) ?? entries.length;
  const since = hub.now().getTime();
  const worked = handleAccount(deps, entries.slice(0, room), begun).map((work) => within(work));
  const left = entries.slice(room).map(({ body }) => within(requeue(hub, account, body)));
  const settled = await Promise.allSettled([...worked, ...left]);
  hub.accountThrottle?.took(account, hub.now().getTime() - since);
  return settled;
}

/** Requeues a message of a slow account, so that other accounts need not wait for it. It costs no try. */
async function requeue(hub: BatchDeps, account: string, body: string): Promise<void> {
  const delay = REQUEUE_SECONDS.least + Math.floor(hub.random() * REQUEUE_SECONDS.spread);
  await sendMessage(hub.sqs, hub.queueUrl, body, delay, account);
}

function naming(cause: Cause | null, error: unknown): unknown {
  if (!(error instanceof NotManaged) || cause === null) return error;
  return new NotManaged(`event ${causeId(cause)} ${error.message}`);
}

/** Reports an unreachable account at once. Its messages are tried again. */
async function publishIfUnreachable(
  hub: BatchDeps,
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
    await hub.rateLimited(error.account, () => within(hub.publish([outcome])));
  } catch (failed) {
    hub.log.error('an unreachable account could not be reported', { error: failed as Error });
  }
}
