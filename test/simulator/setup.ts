import type { Settings } from '../../functions/domain/rules/settings.ts';
import { settingsWith } from '../fakes/pipeline.ts';
import { Clock } from './clock.ts';
import type { Environment } from './environment.ts';
import { calm } from './fault-profile.ts';
import { Random } from './random.ts';
import { Tally } from './tally.ts';
import { Trace } from './trace.ts';
import { World } from './world.ts';

export const START = Date.parse('2026-03-01T12:00:00Z');
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export interface Setup {
  readonly world: World;
  readonly environment: Environment;
  readonly checks: Tally;
}

/** A world without faults, a day before the first event, so that every reading shows the first users. */
export function setup(
  seed: string,
  settings: Partial<Settings> = {},
  { keepTrace = false } = {},
): Setup {
  const clock = new Clock(START - DAY);
  const checks = new Tally();
  const environment: Environment = {
    clock,
    random: new Random(seed),
    profile: calm,
    faults: new Tally(),
    counts: new Tally(),
    trace: new Trace(clock, keepTrace),
  };
  return { world: new World(environment, settingsWith(settings), checks), environment, checks };
}
