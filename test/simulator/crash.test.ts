import { describe, expect, it } from 'vitest';
import { deathsOf, play } from './crash.ts';
import { scenarios } from './crash-scenarios.ts';

describe('a process that dies before or after any call: redelivery leads to the same state', () => {
  it.each(scenarios)(
    '$name',
    async (scenario) => {
      const whole = await play(scenario);
      expect(whole.violations).toEqual([]);
      expect(whole.end.posted.length).toBeGreaterThan(0);
      const deaths = deathsOf(whole);
      expect(deaths.length).toBeGreaterThan(10);
      for (const death of deaths) {
        const { end, violations } = await play(scenario, death);
        const where = `died ${death.when} call ${death.call} of ${death.functionName}`;
        const { posted, ...state } = end;
        const { posted: postedOnce, ...wholeState } = whole.end;
        expect({ where, violations, ...state }).toEqual({ where, violations: [], ...wholeState });
        // An interrupted action may be posted twice, but is always posted.
        expect(posted, where).toEqual(expect.arrayContaining([...postedOnce]));
      }
    },
    60_000,
  );
});
