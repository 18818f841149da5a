import type { StackSet } from '@aws-sdk/client-cloudformation';
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import { parametersByName } from '../../io/cloudformation.ts';
import { command } from '../../pipeline/doctor/fixes.ts';
import { progressBar } from '../progress.ts';
import { columnsOf, confirm, Refused, type Status, statuses, UsageError } from '../terminal.ts';
import type { Context } from './context.ts';
import { type Hub, readHub } from './hub.ts';
import { changeInstances, listInstances, overridesOf } from './instances.ts';
import { type AccountThrottle, waitForOthers } from './operation.ts';
import { readUnits, type Unit } from './organization-tree.ts';
import { type Change, planSpokes } from './spoke-plan.ts';
import { applySet, describeSet, planSet, type SetPlan } from './stack-set.ts';
import {
  accountsOf,
  describeHub,
  describeUnit,
  formatEnd,
  formatSet,
  line,
  managementCommand,
} from './text.ts';

export interface DeployOptions extends AccountThrottle {
  readonly ou?: readonly string[];
  readonly mode?: string;
  readonly blockLimit?: string;
  readonly defaultMode?: string;
  readonly alarmTopic?: string;
  readonly management?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Updates the stack set, and sets the mode of the accounts of organizational units. It can be run again at any time. */
export async function deploy(context: Context, options: DeployOptions): Promise<Status> {
  const { terminal } = context;
  const ids = options.ou ?? [];
  if (ids.length > 0 && options.mode === undefined) {
    throw new UsageError(
      '--ou needs a mode for its accounts: --mode observe, --mode enforce or --mode hub.',
    );
  }
  if (
    ids.length === 0 &&
    !options.management &&
    (options.mode ?? options.blockLimit) !== undefined
  ) {
    throw new UsageError(
      '--mode and --block-limit apply to organizational units: name the units with --ou.',
    );
  }
  const hub = await readHub(context);
  refuseIncomplete(context, hub);
  const columns = columnsOf(terminal);
  terminal.out(describeHub(context, hub, columns));
  if (options.management) {
    terminal.out(managementCommand(context, hub, options));
    return statuses.clean;
  }
  const units = await readUnits(context, ids);
  if (!options.dryRun && (await describeSet(context, hub)) !== null)
    await waitForOthers(context, hub);
  const found = await describeSet(context, hub);
  refuseOtherName(context, found, hub);
  const set = await planSet(context, found, hub, {
    defaultMode: options.defaultMode ?? null,
    alarmTopic: options.alarmTopic ?? null,
  });
  terminal.out(line('stack set', formatSet(context, set), columns));
  const changes = await plan(context, hub, units, found?.OrganizationalUnitIds ?? [], options);
  for (const unit of units) terminal.out(describeUnit(context, hub, unit, changes, columns));

  const nothing = !set.isNew && set.changes.length === 0 && changes.length === 0;
  if (nothing) {
    terminal.out('\nNo changes needed.\n');
    return statuses.clean;
  }
  if (options.dryRun) {
    terminal.out('\nDry run: nothing was changed.\n');
    return statuses.clean;
  }
  if (!(await mayBlock(context, hub, set, changes, found !== null, options)))
    return statuses.findings;
  return applyDecision(context, hub, set, changes, options);
}

const COMPLETE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'];

/** @throws Refused if the hub's last deployment failed or still runs: the spokes would be newer than the hub */
function refuseIncomplete(context: Context, { status }: Hub): void {
  if (COMPLETE.includes(status)) return;
  throw new Refused(
    `The hub’s stack ${context.stack} is ${status}.`,
    'Wait until the deployment has finished, or fix it and deploy the hub again. Then run this command again.',
    command(context, 'deploy'),
  );
}

/** @throws Refused if the spokes have another PolicyName: no one would unblock the users of the old policy */
function refuseOtherName(context: Context, found: StackSet | null, hub: Hub): void {
  const { stackSet } = context;
  const { PolicyName: deployed } = parametersByName(found?.Parameters);
  const { PolicyName: wanted } = hub.spokeParameters;
  if (deployed === undefined || deployed === wanted) return;
  throw new Refused(
    `The stack set ${stackSet} has PolicyName ${deployed}, and the hub has ${wanted}. Users that ${deployed} blocks in ` +
      'the accounts would stay blocked, and the hub could not unblock them.',
    'Remove the hub and deploy it again with the old name:',
    command(context, 'remove'),
    command(context, `deploy ${shellOption('policy-name', deployed)}`),
    'To change the name after that, first remove the spokes and the hub, which unblocks all users:',
    'mfa-enforcer organization remove --all',
  );
}

/** Asks for confirmation if the deployment leads to blocked users. */
async function mayBlock(
  { terminal }: Context,
  hub: Hub,
  set: SetPlan,
  changes: readonly Change[],
  isThere: boolean,
  { yes }: DeployOptions,
): Promise<boolean> {
  const blocking = changes.filter(({ overrides }) => overrides.Mode !== 'observe');
  const count = blocking.reduce((sum, { accounts }) => sum + accounts.length, 0);
  const later =
    isThere &&
    set.changes.some((one) => one.startsWith('the default Mode ')) &&
    set.defaultMode !== 'observe';
  if (count === 0 && !later) return true;
  const once = hub.mode === 'observe' ? ', once the hub enforces, too' : '';
  const whom = [
    ...(count === 0 ? [] : [`in ${accountsOf(count)}`]),
    ...(later
      ? ['in every account without a mode of its own, and in accounts that join later']
      : []),
  ].join(' and ');
  return confirm(
    terminal,
    yes,
    `\nThis blocks users without an MFA device ${whom}${once}. Continue?`,
  );
}

async function plan(
  context: Context,
  hub: Hub,
  units: readonly Unit[],
  registered: readonly string[],
  { mode, blockLimit }: DeployOptions,
): Promise<Change[]> {
  if (units.length === 0 || mode === undefined) return [];
  const instances = registered.length === 0 ? [] : await listInstances(context, hub);
  const concerned = instances.filter(({ account }) =>
    units.some(({ accounts }) => accounts.includes(account)),
  );
  const bar = progressBar(context.terminal, 'Reading accounts', concerned.length);
  const overrides = new Map<string, Record<string, string>>();
  for (const { account } of concerned) {
    overrides.set(account, await overridesOf(context, hub, account));
    bar.tick();
  }
  bar.done();
  const { account: own } = context;
  const known = { registered, instances, overrides, hub: own, management: hub.management };
  const wanted = { Mode: mode, ...(blockLimit === undefined ? {} : { BlockLimit: blockLimit }) };
  return planSpokes(units, known, wanted);
}

async function applyDecision(
  context: Context,
  hub: Hub,
  set: SetPlan,
  changes: readonly Change[],
  accountThrottle: AccountThrottle,
): Promise<Status> {
  const { terminal } = context;
  const columns = columnsOf(terminal);
  terminal.out('\n');
  let whole = true;
  const updated = await applySet(context, hub, set, accountThrottle);
  if (set.isNew) terminal.out(line('stack set', `${context.stackSet} was created`, columns));
  if (updated !== null) {
    terminal.out(formatEnd('stack set', updated, columns));
    whole &&= updated.status === 'SUCCEEDED' && updated.failed.length === 0;
  }
  for (const { how, unit, targets, overrides } of changes) {
    const end = await changeInstances(context, hub, how, targets, overrides, accountThrottle);
    terminal.out(formatEnd(unit.name, end, columns));
    whole &&= end.status === 'SUCCEEDED' && end.failed.length === 0;
  }
  terminal.out(
    whole
      ? '\nDone. mfa-enforcer organization status shows every account.\n'
      : '\nSome accounts failed. Fix the causes and run the same command again. Finished accounts stay as they are.\n',
  );
  return whole ? statuses.clean : statuses.findings;
}
