import { DeleteStackSetCommand } from '@aws-sdk/client-cloudformation';
import { columnsOf, confirm, Refused, type Status, statuses, UsageError } from '../terminal.ts';
import type { Context } from './context.ts';
import { type Hub, readHub } from './hub.ts';
import { changeInstances, type Instance, listInstances } from './instances.ts';
import { type AccountThrottle, waitForOthers } from './operation.ts';
import { readUnits } from './organization-tree.ts';
import { describeSet } from './stack-set.ts';
import { lastSweeps } from './status.ts';
import { accountsOf, formatEnd, line } from './text.ts';

export interface RemoveOptions extends AccountThrottle {
  readonly ou?: readonly string[];
  readonly keepStacks?: boolean;
  readonly all?: boolean;
  readonly althoughBlocked?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Removes the spokes of organizational units, or all spokes and the stack set. It can be run again at any time. */
export async function remove(context: Context, options: RemoveOptions): Promise<Status> {
  const { terminal, stackSet } = context;
  const ids = options.ou ?? [];
  if ((ids.length === 0) === (options.all === undefined)) {
    throw new UsageError('Name what to remove: --ou with each organizational unit, or --all.');
  }
  const hub = await readHub(context);
  const found = await describeSet(context, hub);
  if (found === null) {
    terminal.out(`There is no stack set ${stackSet}. Nothing to remove.\n`);
    return statuses.clean;
  }
  const units = await readUnits(context, ids);
  if (!options.dryRun) await waitForOthers(context, hub);
  const instances = (await listInstances(context, hub)).filter(
    ({ account, unit }) =>
      options.all || units.some(({ id, accounts }) => id === unit || accounts.includes(account)),
  );
  const columns = columnsOf(terminal);
  const what = options.all ? `${stackSet} and all its stacks` : ids.join(', ');
  terminal.out(line('to remove', `${what}: ${accountsOf(instances.length)}`, columns));
  if (!options.althoughBlocked && !options.keepStacks) {
    await refuseWhileBlocked(context, hub, instances);
  }
  if (options.dryRun) {
    terminal.out('\nDry run: nothing was changed.\n');
    return statuses.clean;
  }
  const question = `\nThe hub will no longer manage ${accountsOf(instances.length)}. Continue?`;
  if (!(await confirm(terminal, options.yes, question))) return statuses.findings;

  const how = options.keepStacks ? 'forget' : 'delete';
  let whole = true;
  for (const [unit, group] of byUnit(instances)) {
    const all = (await listInstances(context, hub)).filter((one) => one.unit === unit);
    // Removing the whole unit also ends the automatic deployment to accounts that join it.
    const only = all.length === group.length ? null : group.map(({ account }) => account);
    const end = await changeInstances(context, hub, how, { units: [unit], only }, {}, options);
    terminal.out(formatEnd(unit, end, columns));
    whole &&= end.status === 'SUCCEEDED' && end.failed.length === 0;
    if (only !== null) {
      const goesOn = `The stack set still deploys to accounts that join ${unit}, the unit of these stacks.`;
      terminal.out(line('', goesOn, columns));
    }
  }
  if (options.all && whole) {
    await context.clients.cloudFormation.send(
      new DeleteStackSetCommand({ StackSetName: stackSet, CallAs: hub.callAs }),
    );
    terminal.out(
      `\nThe stack set ${stackSet} was deleted. The hub still manages its own account.\n`,
    );
  }
  if (!whole)
    terminal.out(
      '\nSome stacks could not be removed. Fix the causes and run the same command again.\n',
    );
  return whole ? statuses.clean : statuses.findings;
}

function byUnit(instances: readonly Instance[]): Map<string, Instance[]> {
  const units = new Map<string, Instance[]>();
  for (const one of instances) units.set(one.unit, [...(units.get(one.unit) ?? []), one]);
  return units;
}

/** @throws Refused if users were blocked at an account's last sweep, or the account was never swept */
async function refuseWhileBlocked(
  context: Context,
  hub: Hub,
  instances: readonly Instance[],
): Promise<void> {
  const sweeps = await lastSweeps(
    context,
    hub,
    instances.map(({ account }) => account),
  );
  const blocked = instances.flatMap(({ account }) => {
    const sweep = sweeps.get(account);
    if (sweep === undefined) return [`${account}: unknown, because it was never swept`];
    const { blocked: count } = sweep.totals;
    if (count === 0) return [];
    return [
      `${account}: ${count === 1 ? '1 user' : `${count} users`} (${sweep.finishedAt.slice(0, 10)})`,
    ];
  });
  if (blocked.length === 0) return;
  const shown = blocked.slice(0, 20);
  throw new Refused(
    `Users may still be blocked in ${accountsOf(blocked.length)}. Without the hub they stay blocked after they enrol. ` +
      'IAM does not delete a policy that is attached to a user, so deleting the stacks would fail.',
    ...shown.map((one) => `  ${one}`),
    ...(blocked.length > shown.length ? [`  and ${blocked.length - shown.length} more`] : []),
    'To remove the whole deployment run mfa-enforcer remove: the hub then unblocks all users first. For single units:',
    '1. Stop blocking: mfa-enforcer organization deploy --ou … --mode observe',
    '2. Unblock the users, with credentials of each account: mfa-enforcer rollback --profile …',
    '3. Run this command again with --although-blocked, because the records of the last sweep still count these users.',
  );
}
