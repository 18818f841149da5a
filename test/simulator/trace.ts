import type { Clock } from './clock.ts';

export interface TraceLine {
  /** ms. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

/** What happened, line by line: kept for a run that is looked at, and otherwise only summed up in a hash. */
export class Trace {
  readonly lines: TraceLine[] = [];
  readonly #clock: Clock;
  readonly #kept: boolean;
  #hash = 0x811c9dc5;

  constructor(clock: Clock, kept: boolean) {
    this.#clock = clock;
    this.#kept = kept;
  }

  note(who: string, what: string): void {
    const { now } = this.#clock;
    const text = `${now}|${who}|${what}`;
    for (let index = 0; index < text.length; index += 1) {
      this.#hash = Math.imul(this.#hash ^ text.charCodeAt(index), 0x01000193);
    }
    if (this.#kept) this.lines.push({ at: now, who, what });
  }

  /** The same for two runs in which the same happened. */
  get fingerprint(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }
}
