import { describe, expect, it } from 'vitest';
import { AccountThrottle } from '../../../../functions/pipeline/review/account-throttle.ts';
import { ACCOUNT, START } from '../../../fakes/pipeline.ts';

describe('the throttle of an account', () => {
  it('slows down from five seconds on, for a minute', () => {
    const clock = { time: START };
    const accountThrottle = new AccountThrottle(() => new Date(clock.time));
    accountThrottle.took(ACCOUNT, 4_999);
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(Number.POSITIVE_INFINITY);
    accountThrottle.took(ACCOUNT, 5_000);
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(2);
    expect(accountThrottle.capacityFor('222233334444')).toBe(Number.POSITIVE_INFINITY);
    clock.time += 59_999;
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(2);
    clock.time += 1;
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(Number.POSITIVE_INFINITY);
    expect(accountThrottle.capacityFor(ACCOUNT)).toBe(Number.POSITIVE_INFINITY);
  });
});
