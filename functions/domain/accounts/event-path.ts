import type { PathRecord, Probe, Proof } from '../../../events/event-path.ts';
import type { Reason } from '../../../events/outcome.ts';

/** The entries of the state table about an account's event path. Null: there is none, or it is invalid. */
export interface PathEntries {
  readonly probe: Probe | null;
  readonly proof: Proof | null;
  readonly path: PathRecord | null;
}

/** The state of an account's event path, the way from an IAM call to on-iam-change. */
export type EventPath =
  /** The last probe came back as an event; or it is not due yet, and the one before did. */
  | { readonly state: 'proven'; readonly since: string; readonly latencyMs: number }
  /** The last probe is due and did not come back; nor did those of the sweeps before, `sweeps` in all. */
  | { readonly state: 'unproven'; readonly since: string; readonly sweeps: number }
  /** Nothing was written, nothing yet, or nothing for too long, so nothing is known. */
  | {
      readonly state: 'not-probed';
      readonly since: string | null;
      readonly sweeps: number;
      readonly why: Reason;
    };

const NEVER: Reason = { code: 'never', text: 'no sweep has probed it yet' };
const FIRST: Reason = { code: 'waiting', text: 'the first probe is not due yet' };
const BEFORE: Reason = {
  code: 'not-probed-before',
  text: 'the sweeps before could not probe it, and the last probe is not due yet',
};
const OVERDUE: Reason = { code: 'overdue', text: 'no sweep has probed it in the last 50 hours' };
const INTERRUPTED: Reason = { code: 'interrupted', text: 'the sweep ended before its call' };

// One night may fail: two nights, and the two hours that a sweep may take (SweepOverdueHours is 24 and 2 by default).
const PROBED_WITHIN_MS = 50 * 60 * 60 * 1000;

/**
 * The state of an account's event path as it is now. What the last probe found counts for 50 hours: without a sweep after it
 * nothing is known.
 * @param entries as read; where they could not be read, the state is unknown, and this is not to be asked
 */
export function eventPathOf(entries: PathEntries, now: Date): EventPath {
  const { probe } = entries;
  if (probe === null || probe.state === 'off') return foundBy(entries, now);
  if (now.getTime() - Date.parse(probe.sentAt) <= PROBED_WITHIN_MS) return foundBy(entries, now);
  return { state: 'not-probed', since: probe.sentAt, sweeps: 0, why: OVERDUE };
}

/** What the last probe found. Silence counts only after a call that was made, and only when it is due. */
function foundBy(entries: PathEntries, now: Date): EventPath {
  const { probe, proof, path } = entries;
  if (probe === null) return { state: 'not-probed', since: null, sweeps: 0, why: NEVER };
  if (proof?.value === probe.value) return provenBy(proof);
  if (isWaiting(entries, now)) {
    if (path?.state === 'unproven') return { state: 'unproven', ...lasting(path) };
    if (path?.state === 'not-probed') {
      return { state: 'not-probed', ...lasting(path), why: BEFORE };
    }
    return proof === null
      ? { state: 'not-probed', since: null, sweeps: 0, why: FIRST }
      : provenBy(proof);
  }
  if (probe.state === 'sent')
    return { state: 'unproven', ...lastingWith(entries, probe, 'unproven') };
  const why = probe.why ?? INTERRUPTED;
  return { state: 'not-probed', ...lastingWith(entries, probe, 'not-probed'), why };
}

/** Whether the last probe may still come back. */
export function isWaiting({ probe, proof }: PathEntries, now: Date): boolean {
  if (probe === null || proof?.value === probe.value) return false;
  return ['pending', 'sent'].includes(probe.state) && now.getTime() < Date.parse(probe.dueAt);
}

function provenBy({ receivedAt, latencyMs }: Proof): EventPath {
  return { state: 'proven', since: receivedAt, latencyMs };
}

function lasting({ since, sweeps }: PathRecord): { since: string; sweeps: number } {
  return { since, sweeps };
}

/** Since when the state lasts, with the last probe's sweep. The probe of one sweep is counted once. */
function lastingWith({ path }: PathEntries, probe: Probe, state: PathRecord['state']) {
  if (path?.state !== state) return { since: probe.sentAt, sweeps: 1 };
  const { since, sweeps } = lasting(path);
  return { since, sweeps: path.sweepId === probe.sweepId ? sweeps : sweeps + 1 };
}

/** The result of the check of an account's event path after its probe was due or came back. */
export interface PathChecked {
  readonly path: EventPath;
  /** The entry to write; null where it stays as it is. */
  readonly record: PathRecord | null;
  /** Whether it is to be reported: a problem when it begins and weekly while it lasts, and its end. */
  readonly report: 'problem' | 'recovery' | null;
  /** Since when the problem lasted, for a recovery. */
  readonly before: PathRecord | null;
}

// A week after the night of the last report; a sweep may be some minutes earlier than the one a week before.
const REMIND_AFTER_MS = (7 * 24 - 6) * 60 * 60 * 1000;

/**
 * What the check finds, and what follows. A probe that is switched off is no problem and changes nothing.
 * @param account 12 digits
 */
export function checkedPath(account: string, entries: PathEntries, now: Date): PathChecked {
  const { probe, path: before } = entries;
  const path = foundBy(entries, now);
  const unchanged: PathChecked = { path, record: null, report: null, before };
  if (probe === null || isSwitchedOff(path)) return unchanged;
  const { sweepId } = probe;
  const record = { schema: 'mfa-enforcer/path/1' as const, account, sweepId, state: path.state };
  if (path.state === 'proven') {
    if (before === null || before.state === 'proven') return unchanged;
    const proven = { ...record, since: path.since, sweeps: 0, reportedAt: null };
    return { path, record: proven, report: 'recovery', before };
  }
  const last = before?.state === path.state ? before.reportedAt : null;
  const isDue = last === null || now.getTime() - Date.parse(last) >= REMIND_AFTER_MS;
  const since = path.since ?? probe.sentAt;
  const reportedAt = isDue ? now.toISOString() : last;
  const counted = { ...record, since, sweeps: path.sweeps, reportedAt };
  return { path, record: counted, report: isDue ? 'problem' : null, before };
}

/** Whether nothing is probed because the parameter Probe says so. */
export function isSwitchedOff(path: EventPath): boolean {
  return path.state === 'not-probed' && path.why.code === 'off';
}
