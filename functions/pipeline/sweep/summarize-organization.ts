import type { LastSweep, Unswept } from '../../../events/last-sweep.ts';
import type { RollUpRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import {
  type AccountSwept,
  organizationOutcome,
} from '../../domain/accounts/organization-summary.ts';
import { getEntries } from '../../io/dynamodb.ts';
import { sendMessage } from '../../io/sqs.ts';
import { checkPaths, isProbedSince, pathMetrics, readPaths, waitingUntil } from './check-paths.ts';
import { secondsUntil } from './probe-path.ts';
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
 * Publishes the summary of the organization's sweep when every account has been swept or has failed, or after six hours,
 * and when every probe has come back or is due.
 * Until then its message is requeued.
 * @throws if the records cannot be read, or the outcome cannot be published
 */
export async function rollUp(hub: SweepDeps, request: RollUpRequest): Promise<void> {
  const { sweepId, startedAt } = request;
  const swept = await readAll(hub, request);
  const waiting = swept.filter(({ outcome }) => outcome.kind === 'waiting');
  const age = hub.now().getTime() - Date.parse(startedAt);
  if (waiting.length > 0 && age < WAIT_AT_MOST_MS) {
    hub.log.info('waiting for the sweeps of accounts', { sweepId, waiting: waiting.length });
    return lookAgain(hub, request, LOOK_AGAIN_SECONDS.most);
  }
  const paths = await readPaths(
    hub,
    swept.map(({ account, accountName, outcome }) => {
      const alias = outcome.kind === 'swept' ? outcome.last.alias : null;
      return { account, accountName, alias };
    }),
  );
  const dueAt = waitingUntil(paths, hub.now());
  if (dueAt !== null) {
    hub.log.info('waiting for the probes of accounts', { sweepId, dueAt });
    return lookAgain(hub, request, secondsUntil(dueAt, hub.now()));
  }
  const probed = paths.filter((one) => isProbedSince(one, startedAt));
  const notReached = hub.probe === 'off' ? 0 : paths.length - probed.length;
  const checked = await checkPaths(hub, request.organization, request, probed, notReached);
  await hub.publish([organizationOutcome(request, swept, checked, hub.settings, hub.now())]);
  const unswept = swept.filter(({ outcome }) => outcome.kind !== 'swept');
  // The heartbeat comes last.
  const metrics = {
    SweepsFinished: 1,
    AccountsUnswept: unswept.length,
    ...pathMetrics(checked),
  };
  hub.measure(metrics, { cause: sweepId, organization: request.organization });
}

/** @param most seconds after which there is something to see */
async function lookAgain(
  { sqs, sweepsQueueUrl }: SweepDeps,
  request: RollUpRequest,
  most: number,
): Promise<void> {
  const delay = Math.min(most, lookAgainIn(request.accounts.length));
  await sendMessage(sqs, sweepsQueueUrl, JSON.stringify(request), delay);
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
