import { LastSweep, lastSweepId, Unswept, unsweptId } from '../../../events/last-sweep.ts';
import { getEntries } from '../../io/dynamodb.ts';
import { listAccounts } from '../../io/organizations.ts';
import { padToCells, wrapText } from '../../render/cells.ts';
import { jsonText } from '../../render/report/json.ts';
import { progressBar } from '../progress.ts';
import { columnsOf, type Status, statuses } from '../terminal.ts';
import type { Context } from './context.ts';
import { type Hub, readHub } from './hub.ts';
import { type Instance, listInstances, overridesOf } from './instances.ts';
import { describeSet, parametersOf, planSet, type SetPlan } from './stack-set.ts';
import { accountsOf, hintFor, line } from './text.ts';

/** Shows every account of the organization: its mode, and whether it is managed. */
export async function status(
  context: Context,
  { json }: { readonly json?: boolean },
): Promise<Status> {
  const { terminal, stackSet } = context;
  const hub = await readHub(context);
  const found = await describeSet(context, hub);
  const defaultMode = parametersOf(found?.Parameters).Mode ?? 'observe';
  const instances = found === null ? [] : await listInstances(context, hub);
  const modes = await modesOf(context, hub, instances, defaultMode);
  const accounts = await listAccounts(context.organizations);
  const sweeps = await lastSweeps(
    context,
    hub,
    accounts.map(({ id }) => id),
  );
  const failure = await lastFailure(context, hub, hub.management);
  const rows = accounts
    .map(({ id, name, active }): Row => {
      const of = { account: id, name, swept: sweeps.get(id)?.finishedAt ?? null };
      const instance = instances.find((one) => one.account === id);
      // A closed account takes no calls: StackSets call its spoke OUTDATED, and nothing is to be done about it.
      if (!active && id !== context.account) {
        return { ...of, unit: instance?.unit ?? null, mode: null, state: 'not active', why: null };
      }
      if (instance !== undefined) {
        const mode = modes.get(id) ?? defaultMode;
        return { ...of, unit: instance.unit, mode, ...stateOf(instance) };
      }
      return { ...of, unit: null, ...withoutInstance(context, hub, failure, id, of.swept) };
    })
    .toSorted((one, other) => one.name.localeCompare(other.name));
  if (json) {
    terminal.out(
      jsonText({ organization: hub.organization, stackSet, defaultMode, accounts: rows }),
    );
  } else {
    terminal.out(statusTable(context, hub, rows, formatSet(stackSet, planSet(found, hub))));
  }
  const bad = rows.some(({ state }) => state === 'failed' || state === 'not managed');
  return bad ? statuses.findings : statuses.clean;
}

async function modesOf(
  context: Context,
  hub: Hub,
  instances: readonly Instance[],
  defaultMode: string,
): Promise<Map<string, string>> {
  const bar = progressBar(context.terminal, 'reading accounts', instances.length);
  const modes = new Map<string, string>();
  for (const { account } of instances) {
    modes.set(account, (await overridesOf(context, hub, account)).Mode ?? defaultMode);
    bar.tick();
  }
  bar.done();
  return modes;
}

function stateOf({ status: state, detail, reason }: Instance): Pick<Row, 'state' | 'why'> {
  if (detail === 'RUNNING' || detail === 'PENDING') return { state: 'at work', why: null };
  if (state === 'CURRENT') return { state: 'managed', why: null };
  return { state: 'failed', why: reason ?? `${state}, ${detail}` };
}

function withoutInstance(
  { account }: Context,
  hub: Hub,
  failure: Unswept | null,
  id: string,
  swept: string | null,
): Pick<Row, 'mode' | 'state' | 'why'> {
  if (id === account) return { mode: hub.mode, state: 'managed', why: 'the hub manages itself' };
  if (id === hub.management) {
    const why = 'StackSets leave the management account out: deploy --management says what to do';
    // Whoever could sweep it found its spoke, unless it is gone since.
    return swept === null || (failure !== null && failure.at > swept)
      ? { mode: null, state: 'not managed', why }
      : { mode: 'its own', state: 'managed', why: 'a stack of its own' };
  }
  return { mode: null, state: 'not managed', why: 'in no organizational unit of the set' };
}

/** An account of the organization, and how it is managed. */
interface Row {
  readonly account: string;
  readonly name: string;
  /** The unit that its spoke was deployed to; null where it has none of the set. */
  readonly unit: string | null;
  readonly mode: string | null;
  readonly state: 'managed' | 'at work' | 'failed' | 'not managed' | 'not active';
  readonly why: string | null;
  /** When it was last swept; null where it never was. */
  readonly swept: string | null;
}

/** Which set, and whether it is as the hub's release wants it. */
function formatSet(stackSet: string, { isNew, changes, defaultMode }: SetPlan): string {
  if (isNew) return `there is no ${stackSet} yet: deploy makes it`;
  const late =
    changes.length === 0 ? '' : `; not up to date (${changes.join(', ')}): deploy brings it there`;
  return `${stackSet}; accounts that join later: ${defaultMode}${late}`;
}

/** Every account as a table, with what to do about those that are not well. */
function statusTable(
  { terminal, account, stack }: Context,
  hub: Hub,
  rows: readonly Row[],
  set: string,
): string {
  const columns = columnsOf(terminal);
  const name = Math.min(28, Math.max(4, ...rows.map((row) => row.name.length)));
  const unit = Math.max(4, ...rows.map((row) => (row.unit ?? '-').length));
  const cells = (...texts: readonly string[]) =>
    [14, name + 2, unit + 2, 9, 13]
      .map((width, index) => padToCells(texts[index] ?? '', width))
      .join('')
      .concat(texts[5] ?? '')
      .trimEnd()
      .concat('\n');
  const day = (at: string | null) =>
    at === null ? '-' : `${at.slice(0, 16).replace('T', ' ')} UTC`;
  const lines = rows.flatMap((row) => [
    cells(row.account, row.name, row.unit ?? '-', row.mode ?? '-', row.state, day(row.swept)),
    ...(row.why === null
      ? []
      : wrapText(row.why, columns - 14).map((one) => `${' '.repeat(14)}${one}\n`)),
  ]);
  const count = (state: Row['state']) => rows.filter((row) => row.state === state).length;
  const many = (['managed', 'at work', 'failed', 'not managed', 'not active'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`);
  const hintsFor = rows.map(({ why }) => (why === null ? null : hintFor(why)));
  return [
    line('hub', `stack ${stack} in account ${account}; Mode ${hub.mode}`, columns),
    line('organization', hub.organization, columns),
    line('stack set', set, columns),
    '\n',
    cells('ACCOUNT', 'NAME', 'UNIT', 'MODE', 'STATE', 'LAST SWEEP'),
    ...lines,
    '\n',
    `${accountsOf(rows.length)}: ${many.join(', ')}\n`,
    ...[...new Set(hintsFor.filter((one) => one !== null))].map((one) =>
      line('what to do', one, columns),
    ),
  ].join('');
}

/** The last sweep of each account, as far as it left a record that can be read. */
export async function lastSweeps(
  { dynamo }: Context,
  { stateTable }: Hub,
  accounts: readonly string[],
): Promise<Map<string, LastSweep>> {
  const entries = await getEntries(dynamo, stateTable, accounts.map(lastSweepId));
  const sweeps = new Map<string, LastSweep>();
  for (const account of accounts) {
    const text = entries.get(lastSweepId(account));
    const { success, data } = LastSweep.safeParse(text === undefined ? null : JSON.parse(text));
    if (success) sweeps.set(account, data);
  }
  return sweeps;
}

/** The last time that an account could not be swept; null where it left no record that can be read. */
async function lastFailure(
  { dynamo }: Context,
  { stateTable }: Hub,
  account: string,
): Promise<Unswept | null> {
  const id = unsweptId(account);
  const text = (await getEntries(dynamo, stateTable, [id])).get(id);
  return Unswept.safeParse(text === undefined ? null : JSON.parse(text)).data ?? null;
}
