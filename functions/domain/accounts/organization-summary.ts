import type { LastSweep } from '../../../events/last-sweep.ts';
import type { Outcome, Reason } from '../../../events/outcome.ts';
import type { RollUpRequest } from '../../../events/requests.ts';
import type { CheckedPaths } from '../outcomes/event-path-outcomes.ts';
import { outcomeHeader } from '../outcomes/outcomes.ts';
import type { Settings } from '../rules/settings.ts';
import { sumOfTotals } from '../rules/totals.ts';

/** How the sweep of one account went. */
export interface AccountSwept {
  readonly account: string;
  readonly accountName: string | null;
  readonly outcome:
    | { readonly kind: 'swept'; readonly last: LastSweep }
    | { readonly kind: 'unswept'; readonly why: Reason }
    | { readonly kind: 'waiting' };
}

/** An outcome names this many accounts of each sort and counts the rest: an event contains 256 KB. */
const NAMED_AT_MOST = 100;

const late: Reason = { code: 'late', text: 'its sweep has not finished' };

/**
 * The summary of an organization's sweep. The users of an account that was not swept are in no total.
 * @param request which sweep, and how many accounts take no calls
 * @param accounts how each went
 * @param paths what the check of their event paths found
 * @param hub the hub's settings
 */
export function organizationOutcome(
  { organization, sweepId, startedAt, inactive }: RollUpRequest,
  accounts: readonly AccountSwept[],
  { unproven, counts }: CheckedPaths,
  hub: Settings,
  now: Date,
): Outcome {
  const unswept = accounts.flatMap(({ account, accountName, outcome }) => {
    if (outcome.kind === 'swept') return [];
    const why = outcome.kind === 'unswept' ? outcome.why : late;
    return [{ account, accountName, alias: null, why }];
  });
  const swept = accounts.flatMap(({ accountName, outcome }) => {
    if (outcome.kind !== 'swept') return [];
    return [{ accountName, ...outcome.last }];
  });
  const withFindings = swept
    .filter(({ totals, differences }) => totals.unprotected + totals.blocked + differences > 0)
    .toSorted(
      (a, b) => b.totals.unprotected - a.totals.unprotected || b.totals.blocked - a.totals.blocked,
    );
  return {
    kind: 'organization-swept',
    ...outcomeHeader(hub, now),
    id: `organization-swept/${organization}/${sweepId}`,
    organization,
    sweepId,
    startedAt,
    accounts: {
      listed: accounts.length + inactive,
      swept: swept.length,
      unswept: unswept.length,
      inactive,
      observing: swept.filter(({ mode }) => mode === 'observe').length,
    },
    totals: sumOfTotals(swept.map(({ totals }) => totals)),
    differences: swept.reduce((sum, { differences }) => sum + differences, 0),
    unswept: unswept.slice(0, NAMED_AT_MOST),
    withFindings: withFindings
      .slice(0, NAMED_AT_MOST)
      .map(({ mode, totals, differences, ...one }) => ({
        ...named(one),
        mode,
        totals,
        differences,
      })),
    breakGlassWithoutMfa: swept
      .flatMap((one) => one.breakGlassWithoutMfa.map((user) => ({ ...named(one), user })))
      .slice(0, NAMED_AT_MOST),
    endingExemptions: swept
      .flatMap((one) => one.endingExemptions.map((ending) => ({ ...named(one), ...ending })))
      .slice(0, NAMED_AT_MOST),
    failedParts: swept
      .flatMap((one) => one.failedParts.map((failed) => ({ ...named(one), ...failed })))
      .slice(0, NAMED_AT_MOST),
    unprovenPaths: unproven.slice(0, NAMED_AT_MOST),
    ...(counts && { eventPaths: counts }),
  };
}

interface Named {
  readonly account: string;
  readonly accountName: string | null;
  readonly alias: string | null;
}

function named({ account, accountName, alias }: Named): Named {
  return { account, accountName, alias };
}
