import { planParameters } from '../../domain/deployment/parameters.ts';
import { describeStack } from '../../io/cloudformation.ts';
import { startFunction } from '../../io/lambda.ts';
import { executeChange, planChange } from '../../pipeline/deployment/change-stack.ts';
import { Refused } from '../terminal.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';
import { lastSweeps } from './status.ts';

// The first sweep finds the blocked users and the reviews unblock them; the next one finds none.
const MOST_SWEEPS = 5;
const POLL_MS = 15_000;
// A sweep of a thousand accounts takes minutes.
const MOST_POLLS = 120;

/**
 * Accounts where users may be blocked: a user was blocked at the last sweep, or the account was never swept.
 * @param since sweeps that finished before do not count
 */
export async function accountsWithBlocks(
  context: Context,
  hub: Hub,
  accounts: readonly string[],
  since = '',
): Promise<{ readonly unknown: string[]; readonly blocked: string[] }> {
  const sweeps = await lastSweeps(context, hub, accounts);
  const unknown = accounts.filter((account) => (sweeps.get(account)?.finishedAt ?? '') <= since);
  const blocked = accounts.filter(
    (account) => !unknown.includes(account) && (sweeps.get(account)?.totals.blocked ?? 0) > 0,
  );
  return { unknown, blocked };
}

/**
 * Has the hub unblock every user of every account: with Scope=no-users no user must be blocked, and sweeps follow until
 * none is. It can be run again at any time.
 * @returns accounts where users may still be blocked: those that cannot be swept, or only observe
 */
export async function unblockAccounts(
  context: Context,
  hub: Hub,
  accounts: readonly string[],
): Promise<readonly string[]> {
  const { terminal, clients } = context;
  if (accounts.length === 0) return [];
  const sweep = await scopeNoUsers(context);
  let left = accounts;
  for (let round = 0; round < MOST_SWEEPS && left.length > 0; round += 1) {
    terminal.err(`Sweep ${round + 1}: ${left.length} accounts with users to unblock …\n`);
    const since = terminal.now().toISOString();
    await startFunction(clients.lambda, sweep);
    let found = await accountsWithBlocks(context, hub, left, since);
    for (let poll = 0; poll < MOST_POLLS && found.unknown.length > 0; poll += 1) {
      await terminal.pause(POLL_MS);
      found = await accountsWithBlocks(context, hub, left, since);
    }
    left = [...found.unknown, ...found.blocked];
    if (found.unknown.length > 0) break;
  }
  return left;
}

/** Changes the hub's scope, and leaves everything else as it is. @returns the name of the function that sweeps */
async function scopeNoUsers({ clients, stack, terminal }: Context): Promise<string> {
  const { cloudFormation } = clients;
  const found = await describeStack(cloudFormation, stack);
  if (found === null) throw new Refused(`There is no stack ${stack}.`);
  const given = new Map(
    Object.entries({ Scope: 'no-users', Unblock: 'on-enrolment' }).map(([name, value]) => [
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
