import type { Settings } from '../../functions/domain/rules/settings.ts';
import { settingsWith } from '../fakes/pipeline.ts';
import { Clock } from './clock.ts';
import type { Nature } from './nature.ts';
import { Random } from './random.ts';
import { Tally } from './tally.ts';
import { Trace } from './trace.ts';
import { calm } from './weather.ts';
import { World } from './world.ts';

export const START = Date.parse('2026-03-01T12:00:00Z');
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export interface Stage {
  readonly world: World;
  readonly nature: Nature;
  readonly checks: Tally;
}

/** A world in calm weather, a day before anything happens, so that no reading lags behind the first users. */
export function stage(
  seed: string,
  settings: Partial<Settings> = {},
  { keepTrace = false } = {},
): Stage {
  const clock = new Clock(START - DAY);
  const checks = new Tally();
  const nature: Nature = {
    clock,
    random: new Random(seed),
    weather: calm,
    faults: new Tally(),
    counts: new Tally(),
    trace: new Trace(clock, keepTrace),
  };
  return { world: new World(nature, settingsWith(settings), checks), nature, checks };
}
