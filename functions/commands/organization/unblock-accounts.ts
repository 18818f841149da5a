import { LastSweep, Unswept } from '../../../events/last-sweep.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { planParameters } from '../../domain/deployment/parameters.ts';
import { describeStack } from '../../io/cloudformation.ts';
import { getEntries } from '../../io/dynamodb.ts';
import { startFunction } from '../../io/lambda.ts';
import { executeChange, planChange } from '../../pipeline/deployment/change-stack.ts';
import { Refused } from '../terminal.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';
import { accountsOf } from './text.ts';

// The first sweep finds blocked users, and the reviews unblock them. Only the next one can show that no user is left.
const FEWEST_SWEEPS = 2;
const MOST_SWEEPS = 5;
const POLL_MS = 15_000;
// A sweep of a thousand accounts takes minutes.
const MOST_POLLS = 120;

/** An account where users may still be blocked. */
export interface AccountLeft {
  readonly account: string;
  readonly why: string;
}

/**
 * Has the hub unblock every user of every account, whatever the accounts' last sweeps found: with Scope=no-users no user must
 * be blocked, and sweeps follow until none is. It can be run again at any time.
 * @param accounts that have a spoke
 * @returns accounts where users may still be blocked
 * @throws Refused where the hub cannot be changed
 */
export async function unblockAccounts(
  context: Context,
  hub: Hub,
  accounts: readonly string[],
): Promise<readonly AccountLeft[]> {
  const sweep = await scopeNoUsers(context);
  const left: AccountLeft[] = [];
  let open = accounts;
  for (let round = 1; round <= MOST_SWEEPS && open.length > 0; round += 1) {
    context.terminal.err(`Sweep ${round} of ${accountsOf(open.length)} …\n`);
    const before = await resultsOf(context, hub, open);
    await startFunction(context.clients.lambda, sweep);
    const after = await nextResults(context, hub, open, before);
    const unswept = open.filter((account) => after.get(account)?.blocked === undefined);
    left.push(...unswept.map((account) => whyLeft(account, after.get(account))));
    open = open.filter((account) => {
      const blocked = after.get(account)?.blocked;
      return blocked !== undefined && (blocked > 0 || round < FEWEST_SWEEPS);
    });
    if (round === MOST_SWEEPS) left.push(...open.map((one) => whyLeft(one, after.get(one))));
  }
  return left;
}

/** The newest result of an account's sweeps. */
export interface SweepResult {
  readonly sweepId: string;
  /** Users who were blocked; missing where the account could not be swept. */
  readonly blocked?: number;
  readonly why?: string;
}

function whyLeft(account: string, result: SweepResult | undefined): AccountLeft {
  if (result === undefined) return { account, why: 'its sweep did not finish in 30 minutes' };
  const { blocked = 0, why } = result;
  if (why !== undefined) return { account, why: `it could not be swept: ${why}` };
  return { account, why: `${blocked === 1 ? '1 user is' : `${blocked} users are`} still blocked` };
}

/** Waits until each account has a result of a newer sweep. @returns the new results; none for an account without one */
async function nextResults(
  context: Context,
  hub: Hub,
  accounts: readonly string[],
  before: ReadonlyMap<string, SweepResult>,
): Promise<Map<string, SweepResult>> {
  for (let poll = 0; ; poll += 1) {
    const results = await resultsOf(context, hub, accounts);
    for (const [account, { sweepId }] of before) {
      if (results.get(account)?.sweepId === sweepId) results.delete(account);
    }
    if (results.size === accounts.length || poll === MOST_POLLS) return results;
    await context.terminal.pause(POLL_MS);
  }
}

/** The newest result of each account that was ever swept, or tried. */
export async function resultsOf(
  { clients }: Context,
  { stateTable }: Hub,
  accounts: readonly string[],
): Promise<Map<string, SweepResult>> {
  const keys = accounts.flatMap((one) => [stateKeys.lastSweep(one), stateKeys.unswept(one)]);
  const entries = await getEntries(clients.dynamo, stateTable, keys);
  const entry = (key: string) => JSON.parse(entries.get(key) ?? 'null') as unknown;
  const results = new Map<string, SweepResult>();
  for (const account of accounts) {
    const swept = LastSweep.safeParse(entry(stateKeys.lastSweep(account))).data;
    const failed = Unswept.safeParse(entry(stateKeys.unswept(account))).data;
    if (failed !== undefined && failed.startedAt > (swept?.startedAt ?? '')) {
      results.set(account, { sweepId: failed.sweepId, why: failed.why.text });
    } else if (swept !== undefined) {
      results.set(account, { sweepId: swept.sweepId, blocked: swept.totals.blocked });
    }
  }
  return results;
}

/** With no user in scope, enforce mode only unblocks. */
const UNBLOCK_EVERYONE = { Mode: 'enforce', Scope: 'no-users', Unblock: 'on-enrolment' };

/** Changes the hub so that it unblocks everyone. @returns the name of the function that sweeps */
async function scopeNoUsers({ clients, stack, terminal }: Context): Promise<string> {
  const { cloudFormation } = clients;
  const found = await describeStack(cloudFormation, stack);
  if (found === null) throw new Refused(`There is no stack ${stack}.`);
  const given = new Map(
    Object.entries(UNBLOCK_EVERYONE).map(([name, value]) => [
      name,
      { value, source: 'deploy' as const },
    ]),
  );
  const own = Object.fromEntries(Object.keys(found.parameters).map((name) => [name, {}]));
  const { sent, changes } = planParameters(own, found.parameters, given);
  if (changes.length > 0) {
    const deps = { cloudFormation, stack, pause: terminal.pause };
    const wanted = { isNew: false, templateUrl: null, parameters: sent };
    const change = await planChange(deps, wanted);
    const failure = change && (await executeChange(deps, change, found.id, () => undefined));
    if (failure) {
      throw new Refused(
        `The hub could not be changed to unblock everyone: ${failure.resource}: ${failure.reason}`,
        ...(failure.fix === null ? [] : [failure.fix]),
      );
    }
  }
  return found.outputs.NightlySweepName ?? `${stack}-nightly-sweep`;
}
