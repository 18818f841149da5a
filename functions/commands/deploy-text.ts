import {
  flagOf,
  type ParameterChange,
  type ParameterPlan,
} from '../domain/deployment/parameters.ts';
import type { StackEvent, StackFailure } from '../domain/deployment/stack-events.ts';
import type { ResourceChange, StackSummary } from '../io/cloudformation.ts';
import type { Release } from '../pipeline/deployment/release.ts';
import type { DeploymentContext, Finding } from '../pipeline/doctor/check.ts';
import type { AccountPlan } from '../pipeline/report/account-plan.ts';
import { wrapText } from '../render/cells.ts';
import { isKeyInUse } from '../render/report/plan.ts';
import { countOf, oneLine } from '../render/report/text.ts';
import type { CallerRights } from './caller-rights.ts';
import { columnsOf, type Terminal } from './terminal.ts';

/** The result of a run, as `deploy --json` prints it. */
export interface Deployed {
  readonly status: 'deployed' | 'unchanged' | 'planned' | 'declined' | 'failed';
  /** null: CloudFormation was not asked. */
  readonly resources: readonly ResourceChange[] | null;
  /** What the new settings would change at the next sweep; null where they block no more users than before. */
  readonly forecast: AccountPlan | null;
  readonly failure: StackFailure | null;
  readonly nextSteps: readonly string[];
}

const INDENT = 13;

/** A label with a text that is wrapped in its own column. */
function row(label: string, text: string, columns: number): string {
  const [first = '', ...more] = wrapText(oneLine(text), Math.max(40, columns - INDENT));
  return [`${label.padEnd(INDENT)}${first}`, ...more.map((line) => ' '.repeat(INDENT) + line)]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** The place, the release, what was checked, and the parameters that change. */
export function describeParameters(
  {
    terminal,
    context,
    release,
    deployed,
    parameters,
  }: {
    readonly terminal: Terminal;
    readonly context: DeploymentContext;
    readonly release: Release;
    readonly deployed: StackSummary | null;
    readonly parameters: ParameterPlan;
  },
  file: string | null,
  rights: CallerRights,
  trail: Finding | undefined,
): string {
  const columns = columnsOf(terminal);
  const { stack, account, region } = context;
  const from = deployed?.outputs.Version ?? release.version;
  const version = from === release.version ? from : `${from} → ${release.version}`;
  const rows = [
    row(
      'Stack',
      `${stack}${deployed === null ? ' (new)' : ''} in account ${account}, ${region}; release ${version}`,
      columns,
    ),
    ...(file === null ? [] : [row('File', `${file}; a flag wins over it`, columns)]),
    row('Rights', `${signs[rights.status]} ${rights.message}`, columns),
    ...(trail === undefined
      ? []
      : [row('Trail', `${signs[trail.status]} ${trail.message}`, columns)]),
  ];
  const changed = parameters.changes.filter(({ source }) => source !== 'deploy');
  const kept = Object.keys(parameters.values).length - parameters.changes.length;
  const others = kept === 0 ? [] : [`  ${countOf(kept, 'parameter')} unchanged\n`];
  return [...rows, '\nParameters\n', ...changed.map(parameterRow), ...others].join('');
}

const signs = { ok: '✔', broken: '✖', unknown: '?' } as const;

function parameterRow({ name, from, to, source }: ParameterChange): string {
  const values = from === null ? shown(to) : `${shown(from)} → ${shown(to)}`;
  const why = { flag: flagOf(name), file: 'settings file', default: 'default', deploy: '' }[source];
  return `  ${name.padEnd(22)} ${values}  (${why})\n`;
}

const shown = (value: string | null) => (value === '' || value === null ? '(empty)' : value);

/** The resources that change, and who would be blocked. */
export function describeChanges(
  resources: readonly ResourceChange[],
  forecast: AccountPlan | null,
  terminal: Terminal,
): string {
  return [
    '\nResources\n',
    ...(resources.length === 0 ? ['  none; only outputs change\n'] : resourceLines(resources)),
    ...(forecast === null ? [] : ['\n', ...forecastLines(forecast, terminal.now())]),
    '\n',
  ].join('');
}

const marks = { add: '+', change: '~', remove: '-' } as const;
const MOST_ADDED = 8;

function resourceLines(resources: readonly ResourceChange[]): string[] {
  const added = resources.filter(({ action }) => action === 'add');
  const others = resources.filter(({ action }) => action !== 'add');
  const line = ({ id, type, action, replaced }: ResourceChange) => {
    const how = { yes: ', REPLACED', maybe: ', may be replaced', no: '' }[replaced];
    return `  ${marks[action]} ${id} (${type}${how})\n`;
  };
  if (added.length <= MOST_ADDED) return [...added, ...others].map(line);
  const types = new Map<string, number>();
  for (const { type } of added) types.set(type, (types.get(type) ?? 0) + 1);
  const each = [...types].map(([type, count]) => `${count} ${type.replace('AWS::', '')}`);
  const all = wrapText(`up to ${countOf(added.length, 'resource')}: ${each.join(', ')}`, 90);
  return [
    ...all.map((text, index) => `${index === 0 ? '  + ' : '    '}${text}\n`),
    ...others.map(line),
  ];
}

const MOST_SHOWN = 10;

/** Who would be blocked, and which access keys in use would stop working. */
function forecastLines({ blocks, unblocks, beyondLimit }: AccountPlan, now: Date): string[] {
  const blocked = Math.max(0, blocks.length - beyondLimit.users);
  const names = blocks.slice(0, MOST_SHOWN).map(({ user }) => user);
  const more = blocks.length > MOST_SHOWN ? ` and ${blocks.length - MOST_SHOWN} more` : '';
  const keys = blocks.flatMap(({ user, accessKeys }) =>
    accessKeys
      .filter(({ lastUsedAt }) => isKeyInUse(lastUsedAt, now))
      .map(({ id, lastUsedAt, service }) => {
        const when = (lastUsedAt ?? '').slice(0, 10);
        return `    ${id} of ${user}, last used ${when} for ${service}\n`;
      }),
  );
  const limit =
    beyondLimit.users === 0
      ? ''
      : `; ${beyondLimit.users} more are beyond the block limit of ${beyondLimit.limit}`;
  return [
    `The next sweep blocks ${countOf(blocked, 'user')} without an MFA device${limit}, and unblocks ${unblocks.length}.\n`,
    ...(names.length === 0 ? [] : [`  ${names.join(', ')}${more}\n`]),
    ...(keys.length === 0
      ? []
      : [`  ${countOf(keys.length, 'access key')} in use would stop working:\n`]),
    ...keys.slice(0, MOST_SHOWN),
    ...(keys.length > MOST_SHOWN ? [`    and ${keys.length - MOST_SHOWN} more\n`] : []),
  ];
}

/** One line for an event that ends a step; null for any other. */
export function eventLine({ resource, type, status, ofStack }: StackEvent): string | null {
  if (ofStack || !/_(COMPLETE|FAILED)$/.test(status)) return null;
  return `${status.endsWith('_FAILED') ? '✖' : '✔'} ${resource} (${type}) ${status}`;
}

/** How it ended, and what comes next. */
export function describeResult(
  stack: string,
  { status, failure, nextSteps }: Deployed,
  terminal: Terminal,
): string {
  const columns = columnsOf(terminal);
  const steps = nextSteps.flatMap((step, index) => {
    const [first = '', ...more] = step.split('\n');
    const lines = wrapText(first, Math.max(40, columns - 3));
    return [
      ...lines.map((line, at) => (at === 0 ? `${index + 1}. ${line}\n` : `   ${line}\n`)),
      ...more.map((line) => `   ${line}\n`),
    ];
  });
  const next = steps.length === 0 ? [] : ['\nNext steps\n', ...steps];
  switch (status) {
    case 'deployed':
      return [`The stack ${stack} is deployed.\n`, ...next].join('');
    case 'unchanged':
      return next.join('');
    case 'planned':
      return 'Dry run: nothing was changed.\n';
    case 'declined':
      return '';
    case 'failed':
      return [
        `The deployment of ${stack} failed and was rolled back.\n`,
        ...(failure === null ? [] : failureLines(failure, columns)),
      ].join('');
    default:
      return status satisfies never;
  }
}

/** The first cause of a failure, and what to do about it. */
export function failureLines(
  { resource, type, reason, fix }: StackFailure,
  columns: number,
): string[] {
  return [
    `First cause: ${resource} (${type}):\n`,
    ...wrapText(oneLine(reason), columns - 2).map((line) => `  ${line}\n`),
    ...(fix === null ? [] : wrapText(fix, columns).map((line) => `${line}\n`)),
  ];
}

/** What a person must still do, as sentences; a command is on a line of its own. */
export function describeNextSteps({
  values,
  isNew,
  hasWebhook,
  trail,
  commandOf,
  sweep,
}: {
  readonly values: Readonly<Record<string, string>>;
  readonly isNew: boolean;
  readonly hasWebhook: boolean;
  readonly trail: Finding | undefined;
  readonly commandOf: (rest: string) => string;
  /** The command that starts a sweep. */
  readonly sweep: string;
}): string[] {
  const steps: string[] = [];
  if (trail !== undefined && trail.status !== 'ok') {
    steps.push(`Without a trail only the sweep acts: ${trail.message}.\n${trail.fix ?? ''}`.trim());
  }
  if (!hasWebhook) {
    steps.push(
      `Slack gets no messages yet: store the webhook from a file.\n${commandOf('deploy --webhook-file webhook.txt')}`,
    );
  }
  if (values.AlarmTopicArn === '') {
    steps.push(
      `The alarms notify no one yet: name an SNS topic.\n${commandOf('deploy --alarm-topic-arn arn:aws:sns:…')}`,
    );
  }
  if (isNew) {
    steps.push(
      `The first sweep runs on its schedule, ${values.SweepSchedule} in UTC. To start one now:\n${sweep}`,
    );
  }
  if (values.Mode === 'observe') {
    steps.push(
      `Nothing is blocked in observe mode. See who would be:\n${commandOf('plan')}\nTo block them:\n${commandOf('deploy --mode enforce')}`,
    );
  }
  return steps;
}
