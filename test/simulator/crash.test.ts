import { describe, expect, it } from 'vitest';
import { deathsOf, play } from './crash.ts';
import { scenarios } from './crash-scenarios.ts';

describe('a process that dies before or after any call: redelivery brings the same end', () => {
  it.each(scenarios)(
    '$name',
    async (scenario) => {
      const whole = await play(scenario);
      expect(whole.violations).toEqual([]);
      expect(whole.end.told.length).toBeGreaterThan(0);
      const deaths = deathsOf(whole);
      expect(deaths.length).toBeGreaterThan(10);
      for (const death of deaths) {
        const { end, violations } = await play(scenario, death);
        const where = `died ${death.when} call ${death.call} of ${death.functionName}`;
        const { told, ...state } = end;
        const { told: toldOnce, ...wholeState } = whole.end;
        expect({ where, violations, ...state }).toEqual({ where, violations: [], ...wholeState });
        // Who dies may be told of again, never not at all.
        expect(told, where).toEqual(expect.arrayContaining([...toldOnce]));
      }
    },
    60_000,
  );
});
