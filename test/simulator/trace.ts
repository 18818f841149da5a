import type { Clock } from './clock.ts';

export interface TraceLine {
  /** ms. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

/** The events of a run: all lines where they are to be shown, otherwise only their hash. */
export class Trace {
  readonly lines: TraceLine[] = [];
  readonly #clock: Clock;
  readonly #keepsLines: boolean;
  #hash = 0x811c9dc5;

  constructor(clock: Clock, keepsLines: boolean) {
    this.#clock = clock;
    this.#keepsLines = keepsLines;
  }

  note(who: string, what: string): void {
    const { now } = this.#clock;
    const text = `${now}|${who}|${what}`;
    for (let index = 0; index < text.length; index += 1) {
      this.#hash = Math.imul(this.#hash ^ text.charCodeAt(index), 0x01000193);
    }
    if (this.#keepsLines) this.lines.push({ at: now, who, what });
  }

  /** Equal for two runs with the same events. */
  get fingerprint(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }
}
