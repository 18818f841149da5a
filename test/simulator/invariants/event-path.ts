import type { Outcome } from '../../../events/outcome.ts';
import type { Environment } from '../environment.ts';
import type { Instance, Invocation } from '../instance.ts';
import type { Queue } from '../queue.ts';
import { PROBE_MINUTES } from '../wiring.ts';
import type { Verdict } from './verdict.ts';

/** A probe, as the state table and IAM saw it. */
interface Probe {
  readonly value: string;
  readonly sweepId: string;
  /** When it was written to the state table, and by whom. */
  readonly recordedAt: number;
  readonly recordedBy: Instance;
  readonly recordedIn: Invocation;
  /** The events of its call. The SDK makes a call again whose answer is lost. */
  readonly events: Set<string>;
  /** When on-iam-change had handled the first of its events. */
  reachedAt: number | null;
}

/** An outcome about the event path. */
interface Report {
  readonly id: string;
  readonly at: number;
  /** proven, or the state of the account. */
  readonly state: string;
}

// Clocks are off by ten seconds at most, in both directions.
const CLOCK_OFF_MS = 21_000;

/** The probes of the event path, and what was made of them. It knows each call and each event without the product's code. */
export class EventPaths {
  readonly #environment: Environment;
  readonly #verdict: Verdict;
  readonly #probes: Probe[] = [];
  /** Values, and when the state table had their proof. */
  readonly #proven = new Map<string, number>();
  readonly #reports: Report[] = [];
  /** When the last check that was done began and ended. */
  #checked = { from: 0, to: 0 };

  constructor(environment: Environment, verdict: Verdict) {
    this.#environment = environment;
    this.#verdict = verdict;
  }

  /** An item was written to the state table. */
  written(id: string, body: string, instance: Instance): void {
    const [, kind] = /^(probe|proof|path)\//.exec(id) ?? [];
    if (kind === undefined) return;
    const entry = JSON.parse(body) as { value: string; sweepId: string; state: string };
    if (kind === 'probe') this.#recorded(entry, instance);
    else if (kind === 'proof') this.#checkProof(entry.value, instance);
    else this.#checkState(entry.state, instance);
  }

  /** The enforcer tagged the policy. @param eventId of the event of its call */
  called(value: string, eventId: string): void {
    const index = this.#probes.findLastIndex((one) => one.value === value);
    const probe = this.#probes[index];
    const last = this.#probes[index - 1];
    const earlier = this.#probes.filter(
      (one) => one !== probe && one.sweepId === probe?.sweepId && one.events.size > 0,
    );
    this.#verdict.check(
      'one probe a sweep',
      probe !== undefined && (earlier.length === 0 || (last !== undefined && isLeftPending(last))),
      () =>
        probe === undefined
          ? `${value} is written, and the state table does not know it`
          : `${value} is written after ${earlier.map((one) => one.value).join(', ')}`,
    );
    probe?.events.add(eventId);
  }

  /** on-iam-change has handled a message. */
  handled(body: string): void {
    const probe = this.#probeOf(body);
    if (probe) probe.reachedAt ??= this.#environment.clock.now;
  }

  /** nightly-sweep has handled a message: a check, if it is one. */
  checked(body: string, { startedAt }: Invocation): void {
    if (!isCheck(body) || startedAt < this.#checked.from) return;
    this.#checked = { from: startedAt, to: this.#environment.clock.now };
  }

  /** An outcome was published. */
  published(outcome: Outcome, instance: Instance): void {
    const { kind, id, at } = outcome;
    if (kind !== 'event-path-unproven' && kind !== 'event-path-proven') return;
    const state =
      kind === 'event-path-proven' ? 'proven' : outcome.paths.map((one) => one.state).join();
    if (this.#reports.every((one) => one.id !== id)) {
      this.#reports.push({ id, state, at: Date.parse(at) });
    }
    // An outcome that waited in the queue is published later, and says what was true before.
    if (instance.functionName === 'nightly-sweep') this.#checkState(state, instance);
  }

  /** Checks, when nothing is due, that the last probe was reported as it should be, or that a failed message explains it. */
  checkReports(sweeps: Queue, changes: Queue): void {
    const probe = this.#probes.at(-1);
    if (probe === undefined || probe.events.size === 0) return;
    const isFailed =
      sweeps.failedMessages.some(isCheck) ||
      changes.failedMessages.some((body) => body.includes('event-path-'));
    if (isFailed) return;
    const reports = this.#reports.toSorted((a, b) => a.at - b.at);
    const isOpen = (reports.at(-1)?.state ?? 'proven') !== 'proven';
    const { from, to } = this.#checked;
    const never = Number.POSITIVE_INFINITY;
    const cameBack = Math.min(probe.reachedAt ?? never, this.#proven.get(probe.value) ?? never);
    const isInTime = cameBack < from;
    const isEither = !isInTime && cameBack <= to;
    this.#verdict.check(
      'silence is reported',
      isEither || (isInTime ? !isOpen : isOpen && this.#isDue(probe, to)),
      () => `${probe.value} ${isInTime ? 'came back' : 'is silent'}, and ${describe(reports)}`,
    );
    // A process that dies between a report and its record reports again.
    const isTwice = reports.some(({ state }, index) => reports[index + 1]?.state === state);
    const { faults } = this.#environment;
    const lost = ['process died (nightly-sweep)', 'note lost (nightly-sweep)'];
    if (lost.some((kind) => faults.count(kind) > 0)) return;
    this.#verdict.check('silence is reported', !isTwice, () => describe(reports));
  }

  #recorded(
    { value, sweepId }: { readonly value: string; readonly sweepId: string },
    recordedBy: Instance,
  ): void {
    const recordedIn = recordedBy.origin;
    if (this.#probes.at(-1)?.value === value) return;
    const recordedAt = this.#environment.clock.now;
    const events = new Set<string>();
    this.#probes.push({
      value,
      sweepId,
      recordedAt,
      recordedBy,
      recordedIn,
      events,
      reachedAt: null,
    });
  }

  #checkProof(value: string, { origin }: Instance): void {
    const isInHand = origin.records.some(({ body }) => this.#probeOf(body)?.value === value);
    const isLast = this.#lastSince(origin).some((one) => one.value === value);
    this.#verdict.check(
      'no false proof',
      isInHand && isLast && !this.#proven.has(value),
      () =>
        `${value} counts as proven: its event is ${isInHand ? '' : 'not '}there, ` +
        `it is ${isLast ? '' : 'not '}the last probe, and it was ${this.#proven.has(value) ? '' : 'not '}proven before`,
    );
    if (!this.#proven.has(value)) this.#proven.set(value, this.#environment.clock.now);
  }

  #checkState(state: string, { origin }: Instance): void {
    const { now } = this.#environment.clock;
    const probes = this.#lastSince(origin);
    const names = probes.map(({ value }) => value).join(', ');
    if (state === 'proven') {
      const isTrue = probes.some(({ value }) => this.#proven.has(value));
      this.#verdict.check('no false proof', isTrue, () => `${names} is called proven`);
    }
    if (state === 'not-probed') {
      const isTrue = probes.some((probe) => probe.events.size === 0 || this.#isDue(probe, now));
      this.#verdict.check('no false silence', isTrue, () => `${names} is called not probed`);
    }
    if (state !== 'unproven') return;
    const isSilent = ({ reachedAt }: Probe) => reachedAt === null || reachedAt >= origin.startedAt;
    this.#verdict.check(
      'no false silence',
      probes.some((probe) => isSilent(probe) && this.#isDue(probe, now)),
      () => `${names} is called unproven, and came back or is not due`,
    );
  }

  #isDue({ recordedAt }: Probe, now: number): boolean {
    return now >= recordedAt + PROBE_MINUTES * 60_000 - CLOCK_OFF_MS;
  }

  /** The probes that were the last one at some time since the invocation began. */
  #lastSince({ startedAt }: Invocation): Probe[] {
    return this.#probes.filter((_, index) => {
      const next = this.#probes[index + 1];
      return next === undefined || next.recordedAt >= startedAt;
    });
  }

  /** The probe whose event a message is; a forged one has an event of its own. */
  #probeOf(body: string): Probe | undefined {
    const { detail } = JSON.parse(body) as { detail?: { eventID?: string } };
    return this.#probes.find(({ events }) => events.has(detail?.eventID ?? ''));
  }
}

/** Its process died, or could not write to the state table that it made the call. */
const isLeftPending = ({ recordedBy, recordedIn }: Probe) =>
  !recordedBy.alive || recordedIn.journal.noteLost;

const isCheck = (body: string) => body.includes('mfa-enforcer/path-check/');

const describe = (reports: readonly Report[]) =>
  `these reports were made: ${reports.map(({ id, state }) => `${id} (${state})`).join(', ') || 'none'}`;
