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
  ])('after its %i. failed try for %i s', (receives, seconds) => {
    expect(backoffSeconds(receives)).toBe(seconds);
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
  ])('from %s for %i s until the next five seconds: %f s', (now, seconds, until) => {
    expect(togetherSeconds(seconds, new Date(now))).toBe(until);
  });
});
