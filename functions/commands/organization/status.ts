import { LastSweep, Unswept } from '../../../events/last-sweep.ts';
import type { ReportedPath } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { parametersByName } from '../../io/cloudformation.ts';
import { getEntries } from '../../io/dynamodb.ts';
import { listAccounts } from '../../io/organizations.ts';
import { readEventPaths } from '../../pipeline/event-paths.ts';
import { padToCells, wrapText } from '../../render/cells.ts';
import { eventPathLines } from '../../render/report/event-path.ts';
import { jsonText } from '../../render/report/json.ts';
import { reasonOfCall } from '../errors.ts';
import { progressBar } from '../progress.ts';
import { columnsOf, type Status, statuses } from '../terminal.ts';
import type { Context } from './context.ts';
import { type Hub, readHub } from './hub.ts';
import { type Instance, listInstances, overridesOf } from './instances.ts';
import { describeSet, planSet, type SetPlan } from './stack-set.ts';
import { accountsOf, hintFor, line } from './text.ts';

/** Shows the mode and state of every account of the organization. */
export async function status(
  context: Context,
  { json }: { readonly json?: boolean },
): Promise<Status> {
  const { terminal, stackSet } = context;
  const hub = await readHub(context);
  const found = await describeSet(context, hub);
  const defaultMode = parametersByName(found?.Parameters).Mode ?? 'observe';
  const instances = found === null ? [] : await listInstances(context, hub);
  const modes = await modesOf(context, hub, instances, defaultMode);
  const accounts = await listAccounts(context.clients.organizations);
  const sweeps = await lastSweeps(
    context,
    hub,
    accounts.map(({ id }) => id),
  );
  const pathOf = await readEventPaths(
    accounts.map(({ id }) => id),
    { dynamo: context.clients.dynamo, name: hub.stateTable },
    { now: terminal.now, reasonOf: reasonOfCall },
  );
  const failure = await lastFailure(context, hub, hub.management);
  const rows = accounts
    .map(({ id, name, active }): Row => {
      const of = {
        account: id,
        name,
        swept: sweeps.get(id)?.finishedAt ?? null,
        eventPath: pathOf(id),
      };
      const instance = instances.find((one) => one.account === id);
      // A closed account accepts no calls. StackSets report its spoke as OUTDATED, and no action is needed.
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
    terminal.out(
      statusTable(context, hub, rows, formatSet(stackSet, await planSet(context, found, hub))),
    );
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
  const bar = progressBar(context.terminal, 'Reading accounts', instances.length);
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
  if (id === account)
    return { mode: hub.mode, state: 'managed', why: 'managed by the hub’s stack' };
  if (id === hub.management) {
    const why = 'StackSets do not deploy to the management account: see deploy --management';
    // A sweep of the account succeeded, so it had a spoke. A later failed sweep shows that the spoke is gone.
    return swept === null || (failure !== null && failure.at > swept)
      ? { mode: null, state: 'not managed', why }
      : { mode: 'its own', state: 'managed', why: 'managed by a stack of its own' };
  }
  return {
    mode: null,
    state: 'not managed',
    why: 'not in an organizational unit of the stack set',
  };
}

/** An account of the organization and its state. */
interface Row {
  readonly account: string;
  readonly name: string;
  /** The unit that its spoke was deployed to; null without a spoke of the stack set. */
  readonly unit: string | null;
  readonly mode: string | null;
  readonly state: 'managed' | 'at work' | 'failed' | 'not managed' | 'not active';
  readonly why: string | null;
  /** Time of the last sweep; null if it was never swept. */
  readonly swept: string | null;
  readonly eventPath: ReportedPath;
}

/** The states of accounts that have a spoke, and so an event path. */
const PROBED: ReadonlySet<Row['state']> = new Set(['managed', 'at work', 'failed']);

/** Describes the stack set, and whether it is up to date. */
function formatSet(stackSet: string, { isNew, changes, defaultMode }: SetPlan): string {
  if (isNew) return `${stackSet} does not exist yet: deploy creates it`;
  const late =
    changes.length === 0 ? '' : `; out of date (${changes.join(', ')}): deploy updates it`;
  return `${stackSet}; accounts that join later: ${defaultMode}${late}`;
}

/** A table of all accounts, with what to do about failed ones. */
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
    ...eventPathLines(rows.filter(({ state }) => PROBED.has(state))).map((one, index) =>
      line(index === 0 ? 'event paths' : '', one, columns),
    ),
    ...[...new Set(hintsFor.filter((one) => one !== null))].map((one) =>
      line('what to do', one, columns),
    ),
  ].join('');
}

/** The last sweep of each account that has a valid record of one. */
export async function lastSweeps(
  { clients }: Context,
  { stateTable }: Hub,
  accounts: readonly string[],
): Promise<Map<string, LastSweep>> {
  const entries = await getEntries(clients.dynamo, stateTable, accounts.map(stateKeys.lastSweep));
  const sweeps = new Map<string, LastSweep>();
  for (const account of accounts) {
    const text = entries.get(stateKeys.lastSweep(account));
    const { success, data } = LastSweep.safeParse(text === undefined ? null : JSON.parse(text));
    if (success) sweeps.set(account, data);
  }
  return sweeps;
}

/** The last failed sweep of an account; null without a valid record. */
async function lastFailure(
  { clients }: Context,
  { stateTable }: Hub,
  account: string,
): Promise<Unswept | null> {
  const id = stateKeys.unswept(account);
  const text = (await getEntries(clients.dynamo, stateTable, [id])).get(id);
  return Unswept.safeParse(text === undefined ? null : JSON.parse(text)).data ?? null;
}
