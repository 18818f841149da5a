import { describe, expect, it } from 'vitest';
import {
  metricUnits,
  reviewMetrics,
  sweepMetrics,
} from '../../../../functions/domain/outcomes/metrics.ts';
import {
  blocked,
  breakerOpen,
  bySweep,
  couldNot,
  exemptionSeen,
  organizationSwept,
  policyChanged,
  suspicious,
  sweepFinished,
  tamperingSeen,
  unblocked,
  unreachable,
} from '../../../fakes/outcomes.ts';
import { START } from '../../../fakes/settings.ts';

const NOW = new Date(START + 2500);
const cause = bySweep();
const ended = [
  { code: 'no-mfa', text: '' },
  { code: 'exemption-ended', text: '' },
];

describe('a review', () => {
  it.each([
    ['of a user without a difference', 'reviewed', [], {}],
    ['of a user who is gone', 'gone', [], {}],
    ['that the breaker stopped', 'breaker-open', [], { BreakerOpen: 1 }],
    [
      'that blocked, with the time since its event,',
      'reviewed',
      [blocked()],
      { BlockLatency: 2500 },
    ],
    [
      'that unblocked, with the time since its event,',
      'reviewed',
      [unblocked()],
      { UnblockLatency: 2500 },
    ],
    [
      'that blocked, and published an earlier unblock,',
      'reviewed',
      [blocked(), unblocked()],
      { BlockLatency: 2500, UnblockLatency: 2500 },
    ],
    ['that blocked for a sweep', 'reviewed', [blocked({ cause })], { FoundBySweep: 1 }],
    ['that unblocked for a sweep', 'reviewed', [unblocked({ cause })], { FoundBySweep: 1 }],
    [
      'that blocked for a sweep because an exemption ended',
      'reviewed',
      [blocked({ cause, reasons: ended })],
      {},
    ],
    [
      'that blocked at the end of a grace period, which is not the enforcer’s latency,',
      'reviewed',
      [blocked({ reasons: [{ code: 'grace-over', text: '' }] })],
      {},
    ],
    ['that could not enforce', 'reviewed', [couldNot()], { CouldNotEnforce: 1 }],
    ['that saw an exemption', 'reviewed', [exemptionSeen()], {}],
    ['that saw a device by another identity', 'reviewed', [suspicious()], {}],
  ] as const)('%s is counted', (_, kind, outcomes, more) => {
    expect(reviewMetrics({ kind, outcomes }, NOW)).toStrictEqual({ Reviews: 1, ...more });
  });

  it('that the breaker refused again is counted without the user, who was counted when named', () => {
    expect(reviewMetrics({ kind: 'breaker-open', named: true }, NOW)).toStrictEqual({ Reviews: 1 });
  });

  it.each([
    ['blocked', blocked(), {}],
    ['unblocked', unblocked(), { UnblockLatency: 2500 }],
  ])('of a user who waited for room has no latency: %s', (_, outcome, more) => {
    const result = { kind: 'reviewed' as const, outcomes: [outcome] };
    expect(reviewMetrics(result, NOW, true)).toStrictEqual({ Reviews: 1, ...more });
  });

  it('without outcomes is counted', () => {
    expect(reviewMetrics({ kind: 'reviewed' }, NOW)).toEqual({ Reviews: 1 });
  });

  it('that was stale is counted when it comes again', () => {
    expect(reviewMetrics({ kind: 'stale', outcomes: [blocked()] }, NOW)).toEqual({});
  });

  it('is never before its event, even if clocks differ', () => {
    const early = new Date(START - 1);
    expect(reviewMetrics({ kind: 'reviewed', outcomes: [blocked()] }, early).BlockLatency).toBe(0);
  });

  it.each([
    breakerOpen(),
    sweepFinished(),
    organizationSwept(),
    unreachable(),
    policyChanged(),
    tamperingSeen(),
  ])('has no measure of what is measured where it happens: $kind', (outcome) => {
    expect(reviewMetrics({ kind: 'reviewed', outcomes: [outcome] }, NOW)).toEqual({ Reviews: 1 });
  });
});

describe('a sweep', () => {
  it.each([
    ['of the account', [sweepFinished()], false, { SweepsFinished: 1 }],
    ['of an organization, whose end counts', [sweepFinished()], true, {}],
    [
      'with users beyond the limit',
      [sweepFinished(), breakerOpen({ total: 7 })],
      false,
      { SweepsFinished: 1, BreakerOpen: 7 },
    ],
    ['of an organization, with such', [breakerOpen({ total: 7 })], true, { BreakerOpen: 7 }],
  ])('%s is counted', (_, outcomes, rolledUp, expected) => {
    expect(sweepMetrics(outcomes, rolledUp)).toStrictEqual(expected);
  });
});

describe('a metric', () => {
  it('is of milliseconds where it is a latency, and else a count', () => {
    expect(metricUnits).toEqual({
      BlockLatency: 'Milliseconds',
      UnblockLatency: 'Milliseconds',
      Reviews: 'Count',
      FoundBySweep: 'Count',
      CouldNotEnforce: 'Count',
      BreakerOpen: 'Count',
      SweepsFinished: 'Count',
      AccountsUnswept: 'Count',
      EventPathLatency: 'Milliseconds',
      AccountsUnproven: 'Count',
    });
  });
});
