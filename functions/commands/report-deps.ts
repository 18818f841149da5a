import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { iamEventRegionOf } from '../domain/rules/partition.ts';
import { readEventPaths, type StateTable } from '../pipeline/event-paths.ts';
import type { PlanDeps, ReadTime } from '../pipeline/report/account-plan.ts';
import type { MonitorDeps, ReportDeps } from '../pipeline/report/account-report.ts';
import { blockTimesInStateTable } from '../pipeline/report/block-times.ts';
import { readingDetails } from '../pipeline/report/plan-details.ts';
import { type TimeSource, withTimeToEnrol } from '../pipeline/report/time-to-enrol.ts';
import { namingActions } from '../runtime/clients.ts';
import type { Deployed } from './connect.ts';
import { reasonOfCall } from './errors.ts';
import type { Terminal } from './terminal.ts';

/**
 * The state table that reports read. Where the enforcer cannot be deployed there is none.
 * @param name if it is not the stack's
 * @returns null where no table is known
 */
export function stateTableOf(
  { env }: Pick<Terminal, 'env'>,
  { identity, stateTable: ofStack }: Pick<Deployed, 'identity' | 'stateTable'>,
  name: string | undefined = env.MFA_ENFORCER_STATE_TABLE,
): StateTable | null {
  const table = name || ofStack;
  if (table === null) return null;
  const region = iamEventRegionOf(identity.partition);
  const client = new DynamoDBClient({ ...identity.config, region });
  return { dynamo: namingActions('dynamodb', client), name: table };
}

/** How a report for a monitor is read. */
export function monitorDeps(terminal: Terminal, maxAgeMs: number | null): MonitorDeps {
  return { ...readingOf(terminal), now: terminal.now(), maxAgeMs };
}

/** How a whole report is read, of the caller's account or of the hub's. */
export function reportDeps(
  terminal: Terminal,
  maxAgeMs: number | null,
  table: StateTable | null,
): ReportDeps {
  return {
    ...monitorDeps(terminal, maxAgeMs),
    time: timeSource(terminal, table),
    blockTimes: table && blockTimesInStateTable(table.dynamo, table.name, terminal.now),
  };
}

/** The event paths of accounts. */
export function eventPathsOf(
  { now }: Pick<Terminal, 'now'>,
  table: StateTable | null,
  accounts: readonly string[],
): ReturnType<typeof readEventPaths> {
  return readEventPaths(accounts, table, { now, reasonOf: reasonOfCall });
}

/** What a plan reads with. */
export function planDeps(terminal: Terminal, table: StateTable | null): PlanDeps {
  const time = readingTime(terminal, table);
  return { now: terminal.now, time, readDetails: readingDetails(readingOf(terminal)) };
}

/** Reads which users have time to enrol. */
export function readingTime(terminal: Pick<Terminal, 'now'>, table: StateTable | null): ReadTime {
  const source = timeSource(terminal, table);
  return (settings, users) => withTimeToEnrol(settings, users, source);
}

/** What tells a command which users have time to enrol. */
export function timeSource({ now }: Pick<Terminal, 'now'>, table: StateTable | null): TimeSource {
  return { table, now, reasonOf: reasonOfCall };
}

const readingOf = ({ pause }: Terminal) => ({ sleep: pause, reasonOf: reasonOfCall });
