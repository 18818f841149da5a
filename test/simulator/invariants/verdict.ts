import type { Clock } from '../clock.ts';
import type { Tally } from '../tally.ts';
import type { Trace } from '../trace.ts';

/** What must be true in every run. Summaries and tests use the keys. */
export const invariants = {
  'blocked after the sweep':
    'after the next sweep every user in scope without MFA is blocked, or a reported failure explains why not',
  'parts fail alone':
    'a sweep that cannot read the policies or the credential report reports it, and still decides every user',
  unblocked: 'no user who is exempt, break-glass or protected stays blocked',
  'unblocked without the table':
    'no user who is exempt, break-glass or protected stays blocked because the state table is unavailable',
  'unblocked when reported': 'no block method still blocks a user who is reported as unblocked',
  'sound reading':
    'no user is blocked on a failed reading, or on a reading that an event in the batch proves stale',
  'time to delete':
    'no user is blocked again within five minutes after an administrator with MFA removed a block method',
  'done or failed message': 'every message is handled or in a dead-letter queue',
  'no try is lost': 'a change that IAM refuses for a while costs its message no try',
  'at least one alert': 'every block and every unblock has an alert',
  'at most one alert': 'no block or unblock has two alerts where nothing crashed',
  'no fight': 'the number of writes is bounded by the number of changes by people',
  'within the limit': 'the block limit is never exceeded',
  'open when full':
    'the circuit breaker opens only where the block limit is reached, or was minutes ago',
  'refused until there is room': 'no refused user waits for the nightly sweep once there is room',
  'time to enrol': 'no user is blocked who has time to enrol',
  'one grace period':
    'no user has a second time to enrol, and none is blocked after a time that no message named',
  'no sweep needed': 'a single change whose event arrived is enforced without a sweep',
  'nothing runs on': 'a handler answers only after its calls have ended or timed out',
  'fights are reported':
    'an actor who removes a user’s block three times within an hour is reported once, with name and count',
  'fights slow down':
    'from the third removal of a block by the same actor on, the next block waits twice as long each time, up to five minutes',
  'fights are bounded':
    'an actor who removes a user’s block again and again gets at most nine blocks within 15 minutes',
  'the queue is bounded':
    'where nothing of AWS fails, the queue of IAM changes has at most ten messages, two more for each event of the last 20 minutes, and three more for each user',
  'attacks end':
    'after an attacker’s last act every user whom the attacker changed is in the right state without a sweep',
  'successes are reported':
    'each success of an attacker is reported with its name: a changed exemption, policy, deny group or device of another user, a first device by a stolen access key, and a state kept wrong for minutes',
  'policies are restored':
    'after a sweep each blocking policy is as deployed, or is reported as changed',
  'observe writes nothing': 'observe mode never writes to a user in IAM',
  'no false silence':
    'no event path is called unproven or not probed while its probe may come back, or unproven after the probe’s event was handled',
  'no false proof':
    'an event path is proven only by the event of the last probe’s own call, and by a duplicate not again',
  'silence is reported':
    'a probe that did not come back in time is reported once, and its recovery once, or a failed message explains why not',
  'one probe a sweep':
    'a sweep makes one probe, whose value the state table knows before; a second one only after a process died or lost the state table',
} as const;

export type Invariant = keyof typeof invariants;

export interface Violation {
  readonly invariant: Invariant;
  readonly text: string;
  readonly at: number;
}

/** Collects violations, and counts the checks of each invariant. */
export class Verdict {
  readonly violations: Violation[] = [];
  readonly #clock: Clock;
  readonly #checks: Tally;
  readonly #trace: Trace;

  constructor(clock: Clock, checks: Tally, trace: Trace) {
    this.#clock = clock;
    this.#checks = checks;
    this.#trace = trace;
  }

  /** @param text says what is wrong where `isTrue` is false */
  check(invariant: Invariant, isTrue: boolean, text: () => string): void {
    this.#checks.add(invariant);
    if (isTrue) return;
    const violation = { invariant, text: text(), at: this.#clock.now };
    this.violations.push(violation);
    this.#trace.note('BROKEN', `${invariant}: ${violation.text}`);
  }
}
