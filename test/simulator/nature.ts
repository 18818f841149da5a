import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import type { Trace } from './trace.ts';
import type { Weather } from './weather.ts';

/** What everything in a run shares. */
export interface Nature {
  readonly clock: Clock;
  readonly random: Random;
  /** Changes: it is calm at the end. */
  weather: Weather;
  /** Faults that were injected, by kind. */
  readonly faults: Tally;
  /** What else is worth counting. */
  readonly counts: Tally;
  readonly trace: Trace;
}
