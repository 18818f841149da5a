import { type Command, InvalidArgumentError } from 'commander';
import { type FailedMessages, failedMessages } from '../domain/deployment/failed-messages.ts';
import { iamEventRegionOf } from '../domain/rules/partition.ts';
import { describeStack, listStackResources } from '../io/cloudformation.ts';
import { getQueueAttributes } from '../io/sqs.ts';
import { redrive } from '../pipeline/doctor/redrive.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf } from '../render/report/text.ts';
import { type DoctorClients, doctorClients } from '../runtime/doctor-clients.ts';
import { identify } from './connect.ts';
import { DEFAULT_STACK } from './options.ts';
import { progressBar } from './progress.ts';
import { confirm, type Run, type Status, statuses, type Terminal, UsageError } from './terminal.ts';

interface RedriveOptions {
  readonly stack?: string;
  readonly profile?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Movable = FailedMessages & { readonly sourceQueue: string };

/** A dead-letter queue that is to be emptied. */
interface Waiting {
  readonly id: string;
  readonly sourceQueue: string;
  readonly messages: number;
  readonly from: string;
  readonly to: string;
}

/** What came of it, as `redrive --json` prints it. */
interface Redriven {
  readonly queue: string;
  readonly to: string;
  readonly messages: number;
  readonly moved: number;
}

const movable = failedMessages.filter((one): one is Movable => one.sourceQueue !== null);

/** Adds `redrive`. */
export function addRedrive(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('redrive')
    .argument('[queue...]', `these only: ${movable.map(({ id }) => id).join(', ')}`, collect)
    .description('moves failed messages back to the queue they are for, once the cause is fixed')
    .option('--stack <name>', `its CloudFormation stack (MFA_ENFORCER_STACK; ${DEFAULT_STACK})`)
    .option('-y, --yes', 'do not ask')
    .option('--json', 'as JSON')
    .option('--profile <name>', 'AWS profile (or AWS_PROFILE)')
    .addHelpText(
      'after',
      '\nIt may be run twice, and stopped at any time: nothing is lost, nobody is blocked for a failed message, and Slack is\ntold of nothing twice (docs/runbook.md).\nExit status: 0 all moved, 1 not all, 2 used wrongly, 3 could not see everything.\n\nExamples:\n  mfa-enforcer redrive\n  mfa-enforcer redrive IamChangesFailed --yes',
    )
    .action((queues: string[], options: RedriveOptions) =>
      run(() => redriveAll(terminal, queues, options)),
    );
}

function collect(queue: string, before: readonly string[] = []): string[] {
  if (movable.some(({ id }) => id === queue)) return [...before, queue];
  throw new InvalidArgumentError(
    queue === 'SweepsFailed'
      ? 'A sweep is started anew, not redriven (docs/runbook.md, SweepsFailedAlarm).'
      : `There are ${movable.map(({ id }) => id).join(', ')}.`,
  );
}

async function redriveAll(
  terminal: Terminal,
  queues: readonly string[],
  options: RedriveOptions,
): Promise<Status> {
  const { env } = terminal;
  const stack = options.stack ?? env.MFA_ENFORCER_STACK ?? DEFAULT_STACK;
  const { config, account, partition } = await identify(env, options);
  const clients = doctorClients({ ...config, region: iamEventRegionOf(partition) });
  const asked = movable.filter(({ id }) => queues.length === 0 || queues.includes(id));
  const waiting = await waitingIn(clients, stack, asked);
  const total = waiting.reduce((sum, { messages }) => sum + messages, 0);
  if (total === 0) {
    show(terminal, options, stack, []);
    return statuses.clean;
  }
  const each = waiting.map(({ id, messages }) => `${id} ${messages}`).join(', ');
  const question = `Move ${countOf(total, 'failed message')} of ${stack}, account ${account}, back (${each})? If the cause is not fixed, they fail again.`;
  if (!(await confirm(terminal, options.yes, question))) return statuses.findings;

  const progress = progressBar(terminal, 'Moving', total);
  const done: Redriven[] = [];
  for (const { id, sourceQueue, messages, from, to } of waiting) {
    const moved = await redrive(clients.sqs, from, to, messages, progress.tick);
    done.push({ queue: id, to: sourceQueue, messages, moved });
  }
  progress.done();
  show(terminal, options, stack, done);
  return done.every(({ moved, messages }) => moved >= messages)
    ? statuses.clean
    : statuses.findings;
}

async function waitingIn(
  { cloudFormation, sqs }: DoctorClients,
  stack: string,
  asked: readonly Movable[],
): Promise<Waiting[]> {
  if ((await describeStack(cloudFormation, stack)) === null) {
    throw new UsageError(`There is no stack ${stack} here: name it with --stack.`);
  }
  const resources = await listStackResources(cloudFormation, stack);
  const urlOf = (id: string) => {
    const url = resources.get(id)?.physicalId;
    if (url === undefined) throw new UsageError(`${stack} has no ${id}: is it another stack?`);
    return url;
  };
  const all = await Promise.all(
    asked.map(async ({ id, sourceQueue }) => {
      const [from, to] = [urlOf(id), urlOf(sourceQueue)];
      const attributes = await getQueueAttributes(sqs, from);
      if (attributes === null) throw new Error(`The queue ${from} does not exist any more.`);
      return { id, sourceQueue, from, to, messages: attributes.messages };
    }),
  );
  return all.filter(({ messages }) => messages > 0);
}

function show(
  terminal: Terminal,
  { json }: RedriveOptions,
  stack: string,
  done: readonly Redriven[],
): void {
  if (json) {
    const at = terminal.now().toISOString();
    terminal.out(jsonText({ schema: 'mfa-enforcer/redrive/1', at, stack, queues: done }));
    return;
  }
  if (done.length === 0) terminal.out('There are no failed messages to move.\n');
  for (const { queue, to, messages, moved } of done) {
    const left =
      moved < messages
        ? `; ${messages - moved} left, hidden by whoever looked at them last: again in a minute`
        : '';
    terminal.out(`${queue}: ${countOf(moved, 'message')} moved to ${to}${left}\n`);
  }
}
