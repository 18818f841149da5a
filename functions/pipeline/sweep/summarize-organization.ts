import type { LastSweep, Unswept } from '../../../events/last-sweep.ts';
import type { RollUpRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import {
  type AccountSwept,
  organizationOutcome,
} from '../../domain/accounts/organization-summary.ts';
import { getEntries } from '../../io/dynamodb.ts';
import { sendMessage } from '../../io/sqs.ts';
import { readAccountName, readLastSweep, readUnswept } from './stored-sweep.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** An account that is not swept by then is reported as not swept. */
const WAIT_AT_MOST_MS = 6 * 60 * 60 * 1000;
const TRIED_AGAIN_WITHIN_MS = 17 * 60_000;
/** One second per account is enough. SQS delays a message by at most 15 minutes. */
const LOOK_AGAIN_SECONDS = { least: 10, most: 300 };

/** Seconds until the next check whether all accounts are swept. */
export function lookAgainIn(accounts: number): number {
  return Math.min(LOOK_AGAIN_SECONDS.most, Math.max(LOOK_AGAIN_SECONDS.least, accounts));
}

/**
 * Publishes the summary of the organization's sweep when every account has been swept or has failed, or after six hours.
 * Until then its message is requeued.
 * @throws if the records cannot be read, or the outcome cannot be published
 */
export async function rollUp(hub: SweepDeps, request: RollUpRequest): Promise<void> {
  const { accounts, sweepId, startedAt } = request;
  const swept = await readAll(hub, request);
  const waiting = swept.filter(({ outcome }) => outcome.kind === 'waiting');
  const age = hub.now().getTime() - Date.parse(startedAt);
  if (waiting.length > 0 && age < WAIT_AT_MOST_MS) {
    hub.log.info('waiting for the sweeps of accounts', { sweepId, waiting: waiting.length });
    const delay = lookAgainIn(accounts.length);
    return sendMessage(hub.sqs, hub.sweepsQueueUrl, JSON.stringify(request), delay);
  }
  await hub.publish([organizationOutcome(request, swept, hub.settings, hub.now())]);
  const unswept = swept.filter(({ outcome }) => outcome.kind !== 'swept');
  // The heartbeat comes last.
  const metrics = { SweepsFinished: 1, AccountsUnswept: unswept.length };
  hub.measure(metrics, { cause: sweepId, organization: request.organization });
}

async function readAll(
  { dynamo, stateTable, log, now }: SweepDeps,
  { accounts, sweepId, startedAt }: RollUpRequest,
): Promise<AccountSwept[]> {
  const ids = accounts.flatMap((one) => [
    stateKeys.lastSweep(one),
    stateKeys.unswept(one),
    stateKeys.accountName(one),
  ]);
  const entries = await getEntries(dynamo, stateTable, ids);
  // A later sweep may have replaced the records of this one.
  const counts = (record: LastSweep | Unswept | null) =>
    record !== null && (record.sweepId === sweepId || record.startedAt > startedAt);
  return accounts.map((account) => {
    const accountName = readAccountName(account, entries.get(stateKeys.accountName(account)), log);
    const last = readLastSweep(account, entries.get(stateKeys.lastSweep(account)), now(), log);
    if (last && counts(last)) return { account, accountName, outcome: { kind: 'swept', last } };
    const failed = readUnswept(account, entries.get(stateKeys.unswept(account)), now(), log);
    if (failed && counts(failed) && !comesAgain(failed, now())) {
      return { account, accountName, outcome: { kind: 'unswept', why: failed.why } };
    }
    return { account, accountName, outcome: { kind: 'waiting' } };
  });
}

/** Whether the sweep is tried again: its message is visible again after 16 minutes (infra/sweep.yml), three times in all. */
function comesAgain({ why, at }: Unswept, now: Date): boolean {
  return why.code === 'other' && now.getTime() - Date.parse(at) < TRIED_AGAIN_WITHIN_MS;
}
