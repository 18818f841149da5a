import type { Clock } from './clock.ts';
import type { FaultProfile } from './fault-profile.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import type { Trace } from './trace.ts';

/** The state that all parts of a run share. */
export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
  /** Changes during a run: no faults at the end. */
  profile: FaultProfile;
  /** Faults that were injected, by kind. */
  readonly faults: Tally;
  /** Other counts. */
  readonly counts: Tally;
  readonly trace: Trace;
}
