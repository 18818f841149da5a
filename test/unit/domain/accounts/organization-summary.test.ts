import { describe, expect, it } from 'vitest';
import type { LastSweep } from '../../../../events/last-sweep.ts';
import type { RollUpRequest } from '../../../../events/requests.ts';
import {
  type AccountSwept,
  organizationOutcome,
} from '../../../../functions/domain/accounts/organization-summary.ts';
import { lastSweep } from '../../../fakes/last-sweep.ts';
import { ACCOUNT, START, settingsWith } from '../../../fakes/settings.ts';

const NOW = new Date(START + 60_000);
const request: RollUpRequest = {
  schema: 'mfa-enforcer/roll-up-request/1',
  organization: 'o-1',
  sweepId: 'sweep-1',
  startedAt: new Date(START).toISOString(),
  accounts: [],
  inactive: 2,
};
const TOTALS = { users: 9, protected: 4, blocked: 0, unprotected: 0, exempt: 3, outOfScope: 2 };

function swept(account: string, change: Partial<LastSweep> = {}): AccountSwept {
  const last = lastSweep({
    account,
    startedAt: NOW.toISOString(),
    finishedAt: NOW.toISOString(),
    totals: TOTALS,
    alias: `alias-${account}`,
    ...change,
  });
  return { account, accountName: `Name ${account}`, outcome: { kind: 'swept', last } };
}

const why = { code: 'AccessDenied', text: 'its role may not be assumed' };
const unswept = (account: string): AccountSwept => ({
  account,
  accountName: null,
  outcome: { kind: 'unswept', why },
});
const waiting = (account: string): AccountSwept => ({
  account,
  accountName: null,
  outcome: { kind: 'waiting' },
});

function outcomeOf(...accounts: AccountSwept[]) {
  const outcome = organizationOutcome(
    request,
    accounts,
    { unproven: [], counts: undefined },
    settingsWith({ mode: 'observe' }),
    NOW,
  );
  if (outcome.kind !== 'organization-swept') throw new Error(outcome.kind);
  return outcome;
}

const thousand = Array.from({ length: 101 }, (_, index) => String(index));

it('the summary names a hundred accounts whose event path is not proven', () => {
  const unproven = { accountName: null, alias: null, state: 'unproven' as const, reasons: [why] };
  const since = NOW.toISOString();
  const paths = thousand.map((account) => ({ ...unproven, account, since, sweeps: 1 }));
  const counts = { proven: 0, unproven: 101, notProbed: 0, slowest: null };
  const checked = { unproven: paths, counts };
  const outcome = organizationOutcome(request, [], checked, settingsWith(), NOW);
  expect(outcome).toMatchObject({ unprovenPaths: paths.slice(0, 100), eventPaths: counts });
});

describe('the summary of an organization’s sweep', () => {
  it('is the hub’s, about this sweep', () => {
    expect(outcomeOf()).toEqual({
      kind: 'organization-swept',
      version: 1,
      id: 'organization-swept/o-1/sweep-1',
      account: ACCOUNT,
      accountName: null,
      alias: null,
      at: NOW.toISOString(),
      mode: 'observe',
      organization: 'o-1',
      sweepId: 'sweep-1',
      startedAt: request.startedAt,
      accounts: { listed: 2, swept: 0, unswept: 0, inactive: 2, observing: 0 },
      totals: { users: 0, protected: 0, blocked: 0, unprotected: 0, exempt: 0, outOfScope: 0 },
      differences: 0,
      unswept: [],
      withFindings: [],
      breakGlassWithoutMfa: [],
      endingExemptions: [],
      failedParts: [],
      unprovenPaths: [],
    });
  });

  it('counts every account once, and the users of those that were swept', () => {
    const observing = swept('2', { mode: 'observe', differences: 3 });
    const found = outcomeOf(swept('1', { differences: 2 }), observing, unswept('3'), waiting('4'));
    expect(found).toMatchObject({
      accounts: { listed: 6, swept: 2, unswept: 2, inactive: 2, observing: 1 },
      totals: { users: 18, protected: 8, blocked: 0, unprotected: 0, exempt: 6, outOfScope: 4 },
      differences: 5,
    });
  });

  it('counts the accounts that observe', () => {
    const found = outcomeOf(swept('1'), swept('2'), swept('3', { mode: 'observe' }));
    expect(found.accounts.observing).toBe(1);
  });

  it('has the reason for an account that was not swept', () => {
    const nameless = { accountName: null, alias: null };
    expect(outcomeOf(unswept('3'), swept('1'), waiting('4')).unswept).toEqual([
      { account: '3', ...nameless, why },
      { account: '4', ...nameless, why: { code: 'late', text: 'its sweep has not finished' } },
    ]);
  });

  it('names the accounts with findings: most unprotected first, then most blocked', () => {
    const withTotals = (account: string, unprotected: number, blocked: number) =>
      swept(account, { totals: { ...TOTALS, unprotected, blocked } });
    const found = outcomeOf(
      swept('clean'),
      swept('differs', { differences: 1, mode: 'observe' }),
      withTotals('blocked-1', 0, 1),
      withTotals('unprotected-1', 1, 0),
      withTotals('blocked-5', 0, 5),
      withTotals('unprotected-1-blocked-2', 1, 2),
      withTotals('unprotected-3', 3, 0),
    ).withFindings;
    expect(found.map(({ account }) => account)).toEqual([
      'unprotected-3',
      'unprotected-1-blocked-2',
      'unprotected-1',
      'blocked-5',
      'blocked-1',
      'differs',
    ]);
    expect(found.at(-1)).toEqual({
      account: 'differs',
      accountName: 'Name differs',
      alias: 'alias-differs',
      mode: 'observe',
      totals: TOTALS,
      differences: 1,
    });
  });

  it('names break-glass users without MFA and exemptions that end, with their accounts', () => {
    const ending = { user: 'bot', until: '2026-03-08' };
    const { breakGlassWithoutMfa, endingExemptions } = outcomeOf(
      swept('1', { breakGlassWithoutMfa: ['fire'] }),
      swept('2', { endingExemptions: [ending] }),
    );
    const named = (account: string) => ({
      account,
      accountName: `Name ${account}`,
      alias: `alias-${account}`,
    });
    expect(breakGlassWithoutMfa).toEqual([{ ...named('1'), user: 'fire' }]);
    expect(endingExemptions).toEqual([{ ...named('2'), ...ending }]);
  });

  it('names a hundred of each at most, and counts all', () => {
    const crowded = outcomeOf(
      ...thousand.map((account) => swept(account, { differences: 1 })),
      ...thousand.map((account) => unswept(`u${account}`)),
      swept('crowd', {
        breakGlassWithoutMfa: thousand,
        endingExemptions: thousand.map((user) => ({ user, until: '2026-03-08' })),
      }),
    );
    expect(crowded.accounts).toMatchObject({ swept: 102, unswept: 101 });
    expect([
      crowded.withFindings.length,
      crowded.unswept.length,
      crowded.breakGlassWithoutMfa.length,
      crowded.endingExemptions.length,
    ]).toEqual([100, 100, 100, 100]);
  });

  it('names the failed parts of sweeps, with their accounts', () => {
    const failedParts = [{ part: 'deny-group' as const, why: 'ServiceFailure' }];
    const outcome = outcomeOf(
      swept('111111111111', { failedParts, alias: 'one' }),
      swept('222222222222'),
    );
    expect(outcome.failedParts).toEqual([
      {
        account: '111111111111',
        accountName: 'Name 111111111111',
        alias: 'one',
        part: 'deny-group',
        why: 'ServiceFailure',
      },
    ]);
  });

  it('names a hundred of them', () => {
    const failedParts = [{ part: 'policies' as const, why: 'ServiceFailure' }];
    const accounts = Array.from({ length: 101 }, (_, index) =>
      swept(String(100000000000 + index), { failedParts }),
    );
    expect(outcomeOf(...accounts).failedParts).toHaveLength(100);
  });
});
