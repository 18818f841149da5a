import {
  flagOf,
  type ParameterChange,
  type ParameterPlan,
} from '../domain/deployment/parameters.ts';
import type { StackFailure } from '../domain/deployment/stack-events.ts';
import type { ResourceChange, StackSummary } from '../io/cloudformation.ts';
import type { Release } from '../pipeline/deployment/release.ts';
import type { DeploymentContext, Finding } from '../pipeline/doctor/check.ts';
import { isCommand } from '../pipeline/doctor/fixes.ts';
import type { AccountPlan } from '../pipeline/report/account-plan.ts';
import { wrapText } from '../render/cells.ts';
import { isKeyInUse } from '../render/report/plan.ts';
import { countOf, oneLine } from '../render/report/text.ts';
import { capital } from '../render/slack/text.ts';
import type { CallerRights } from './caller-rights.ts';
import type { ParameterFile } from './parameter-files.ts';
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

const NARROWEST = 40;

/** A label with a text that is wrapped in its own column. */
export function row(label: string, text: string, columns: number, indent = 13): string {
  const lines = wrapText(oneLine(text), Math.max(NARROWEST, columns - indent));
  return lines
    .map((line, at) => `${(at === 0 ? label : '').padEnd(indent)}${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}

/** The run that the texts are about. */
interface Around {
  readonly terminal: Terminal;
  readonly context: DeploymentContext;
  /** null: the stack does not exist yet. */
  readonly deployed: StackSummary | null;
}

/** The place, the release, what was checked, and the parameters that change. */
export function describeParameters(
  {
    terminal,
    context,
    release,
    deployed,
    parameters,
    files,
  }: Around & {
    readonly files: readonly ParameterFile[];
    readonly release: Release;
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
  const isNew = deployed === null ? ' (new)' : '';
  const rows = [
    row('Stack', `${stack}${isNew} in account ${account}, ${region}`, columns),
    row('Release', version, columns),
    ...(file === null ? [] : [row('File', `${file}; a flag wins over it`, columns)]),
    row('Rights', `${signs[rights.status]} ${rights.message}`, columns),
    ...(trail === undefined
      ? []
      : [row('Trail', `${signs[trail.status]} ${trail.message}`, columns)]),
    ...files.map(({ what, file: from, parameter }) =>
      row(
        capital(what),
        `from ${from}, for the SSM parameter ${parameters.values[parameter]}`,
        columns,
      ),
    ),
  ];
  const changed = parameters.changes.filter(({ source, to }) => source !== 'deploy' || to === null);
  const kept = Object.keys(parameters.values).length - parameters.changes.length;
  const others = kept === 0 ? [] : [`  ${countOf(kept, 'parameter')} unchanged\n`];
  const lines = changed.map((one) => parameterRow(one, columns));
  return [...rows, '\nParameters\n', ...lines, ...others].join('');
}

const signs = { ok: '✔', broken: '✖', unknown: '?' } as const;

function parameterRow({ name, from, to, source }: ParameterChange, columns: number): string {
  const values = from === null ? shown(to) : `${shown(from)} → ${shown(to)}`;
  const why = {
    flag: flagOf(name),
    file: 'settings file',
    default: 'default',
    deploy: 'not in this release',
  }[source];
  return row(`  ${name}`, `${values}  (${why})`, columns, 25);
}

const shown = (value: string | null) => (value === '' || value === null ? '(empty)' : value);

/** The resources that change, and who would be blocked. */
export function describeChanges(
  resources: readonly ResourceChange[],
  forecast: AccountPlan | null,
  isHub: boolean,
  terminal: Terminal,
): string {
  return [
    '\nResources\n',
    ...(resources.length === 0
      ? ['  none; only outputs change\n']
      : resourceLines(resources, columnsOf(terminal))),
    ...(forecast === null ? [] : ['\n', ...forecastLines(forecast, isHub, terminal)]),
    '\n',
  ].join('');
}

const marks = { add: '+', change: '~', remove: '-' } as const;
const MOST_ADDED = 8;

function resourceLines(resources: readonly ResourceChange[], columns: number): string[] {
  const added = resources.filter(({ action }) => action === 'add');
  const others = resources.filter(({ action }) => action !== 'add');
  const line = ({ id, type, action, replaced }: ResourceChange) => {
    const how = { yes: ', REPLACED', maybe: ', may be replaced', no: '' }[replaced];
    return `  ${marks[action]} ${id} (${type}${how})\n`;
  };
  if (added.length <= MOST_ADDED) return [...added, ...others].map(line);
  const types = new Map<string, number>();
  for (const { type } of added) types.set(type, (types.get(type) ?? 0) + 1);
  // No line ends between a number and its type.
  const each = [...types].map(([type, count]) => `${count}\u00a0${type.replace('AWS::', '')}`);
  const all = `up to ${countOf(added.length, 'resource')}: ${each.join(', ')}`;
  return [row('  +', all, columns, 4).replaceAll('\u00a0', ' '), ...others.map(line)];
}

const MOST_SHOWN = 10;

/** Who would be blocked, and which access keys in use would stop working. */
function forecastLines(
  { account, blocks, unblocks, beyondLimit }: AccountPlan,
  isHub: boolean,
  terminal: Terminal,
): string[] {
  const columns = columnsOf(terminal);
  const users = `${countOf(blocks.length, 'user')} without an MFA device`;
  const now = Math.max(0, blocks.length - beyondLimit.users);
  const who =
    beyondLimit.users === 0
      ? users
      : `${now} of ${users}, because of the block limit of ${beyondLimit.limit}`;
  const keys = blocks.flatMap(({ user, accessKeys }) =>
    accessKeys
      .filter(({ lastUsedAt }) => isKeyInUse(lastUsedAt, terminal.now()))
      .map(({ id, lastUsedAt, service }) => {
        const when = (lastUsedAt ?? '').slice(0, 10);
        return `    ${id} of ${user}, last used ${when} for ${service}\n`;
      }),
  );
  const names = firstOf(blocks.map(({ user }) => user));
  return [
    blocks.length === 0
      ? 'The next sweep blocks no one.\n'
      : row('', `The next sweep blocks ${who}:`, columns, 0),
    ...(blocks.length === 0 ? [] : [row('', names, columns, 2)]),
    ...(blocks.some(({ reasons }) => reasons.some(({ code }) => code === 'grace-not-known'))
      ? [
          row(
            '',
            'Users who have time to enrol (GraceHours) are blocked when it is over.',
            columns,
            2,
          ),
        ]
      : []),
    ...(keys.length === 0
      ? []
      : [`  ${countOf(keys.length, 'access key')} in use would stop working:\n`]),
    ...keys.slice(0, MOST_SHOWN),
    ...(keys.length > MOST_SHOWN ? [`    and ${keys.length - MOST_SHOWN} more\n`] : []),
    ...(unblocks.length === 0
      ? []
      : [
          `The next sweep unblocks ${countOf(unblocks.length, 'user')}:\n`,
          row('', firstOf(unblocks.map(({ user }) => user)), columns, 2),
        ]),
    ...(isHub ? [row('', otherAccounts(account), columns, 0)] : []),
  ];
}

const otherAccounts = (account: string) =>
  `This is account ${account} only. In the organization’s other accounts, those whose own mode is not observe change with it: ` +
  'mfa-enforcer plan --organization shows them.';

function firstOf(names: readonly string[]): string {
  const more = names.length - MOST_SHOWN;
  return names.slice(0, MOST_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** How it ended, and what comes next. */
export function describeResult(
  { context, deployed, terminal }: Around,
  { status, failure, nextSteps }: Deployed,
): string {
  const { stack } = context;
  const columns = columnsOf(terminal);
  const steps = nextSteps.flatMap((step, index) =>
    step.split('\n').map((line, at) => {
      const label = at === 0 ? `${index + 1}.` : '';
      // A command stays on one line, so that it can be copied.
      return row(label, line, isCommand(line) ? Number.POSITIVE_INFINITY : columns, 3);
    }),
  );
  const next = steps.length === 0 ? [] : ['\nNext steps\n', ...steps];
  switch (status) {
    case 'deployed':
      return [`The stack ${stack} is deployed.\n`, ...next].join('');
    case 'unchanged':
      return next.join('');
    case 'planned':
      // CloudFormation works out a change with the template in the bucket.
      return deployed === null
        ? 'Dry run: nothing was changed.\n'
        : 'Dry run: the stack was not changed.\n';
    case 'declined':
      return '';
    case 'failed':
      if (failure === null) return `The deployment of ${stack} failed.\n`;
      return [
        row('', `The deployment of ${stack} failed. ${stateAfter(failure)}`, columns, 0),
        ...failureLines(failure, columns),
      ].join('');
    default:
      return status satisfies never;
  }
}

/** In which state the failure has left the stack. */
function stateAfter({ stackStatus, left }: StackFailure): string {
  if (stackStatus === 'DELETE_COMPLETE') {
    const except = left.length === 0 ? '' : `, except ${left.join(', ')}`;
    return `CloudFormation has deleted what it had created${except}.`;
  }
  return stackStatus.endsWith('ROLLBACK_COMPLETE')
    ? 'CloudFormation has rolled it back.'
    : `The stack is ${stackStatus}: run the command again to see what to do.`;
}

/** The first cause of a failure, and what to do about it. */
export function failureLines(
  { resource, type, reason, fix }: StackFailure,
  columns: number,
): string[] {
  return [
    `First cause: ${resource} (${type})\n`,
    row('', reason, columns, 2),
    ...(fix === null ? [] : [row('', fix, columns, 0)]),
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
    const fix = trail.fix === null ? '' : `\n${trail.fix}`;
    steps.push(
      trail.status === 'broken'
        ? `Fix the trail: ${trail.message}.${fix}`
        : `Check the trail, which could not be read: ${trail.message}.${fix}`,
    );
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
