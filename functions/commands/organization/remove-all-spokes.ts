import { listAccounts } from '../../io/organizations.ts';
import { command } from '../../pipeline/doctor/fixes.ts';
import { columnsOf, confirm, Refused, type Status, statuses } from '../terminal.ts';
import type { Context } from './context.ts';
import { type Hub, readHub } from './hub.ts';
import { listInstances } from './instances.ts';
import { remove } from './remove.ts';
import { describeSet } from './stack-set.ts';
import { accountsOf, line } from './text.ts';
import { type AccountLeft, resultsOf, unblockAccounts } from './unblock-accounts.ts';

const MOST_SHOWN = 20;

/**
 * Removes every spoke before the hub itself is removed. First the hub unblocks the users of all accounts: without it no one
 * would. It can be run again at any time.
 * @returns clean where no spoke is left, or there was none
 * @throws Refused where users may still be blocked
 */
export async function removeAllSpokes(
  context: Context,
  { dryRun, yes }: { readonly dryRun?: boolean | undefined; readonly yes?: boolean | undefined },
): Promise<Status> {
  const { terminal, stackSet } = context;
  const hub = await readHub(context);
  const inSet = (await describeSet(context, hub)) === null ? [] : await listInstances(context, hub);
  const spokes = await accountsWithSpoke(
    context,
    hub,
    inSet.map(({ account }) => account),
  );
  if (spokes.length === 0) return statuses.clean;
  const columns = columnsOf(terminal);
  const others = spokes.filter((one) => !inSet.some(({ account }) => account === one.account));
  const blocked = spokes.filter((one) => one.blocked > 0);
  const users = blocked.reduce((sum, one) => sum + one.blocked, 0);
  const summary = `${accountsOf(spokes.length)}, with ${users} blocked at their last sweeps`;
  terminal.out(line('spokes', summary, columns));
  for (const one of blocked.slice(0, MOST_SHOWN)) {
    terminal.out(line(`  ${one.account}`, `${one.blocked} blocked`, columns));
  }
  if (dryRun) return statuses.clean;
  if (hub.status === 'DELETE_FAILED') refuse(context, spokes.map(cannotBeUnblocked));
  const question =
    `Unblock the users of ${accountsOf(spokes.length)} and delete their spokes? The hub’s Scope becomes no-users: it then ` +
    'blocks no one in any account, also if the removal is not finished.';
  if (!(await confirm(terminal, yes, question))) return statuses.findings;

  const left = await unblockAccounts(
    context,
    hub,
    spokes.map(({ account }) => account),
  );
  if (left.length > 0) refuse(context, left);
  if (inSet.length > 0) {
    const how = { all: true, althoughBlocked: true, yes: true };
    const status = await remove(context, { ...how, maxConcurrent: 25, failureTolerance: 10 });
    if (status !== statuses.clean) return status;
  }
  for (const { account } of others) {
    const todo = `its spoke is not part of ${stackSet}: delete its stack with credentials of that account`;
    terminal.out(line(account, todo, columns));
  }
  return statuses.clean;
}

interface Spoke {
  readonly account: string;
  /** Users who were blocked at the last sweep. */
  readonly blocked: number;
}

/** Accounts of the stack set, and others that a sweep could read: StackSets do not deploy to the management account. */
async function accountsWithSpoke(
  context: Context,
  hub: Hub,
  inSet: readonly string[],
): Promise<Spoke[]> {
  const all = await listAccounts(context.clients.organizations);
  const ids = new Set([...inSet, ...all.filter(({ active }) => active).map(({ id }) => id)]);
  ids.delete(context.account);
  const results = await resultsOf(context, hub, [...ids]);
  return [...ids]
    .filter((id) => inSet.includes(id) || results.get(id)?.blocked !== undefined)
    .map((account) => ({ account, blocked: results.get(account)?.blocked ?? 0 }));
}

const cannotBeUnblocked = ({ account }: Spoke): AccountLeft => ({
  account,
  why: 'a stack in DELETE_FAILED cannot be changed to unblock its users',
});

/** @throws Refused always */
function refuse(context: Context, left: readonly AccountLeft[]): never {
  const shown = left.slice(0, MOST_SHOWN);
  const more = left.length - shown.length;
  throw new Refused(
    `Users may still be blocked in ${accountsOf(left.length)}. Without the hub they stay blocked after they enrol, so nothing was deleted.`,
    ...shown.map(({ account, why }) => `  ${account}: ${why}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    'Fix the cause and run this command again. If an account cannot be swept, or only observes:',
    '1. Unblock its users with credentials of that account: mfa-enforcer rollback --profile …',
    `2. ${command(context, 'organization remove --all --although-blocked')}`,
    `3. ${command(context, 'remove')}`,
    `The hub now blocks no one. To enforce again: ${command(context, 'deploy --scope all-users')}`,
  );
}
