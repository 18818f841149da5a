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
  'no sweep needed': 'a single change whose event arrived is enforced without a sweep',
  'nothing runs on': 'a handler answers only after its calls have ended or timed out',
  'observe writes nothing': 'observe mode never writes to IAM',
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
