import { progressBar } from '../../functions/commands/progress.ts';
import { columnsOf, type Status, statuses } from '../../functions/commands/shell.ts';
import { listAccounts } from '../../functions/io/organizations/list-accounts.ts';
import { padToCells, wrapWords } from '../../functions/render/cells.ts';
import { jsonText } from '../../functions/render/json-text.ts';
import type { Context } from './context.ts';
import { type Hub, readHub } from './hub.ts';
import { type Instance, listInstances, overridesOf } from './instances.ts';
import { describeSet, parametersOf, planSet, type SetPlan } from './stack-set.ts';
import { lastSweeps } from './sweeps.ts';
import { accountsOf, hintFor, line } from './words.ts';

/** An account of the organization, and how it is guarded. */
interface Row {
  readonly account: string;
  readonly name: string;
  /** The unit that its spoke was deployed to; null where it has none of the set. */
  readonly unit: string | null;
  readonly mode: string | null;
  readonly state: 'guarded' | 'at work' | 'failed' | 'not guarded' | 'not active';
  readonly why: string | null;
  /** When it was last swept; null where it never was. */
  readonly swept: string | null;
}

/** Shows every account of the organization: its mode, and whether it is guarded. */
export async function status(
  context: Context,
  { json }: { readonly json?: boolean },
): Promise<Status> {
  const { shell, stackSet } = context;
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
  const rows = accounts
    .map(({ id, name, active }): Row => {
      const of = { account: id, name, swept: sweeps.get(id)?.finishedAt ?? null };
      const instance = instances.find((one) => one.account === id);
      if (instance !== undefined) {
        const mode = modes.get(id) ?? defaultMode;
        return { ...of, unit: instance.unit, mode, ...stateOf(instance) };
      }
      return { ...of, unit: null, ...withoutInstance(context, hub, id, active, of.swept) };
    })
    .toSorted((one, other) => one.name.localeCompare(other.name));
  if (json) {
    shell.out(jsonText({ organization: hub.organization, stackSet, defaultMode, accounts: rows }));
  } else {
    shell.out(table(context, hub, rows, setInWords(stackSet, planSet(found, hub))));
  }
  const bad = rows.some(({ state }) => state === 'failed' || state === 'not guarded');
  return bad ? statuses.findings : statuses.clean;
}

async function modesOf(
  context: Context,
  hub: Hub,
  instances: readonly Instance[],
  defaultMode: string,
): Promise<Map<string, string>> {
  const bar = progressBar(context.shell, 'reading accounts', instances.length);
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
  if (state === 'CURRENT') return { state: 'guarded', why: null };
  return { state: 'failed', why: reason ?? `${state}, ${detail}` };
}

function withoutInstance(
  { account }: Context,
  hub: Hub,
  id: string,
  active: boolean,
  swept: string | null,
): Pick<Row, 'mode' | 'state' | 'why'> {
  if (id === account) return { mode: hub.mode, state: 'guarded', why: 'the hub guards itself' };
  if (!active) return { mode: null, state: 'not active', why: null };
  if (id === hub.management) {
    const why = 'StackSets leave the management account out: deploy --management says what to do';
    // Whoever could sweep it found its spoke.
    return swept === null
      ? { mode: null, state: 'not guarded', why }
      : { mode: 'its own', state: 'guarded', why: 'a stack of its own' };
  }
  return { mode: null, state: 'not guarded', why: 'in no organizational unit of the set' };
}

function setInWords(stackSet: string, { isNew, changes, defaultMode }: SetPlan): string {
  if (isNew) return `there is no ${stackSet} yet: deploy makes it`;
  const late =
    changes.length === 0 ? '' : `; not up to date (${changes.join(', ')}): deploy brings it there`;
  return `${stackSet}; accounts that join later: ${defaultMode}${late}`;
}

function table(
  { shell, account, stack }: Context,
  hub: Hub,
  rows: readonly Row[],
  set: string,
): string {
  const columns = columnsOf(shell);
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
      : wrapWords(row.why, columns - 14).map((one) => `${' '.repeat(14)}${one}\n`)),
  ]);
  const count = (state: Row['state']) => rows.filter((row) => row.state === state).length;
  const many = (['guarded', 'at work', 'failed', 'not guarded', 'not active'] as const)
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
