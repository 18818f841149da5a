import type { AccountPlace } from '../../../events/organization-report.ts';
import type { ReportedPath } from '../../../events/outcome.ts';
import { accountText, countOf, durationText, joinWithin, minute, oneLine } from './text.ts';

/** Absent in reports of older releases. */
interface WithPath {
  readonly eventPath?: ReportedPath | undefined;
}

/** Two sweeps in a row without an event are no coincidence. */
const SWEEPS_UNTIL_CRITICAL = 2;

/** Reasons that need nobody: the parameter Probe, the time before the first probe is due, and a report without a stack. */
const NO_FINDING: ReadonlySet<string> = new Set(['off', 'never', 'waiting', 'no-state-table']);

/**
 * How severe it is that an account's event path is not proven. What could not be read is a finding. A path that is not probed yet, or
 * switched off, is none.
 */
export function eventPathLevel({ eventPath }: WithPath): 'ok' | 'warning' | 'critical' {
  if (eventPath === undefined || eventPath.state === 'proven') return 'ok';
  if (eventPath.state === 'unproven') return isSilent(eventPath) ? 'critical' : 'warning';
  return NO_FINDING.has(eventPath.why?.code ?? '') ? 'ok' : 'warning';
}

/** Whether the events of several sweeps did not arrive. One probe alone may have been late. */
export function isSilent({ state, sweeps }: ReportedPath): boolean {
  return state === 'unproven' && sweeps >= SWEEPS_UNTIL_CRITICAL;
}

/** The state of the event path in a few words; null where the report does not have it. */
export function eventPathText({ eventPath }: WithPath): string | null {
  if (eventPath === undefined) return null;
  const { state, since, sweeps, latencyMs, why } = eventPath;
  const reason = why === null ? '' : ` (${oneLine(why.text)})`;
  const from = since === null ? '' : ` since ${minute(since)}`;
  switch (state) {
    case 'proven': {
      const at = since === null ? '' : ` at ${minute(since)}`;
      return `IAM events arrive: the last took ${durationText(latencyMs ?? 0)}${at}`;
    }
    case 'unproven':
      return isSilent(eventPath)
        ? `IAM events do not arrive: no probe came back in ${countOf(sweeps, 'sweep')},${from}`
        : `The event of the last probe did not arrive,${from}`;
    case 'not-probed':
      return `Event path not probed${from}${reason}`;
    case 'unknown':
      return `Event path not known${reason}`;
    default:
      return state satisfies never;
  }
}

/** An account, what it is called, and its event path. */
type NamedPath = Pick<AccountPlace, 'account' | 'name'> & WithPath;

/**
 * The event paths of an organization's accounts for a person: a line for each silent account, then those that are not probed or not
 * known by their reasons, and how many are proven and which is the slowest. None where no stack was read.
 */
export function eventPathLines(accounts: readonly NamedPath[]): string[] {
  const isFinding = (one: NamedPath) => eventPathLevel(one) !== 'ok';
  const proven = accounts.filter(({ eventPath }) => eventPath?.state === 'proven');
  const unproven = accounts.filter(({ eventPath }) => eventPath?.state === 'unproven');
  const others = accounts.filter((one) => !proven.includes(one) && !unproven.includes(one));
  const latency = ({ eventPath }: NamedPath) => eventPath?.latencyMs ?? 0;
  const [slowest] = proven.toSorted((one, other) => latency(other) - latency(one));
  return [
    ...unproven.map(lineOf),
    ...linesByReason(others.filter(isFinding)),
    ...(slowest === undefined
      ? []
      : [
          `IAM events arrive from ${countOf(proven.length, 'account')}; the slowest took ` +
            `${durationText(latency(slowest))}: ${accountText(slowest)}.`,
        ]),
    ...linesByReason(others.filter((one) => !isFinding(one))),
  ];
}

// The names in a line: the report of each account has its own.
const NAMES_AT_MOST = 160;

/** A line for each reason. It names the accounts that could not be probed, and says since when where it is only one. */
function linesByReason(accounts: readonly NamedPath[]): string[] {
  const reasonOf = ({ eventPath }: NamedPath) =>
    shownText({ eventPath: eventPath && { ...eventPath, since: null } });
  const reasons = new Set(accounts.map(reasonOf).filter((one) => one !== null));
  return [...reasons].flatMap((reason) => {
    const those = accounts.filter((one) => reasonOf(one) === reason);
    const isRefused = those.some(
      (one) => one.eventPath?.state === 'not-probed' && eventPathLevel(one) !== 'ok',
    );
    if (isRefused && those.length === 1) return those.map(lineOf);
    const names = isRefused ? `: ${joinWithin(those.map(accountText), NAMES_AT_MOST)}` : '';
    return [`${countOf(those.length, 'account')}: ${reason}${names}.`];
  });
}

function lineOf(one: NamedPath): string {
  return `${accountText(one)}: ${eventPathText(one) ?? ''}.`;
}

/** The event path of an account, where a stack was read. */
export function pathLines(report: WithPath): string[] {
  const text = shownText(report);
  return text === null ? [] : [`${text}.`];
}

function shownText(report: WithPath): string | null {
  return report.eventPath?.why?.code === 'no-state-table' ? null : eventPathText(report);
}
