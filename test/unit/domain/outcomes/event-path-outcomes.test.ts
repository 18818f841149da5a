import { describe, expect, it } from 'vitest';
import type { PathChecked } from '../../../../functions/domain/accounts/event-path.ts';
import {
  checkedPaths,
  eventPathOutcomes,
  type NamedPath,
} from '../../../../functions/domain/outcomes/event-path-outcomes.ts';
import { bySweep } from '../../../fakes/outcomes.ts';
import { ACCOUNT, START } from '../../../fakes/settings.ts';

const SPOKE = '444455556666';
const since = new Date(START).toISOString();
const now = new Date(START + 60_000);
const why = { code: 'denied', text: 'AccessDenied' };
const hub = { account: ACCOUNT, mode: 'observe' } as const;
const of = { hub, of: 'o-1', probe: 'sweep-1/09:00', cause: bySweep() };
const silent = { state: 'unproven', since, sweeps: 2 } as const;
const refused = { state: 'not-probed', since, sweeps: 1, why } as const;
const proven = { state: 'proven', since, latencyMs: 900 } as const;
const before = {
  schema: 'mfa-enforcer/path/1',
  account: SPOKE,
  sweepId: 's',
  state: 'unproven',
  since,
  sweeps: 3,
  reportedAt: since,
} as const;

const path = (
  account: string,
  found: PathChecked['path'],
  report: PathChecked['report'] = null,
): NamedPath => ({
  account,
  accountName: 'Data',
  alias: 'data',
  checked: { path: found, record: null, report, before },
});
const unprovenPaths = (paths: readonly NamedPath[]) => checkedPaths(ACCOUNT, paths).unproven;
const codes = (paths: readonly NamedPath[]) =>
  unprovenPaths(paths).map(({ reasons }) => reasons.map(({ code }) => code));

describe('the accounts whose event path is not proven', () => {
  it('are those that are silent, then those that were not probed', () => {
    const paths = [path('1', refused), path('2', proven), path('3', silent)];
    expect(unprovenPaths(paths)).toEqual([
      {
        account: '3',
        accountName: 'Data',
        alias: 'data',
        ...silent,
        reasons: expect.anything() as unknown,
      },
      {
        account: '1',
        accountName: 'Data',
        alias: 'data',
        state: 'not-probed',
        since,
        sweeps: 1,
        reasons: [why],
      },
    ]);
  });

  it('do not include an account before its first probe', () => {
    expect(unprovenPaths([path('1', { ...refused, since: null })])).toEqual([]);
  });

  it('have the likely causes in the order of the path, in the hub and in a spoke', () => {
    expect(codes([path(ACCOUNT, silent), path(SPOKE, silent)])).toEqual([
      ['trail', 'rule', 'queue', 'function'],
      ['trail', 'rule', 'bus'],
    ]);
    const [own, spoke] = unprovenPaths([path(ACCOUNT, silent), path(SPOKE, silent)]);
    expect(
      [...(own?.reasons ?? []), ...(spoke?.reasons.slice(2) ?? [])].map(({ text }) => text),
    ).toEqual([
      'no trail records management events',
      'a rule is disabled or lacks its target',
      'the queue refuses EventBridge',
      'the function is stopped or lacks a right',
      'the hub’s bus refuses the account',
    ]);
  });
});

describe('the counts of a check of event paths', () => {
  const off = { ...refused, why: { code: 'off', text: 'the parameter Probe is off' } };

  it('are of each state, with the slowest account whose path is proven', () => {
    const slow = { ...proven, latencyMs: 4000 };
    const paths = [
      path('1', proven),
      path('2', slow),
      path('3', proven),
      path('4', silent),
      path('5', refused),
      path('6', refused),
      path('7', off),
    ];
    expect(checkedPaths(ACCOUNT, paths)).toMatchObject({
      unproven: [{ account: '4' }, { account: '5' }, { account: '6' }],
      counts: {
        proven: 3,
        unproven: 1,
        notProbed: 2,
        slowest: { account: '2', accountName: 'Data', alias: 'data', latencyMs: 4000 },
      },
    });
  });

  it('have no slowest account where no path is proven', () => {
    expect(checkedPaths(ACCOUNT, [path('1', silent)]).counts?.slowest).toBeNull();
  });

  it('have the accounts that the sweep did not reach as not probed', () => {
    const counts = { proven: 1, unproven: 0, notProbed: 3 };
    expect(checkedPaths(ACCOUNT, [path('1', proven), path('5', refused)], 2)).toMatchObject({
      counts,
    });
    expect(checkedPaths(ACCOUNT, [], 1).counts).toEqual({
      proven: 0,
      unproven: 0,
      notProbed: 1,
      slowest: null,
    });
  });

  it('are absent where no account was to be probed', () => {
    expect(checkedPaths(ACCOUNT, [path('1', off)])).toEqual({ unproven: [], counts: undefined });
  });
});

describe('the outcomes of a check of event paths', () => {
  const header = {
    version: 1,
    account: ACCOUNT,
    alias: null,
    accountName: null,
    at: now.toISOString(),
    mode: 'observe',
    cause: of.cause,
  };

  it('are none where nothing is to be reported', () => {
    expect(eventPathOutcomes(of, [path('1', silent), path('2', proven)], now)).toEqual([]);
  });

  it('name the accounts of new problems, and those of problems that are over', () => {
    const paths = [path('1', silent, 'problem'), path('2', silent), path('3', proven, 'recovery')];
    expect(eventPathOutcomes(of, paths, now)).toEqual([
      {
        kind: 'event-path-unproven',
        ...header,
        id: 'event-path-unproven/o-1/sweep-1/09:00',
        total: 1,
        paths: unprovenPaths(paths.slice(0, 1)),
      },
      {
        kind: 'event-path-proven',
        ...header,
        id: 'event-path-proven/o-1/sweep-1/09:00',
        total: 1,
        paths: [{ account: '3', accountName: 'Data', alias: 'data', since, latencyMs: 900 }],
      },
    ]);
  });

  it.each([
    ['silent', silent, 'problem'],
    ['proven', proven, 'recovery'],
  ] as const)('name a hundred accounts, and count the others: %s', (_, found, report) => {
    const paths = Array.from({ length: 101 }, (__, index) => path(String(index), found, report));
    const [outcome] = eventPathOutcomes(of, paths, now);
    expect(outcome?.total).toBe(101);
    expect(outcome?.paths).toHaveLength(100);
  });
});
