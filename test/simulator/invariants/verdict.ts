import type { Clock } from '../clock.ts';
import type { Tally } from '../tally.ts';
import type { Trace } from '../trace.ts';

/** What must be true of every run. The keys name them in summaries and tests. */
export const invariants = {
  'blocked after the sweep':
    'after the next sweep everyone in scope without MFA is blocked, or a loud failure stands for each',
  'parts fail alone':
    'a sweep that cannot read the policies or the credential report says so, and decides every user',
  unblocked: 'nobody exempt, break-glass or with MFA stays blocked',
  'unblocked without the table':
    'nobody exempt, break-glass or with MFA stays blocked because the state table is away',
  'unblocked when reported':
    'a user who is reported as unblocked is blocked by no block method at that time',
  'sound reading':
    'nobody is blocked on a failed reading, or on a stale read that an event in hand shows',
  'time to delete':
    'nobody is blocked again within five minutes after an administrator with MFA removed a block method',
  'done or failed message': 'every message is done or in a dead-letter queue',
  'no try is lost': 'a change that IAM refuses for a while costs its message no try',
  'at least one alert': 'every block and every unblock has an alert',
  'at most one alert': 'and no more than one where nothing crashed',
  'no fight': 'writes are bounded by what people change',
  'within the limit': 'the block limit is never passed',
  'open when full':
    'the circuit breaker opens only where the block limit is reached, or was within minutes',
  'refused until there is room': 'no refused user waits for the night once there is room',
  'no sweep needed': 'a single change whose event arrived is enforced without a sweep',
  'nothing runs on': 'a handler answers when everything it began has ended or has taken too long',
  'observe writes nothing': 'observe mode never writes to IAM',
} as const;

export type Invariant = keyof typeof invariants;

export interface Violation {
  readonly invariant: Invariant;
  readonly text: string;
  readonly at: number;
}

/** Collects what was broken, and counts how often each invariant was looked at. */
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

  /** @param text says what is wrong where `blocks` is false */
  check(invariant: Invariant, isTrue: boolean, text: () => string): void {
    this.#checks.add(invariant);
    if (isTrue) return;
    const violation = { invariant, text: text(), at: this.#clock.now };
    this.violations.push(violation);
    this.#trace.note('BROKEN', `${invariant}: ${violation.text}`);
  }
}
