import { describe, expect, it } from 'vitest';
import {
  backoffSeconds,
  spreadSeconds,
  togetherSeconds,
} from '../../../../functions/pipeline/notify/backoff.ts';

describe('a message to Slack waits', () => {
  it.each([
    [1, 5],
    [2, 10],
    [8, 640],
    [9, 900],
    [1000, 900],
  ])('after its %i. failed try for %i s, or down to half of it', (receives, seconds) => {
    expect(backoffSeconds(receives, 1)).toBe(seconds);
    expect(backoffSeconds(receives, 0)).toBe(seconds / 2);
  });

  it.each([
    [1, 2],
    [10, 20],
    [150, 300],
    [1000, 300],
  ])('behind others, at its %i. try, for %i s more', (receives, seconds) => {
    expect(spreadSeconds(receives)).toBe(seconds);
  });

  it.each([
    ['2026-03-01T12:00:00.000Z', 5, 5],
    ['2026-03-01T12:00:00.000Z', 6, 10],
    ['2026-03-01T12:00:01.500Z', 3, 3.5],
    ['2026-03-01T12:00:04.000Z', 2, 6],
    ['2026-03-01T12:00:58.000Z', 60, 62],
    ['2026-03-01T12:00:58.000Z', 61, 62],
    ['2026-03-01T12:00:00.000Z', 61, 120],
  ])(
    'from %s for %i s until the next five seconds, or the next minute: %f s',
    (now, seconds, until) => {
      expect(togetherSeconds(seconds, new Date(now))).toBe(until);
    },
  );
});
