import { type Command, InvalidArgumentError } from 'commander';
import { type FailedMessages, failedMessages } from '../domain/deployment/deployed-resources.ts';
import { describeStack, listStackResources } from '../io/cloudformation.ts';
import { getQueueAttributes } from '../io/sqs.ts';
import { redrive } from '../pipeline/doctor/redrive.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf } from '../render/report/text.ts';
import type { DeploymentClients } from '../runtime/command-clients.ts';
import { connectToDeployment, type DeploymentOptions } from './connect-deployment.ts';
import { DEFAULT_STACK } from './options.ts';
import { progressBar } from './progress.ts';
import { confirm, type Run, type Status, statuses, type Terminal, UsageError } from './terminal.ts';

interface RedriveOptions extends DeploymentOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

type Movable = FailedMessages & { readonly sourceQueue: string };

/** A dead-letter queue with messages to move. */
interface Waiting {
  readonly id: string;
  readonly sourceQueue: string;
  readonly messages: number;
  readonly from: string;
  readonly to: string;
}

/** The result for one queue, as `redrive --json` prints it. */
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
    .argument(
      '[queue...]',
      `dead-letter queues (default: all): ${movable.map(({ id }) => id).join(', ')}`,
      collect,
    )
    .description('Requeue failed messages after the cause is fixed')
    .option('--stack <name>', `CloudFormation stack (MFA_ENFORCER_STACK; default ${DEFAULT_STACK})`)
    .option('-y, --yes', 'skip the confirmation')
    .option('--json', 'print JSON')
    .option('--profile <name>', 'AWS profile (AWS_PROFILE)')
    .addHelpText(
      'after',
      '\nThe command can be stopped and run again at any time: it loses no message, changes no user because of an old message\nand posts nothing to Slack twice (docs/runbook.md).\nExit status: 0 all moved, 1 not all moved, 2 usage error, 3 incomplete: some data could not be read.\n\nExamples:\n  mfa-enforcer redrive\n  mfa-enforcer redrive IamChangesFailed --yes',
    )
    .action((queues: string[], options: RedriveOptions) =>
      run(() => redriveAll(terminal, queues, options)),
    );
}

function collect(queue: string, before: readonly string[] = []): string[] {
  if (movable.some(({ id }) => id === queue)) return [...before, queue];
  throw new InvalidArgumentError(
    queue === 'SweepsFailed'
      ? 'A failed sweep cannot be requeued. Start a new one: aws lambda invoke --function-name STACK-nightly-sweep --invocation-type Event /dev/null'
      : `Available queues: ${movable.map(({ id }) => id).join(', ')}.`,
  );
}

async function redriveAll(
  terminal: Terminal,
  queues: readonly string[],
  options: RedriveOptions,
): Promise<Status> {
  const { clients, account, stack } = await connectToDeployment(terminal, options);
  const asked = movable.filter(({ id }) => queues.length === 0 || queues.includes(id));
  const waiting = await waitingIn(clients, stack, asked);
  const total = waiting.reduce((sum, { messages }) => sum + messages, 0);
  if (total === 0) {
    show(terminal, options, stack, []);
    return statuses.clean;
  }
  const each = waiting.map(({ id, messages }) => `${id} ${messages}`).join(', ');
  const question = `Requeue ${countOf(total, 'failed message')} of stack ${stack}, account ${account} (${each})? They fail again if the cause is not fixed.`;
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
  { cloudFormation, sqs }: DeploymentClients,
  stack: string,
  asked: readonly Movable[],
): Promise<Waiting[]> {
  if ((await describeStack(cloudFormation, stack)) === null) {
    throw new UsageError(
      `There is no stack ${stack} in this account. Name the stack with --stack.`,
    );
  }
  const resources = await listStackResources(cloudFormation, stack);
  const urlOf = (id: string) => {
    const url = resources.get(id)?.physicalId;
    if (url === undefined)
      throw new UsageError(`Stack ${stack} has no resource ${id}. Check --stack.`);
    return url;
  };
  const all = await Promise.all(
    asked.map(async ({ id, sourceQueue }) => {
      const [from, to] = [urlOf(id), urlOf(sourceQueue)];
      const attributes = await getQueueAttributes(sqs, from);
      if (attributes === null)
        throw new Error(
          `The queue ${from} no longer exists. mfa-enforcer doctor shows how to recreate it.`,
        );
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
  if (done.length === 0) terminal.out('There are no failed messages to requeue.\n');
  for (const { queue, to, messages, moved } of done) {
    const left =
      moved < messages
        ? `; ${messages - moved} left because another reader received them: try again in a minute`
        : '';
    terminal.out(`${queue}: ${countOf(moved, 'message')} moved to ${to}${left}\n`);
  }
}
