import { DeleteStackSetCommand } from '@aws-sdk/client-cloudformation';
import { columnsOf, confirm, type Status, statuses, UsageError } from '../terminal.ts';
import { type Context, Refused } from './context.ts';
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

/** Takes the spokes out of organizational units, or out of all and then the set itself. Safe to run again. */
export async function remove(context: Context, options: RemoveOptions): Promise<Status> {
  const { terminal, stackSet } = context;
  const ids = options.ou ?? [];
  if ((ids.length === 0) === (options.all === undefined)) {
    throw new UsageError('Say what to remove: --ou with each organizational unit, or --all.');
  }
  const hub = await readHub(context);
  const found = await describeSet(context, hub);
  if (found === null) {
    terminal.out(`There is no stack set ${stackSet}: nothing to remove.\n`);
    return statuses.clean;
  }
  const units = await readUnits(context, ids);
  if (!options.dryRun) await waitForOthers(context, hub);
  const instances = (await listInstances(context, hub)).filter(
    ({ account, unit }) =>
      options.all || units.some(({ id, accounts }) => id === unit || accounts.includes(account)),
  );
  const columns = columnsOf(terminal);
  const what = options.all ? `${stackSet}, with everything it has` : ids.join(', ');
  terminal.out(line('to remove', `${what}: ${accountsOf(instances.length)}`, columns));
  if (!options.althoughBlocked && !options.keepStacks)
    await refuseWhileBlocked(context, hub, instances);
  if (options.dryRun) {
    terminal.out('\nA dry run: nothing was changed.\n');
    return statuses.clean;
  }
  const question = `\nThe hub will see nothing of ${accountsOf(instances.length)} any more. Go on?`;
  if (!(await confirm(terminal, options.yes, question))) return statuses.findings;

  const how = options.keepStacks ? 'forget' : 'delete';
  let whole = true;
  for (const [unit, group] of byUnit(instances)) {
    const all = (await listInstances(context, hub)).filter((one) => one.unit === unit);
    // The whole unit, so that accounts that join it are left alone, too.
    const only = all.length === group.length ? null : group.map(({ account }) => account);
    const end = await changeInstances(context, hub, how, { units: [unit], only }, {}, options);
    terminal.out(formatEnd(unit, end, columns));
    whole &&= end.status === 'SUCCEEDED' && end.failed.length === 0;
    if (only !== null) {
      const goesOn = `the set goes on to deploy to accounts that join ${unit}, where these were deployed from`;
      terminal.out(line('', goesOn, columns));
    }
  }
  if (options.all && whole) {
    await context.cloudFormation.send(
      new DeleteStackSetCommand({ StackSetName: stackSet, CallAs: hub.callAs }),
    );
    terminal.out(`\nThe stack set ${stackSet} is gone. The hub still manages its own account.\n`);
  }
  if (!whole)
    terminal.out('\nNot all could be removed. Run the same again when the reasons are fixed.\n');
  return whole ? statuses.clean : statuses.findings;
}

function byUnit(instances: readonly Instance[]): Map<string, Instance[]> {
  const units = new Map<string, Instance[]>();
  for (const one of instances) units.set(one.unit, [...(units.get(one.unit) ?? []), one]);
  return units;
}

/** @throws Refused where somebody was blocked at the last sweep, or it is not known */
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
    if (sweep === undefined) return [`${account}: not known, it was never swept`];
    const { blocked: count } = sweep.totals;
    if (count === 0) return [];
    return [
      `${account}: ${count === 1 ? '1 user' : `${count} users`} (${sweep.finishedAt.slice(0, 10)})`,
    ];
  });
  if (blocked.length === 0) return;
  const shown = blocked.slice(0, 20);
  throw new Refused(
    `Users may still be blocked in ${accountsOf(blocked.length)}. Without the hub nobody unblocks them when they enrol, and ` +
      'IAM does not delete a policy that blocks somebody: their stacks would fail to delete.',
    ...shown.map((one) => `  ${one}`),
    ...(blocked.length > shown.length ? [`  and ${blocked.length - shown.length} more`] : []),
    'First stop blocking: npm run organization -- deploy --ou … --mode observe',
    'Then unblock them, with credentials of each account: node dist/cli/index.mjs rollback --profile …',
    'Then run this again, with --although-blocked: the sweeps’ records are of last night.',
  );
}
