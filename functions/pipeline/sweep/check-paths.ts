import type { Cause } from '../../../events/cause.ts';
import type { PathRecord, Probe } from '../../../events/event-path.ts';
import type { PathCheck } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { checkedPath, isWaiting, type PathEntries } from '../../domain/accounts/event-path.ts';
import {
  type CheckedPaths,
  checkedPaths,
  eventPathOutcomes,
  type NamedPath,
} from '../../domain/outcomes/event-path-outcomes.ts';
import type { Metrics } from '../../domain/outcomes/metrics.ts';
import { getEntries, putEntry } from '../../io/dynamodb.ts';
import { PATH_KEPT_MS, pathEntries, pathKeys } from '../stored-path.ts';
import { checkAgain } from './probe-path.ts';
import type { SweepDeps } from './sweep-deps.ts';

/** An account, what it is called, and its entries. */
export type AccountPath = Omit<NamedPath, 'checked'> & { readonly entries: PathEntries };

/** The entries about the event paths of accounts. @throws if they cannot be read */
export async function readPaths(
  { dynamo, stateTable, now, log }: SweepDeps,
  accounts: readonly Omit<NamedPath, 'checked'>[],
): Promise<AccountPath[]> {
  const ids = accounts.flatMap(({ account }) => pathKeys(account));
  const found = await getEntries(dynamo, stateTable, ids);
  return accounts.map((named) => {
    const entries = pathEntries(found, { account: named.account, now: now(), log });
    return { ...named, entries };
  });
}

/** When the last probe is due that may still come back; null where none may. */
export function waitingUntil(paths: readonly AccountPath[], now: Date): string | null {
  const due = paths.flatMap(({ entries }) =>
    isWaiting(entries, now) && entries.probe ? [entries.probe.dueAt] : [],
  );
  return due.toSorted().at(-1) ?? null;
}

/** Whether an account was probed at or after a time: what an older probe found says nothing about a sweep that began then. */
export function isProbedSince({ entries: { probe } }: AccountPath, startedAt: string): boolean {
  return probe !== null && Date.parse(probe.sentAt) >= Date.parse(startedAt);
}

/**
 * Checks event paths whose probes came back or are due: reports what is new, and records it.
 * @param of the organization's id, or the account
 * @param notReached how many more accounts the sweep should have probed, and did not
 * @throws if an outcome cannot be published or an entry cannot be written, so that the check is repeated
 */
export async function checkPaths(
  hub: SweepDeps,
  of: string,
  { sweepId, startedAt }: Pick<PathCheck, 'sweepId' | 'startedAt'>,
  paths: readonly AccountPath[],
  notReached = 0,
): Promise<CheckedPaths> {
  const now = hub.now();
  const named = paths.map(({ entries, ...one }) => ({
    ...one,
    checked: checkedPath(one.account, entries, now),
  }));
  const probe = lastProbeOf(paths);
  const cause: SweepCause = { kind: 'sweep', sweepId: probe?.sweepId ?? sweepId, startedAt };
  const check = { hub: hub.settings, of, cause, probe: probe?.value ?? sweepId };
  // A problem is recorded before its report and after it: once it may be published, its end is reported, too.
  const problems = named.flatMap(({ checked: { record, report, before } }) => {
    if (record === null || report !== 'problem') return [];
    const last = before?.state === record.state ? before.reportedAt : null;
    return [{ ...record, reportedAt: last }];
  });
  await putRecords(hub, problems, now);
  await hub.publish(eventPathOutcomes(check, named, now));
  // Reported first: a check that is repeated reports with the same id.
  await putRecords(
    hub,
    named.flatMap(({ checked }) => checked.record ?? []),
    now,
  );
  return checkedPaths(hub.settings.account, named, notReached);
}

type SweepCause = Extract<Cause, { kind: 'sweep' }>;

/** Sweeps that follow each other within ProbeMinutes check the same probes at the same time, and report with the same id. */
function lastProbeOf(paths: readonly AccountPath[]): Probe | undefined {
  const probes = paths.flatMap(({ entries }) => entries.probe ?? []);
  return probes.toSorted((a, b) => Date.parse(a.sentAt) - Date.parse(b.sentAt)).at(-1);
}

async function putRecords(
  { dynamo, stateTable }: SweepDeps,
  records: readonly PathRecord[],
  now: Date,
): Promise<void> {
  const expires = new Date(now.getTime() + PATH_KEPT_MS);
  for (const record of records) {
    const id = stateKeys.path(record.account);
    await putEntry(dynamo, stateTable, id, JSON.stringify(record), expires);
  }
}

/** What a check measures: nothing where no probe came back or is late, because a refused one says nothing about the path. */
export function pathMetrics({ counts }: CheckedPaths): Metrics {
  if (counts === undefined || counts.proven + counts.unproven === 0) return {};
  return { AccountsUnproven: counts.unproven };
}

/**
 * Checks the event path of one account, or comes back when its probe is due.
 * @throws if the message must be tried again
 */
export async function checkPath(hub: SweepDeps, check: PathCheck): Promise<void> {
  const { account, sweepId } = check;
  const named = { account, ...(await hub.names(account)) };
  const paths = await readPaths(hub, [named]);
  const dueAt = waitingUntil(paths, hub.now());
  if (dueAt !== null) return checkAgain(hub, check, dueAt);
  const checked = await checkPaths(hub, account, check, paths);
  hub.measure(pathMetrics(checked), { account, cause: sweepId });
}
