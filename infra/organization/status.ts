import type { Unswept } from '../../events/last-sweep.ts';
import { progressBar } from '../../functions/commands/progress.ts';
import { type Status, statuses } from '../../functions/commands/shell.ts';
import { listAccounts } from '../../functions/io/organizations.ts';
import { jsonText } from '../../functions/render/report/json.ts';
import type { Context } from './context.ts';
import { type Hub, readHub } from './hub.ts';
import { type Instance, listInstances, overridesOf } from './instances.ts';
import { describeSet, parametersOf, planSet } from './stack-set.ts';
import { type Row, setInWords, statusTable } from './status-table.ts';
import { lastFailure, lastSweeps } from './sweeps.ts';

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
    shell.out(jsonText({ organization: hub.organization, stackSet, defaultMode, accounts: rows }));
  } else {
    shell.out(statusTable(context, hub, rows, setInWords(stackSet, planSet(found, hub))));
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
  failure: Unswept | null,
  id: string,
  swept: string | null,
): Pick<Row, 'mode' | 'state' | 'why'> {
  if (id === account) return { mode: hub.mode, state: 'guarded', why: 'the hub guards itself' };
  if (id === hub.management) {
    const why = 'StackSets leave the management account out: deploy --management says what to do';
    // Whoever could sweep it found its spoke, unless it is gone since.
    return swept === null || (failure !== null && failure.at > swept)
      ? { mode: null, state: 'not guarded', why }
      : { mode: 'its own', state: 'guarded', why: 'a stack of its own' };
  }
  return { mode: null, state: 'not guarded', why: 'in no organizational unit of the set' };
}
