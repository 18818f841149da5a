import type { Command } from 'commander';
import { shellOption } from '../domain/deployment/shell-quoted.ts';
import type { StackFailure } from '../domain/deployment/stack-events.ts';
import type { Settings } from '../domain/rules/settings.ts';
import type { UserFacts } from '../domain/rules/user-facts.ts';
import { describeStack, type StackResource, type StackSummary } from '../io/cloudformation.ts';
import { getPolicy } from '../io/iam-policies.ts';
import { describeParameter } from '../io/ssm.ts';
import { ownBucket, removeCode } from '../pipeline/deployment/code-bucket.ts';
import {
  deleteWholeStack,
  type RemovedStack,
  stopEnforcer,
} from '../pipeline/deployment/remove-stack.ts';
import type { DeploymentContext } from '../pipeline/doctor/check.ts';
import { aws, command } from '../pipeline/doctor/fixes.ts';
import {
  isBlocked,
  readEveryone,
  type UnblockedUser,
  unblockUsers,
} from '../pipeline/unblock-users.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf } from '../render/report/text.ts';
import { commandSettings } from '../runtime/config.ts';
import { refuseMissingRights } from './caller-rights.ts';
import {
  connectToDeployment,
  type DeploymentOptions,
  refuseForeign,
  refuseOtherRegion,
} from './connect-deployment.ts';
import { failureLines, row } from './deploy-text.ts';
import { DEFAULT_STACK, DEFAULT_STACK_SET } from './options.ts';
import { removeAllSpokes } from './organization/remove-all-spokes.ts';
import { progressBar, readingUsers, stackProgress } from './progress.ts';
import {
  columnsOf,
  confirm,
  Refused,
  type Run,
  type Status,
  statuses,
  type Terminal,
  textOutput,
} from './terminal.ts';

interface RemoveOptions extends DeploymentOptions {
  readonly stackSet: string;
  readonly policyName?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds `remove`. */
export function addRemove(program: Command, run: Run, terminal: Terminal): void {
  program
    .command('remove')
    .description('Unblock all users and delete the deployment')
    .option('--stack <name>', `CloudFormation stack (MFA_ENFORCER_STACK; default ${DEFAULT_STACK})`)
    .option(
      '--policy-name <name>',
      'policy that blocks, if the stack no longer exists (default ForceMFA)',
    )
    .option('--stack-set <name>', 'stack set of an organization’s spokes', DEFAULT_STACK_SET)
    .option('--dry-run', 'show what would be done and do nothing')
    .option('-y, --yes', 'skip the confirmation')
    .option('--json', 'print JSON')
    .option('--profile <name>', 'AWS profile (AWS_PROFILE)')
    .option('--region <region>', 'AWS Region; the deployment must be in the Region of IAM events')
    .addHelpText(
      'after',
      '\nThe command first stops the enforcer, then unblocks every user, then deletes the stack. It can be stopped and run again\nat any time.\nExit status: 0 removed, 1 not removed, or with --dry-run: there is something to remove; 2 usage error,\n3 incomplete: some data could not be read.\n\nExamples:\n  mfa-enforcer remove --dry-run\n  mfa-enforcer remove --stack iam-mfa-enforcer-test --yes',
    )
    .action((options: RemoveOptions) => run(() => remove(terminal, options)));
}

/** What a run of `remove` works with. */
interface Removing {
  readonly terminal: Terminal;
  readonly options: RemoveOptions;
  readonly context: DeploymentContext;
  readonly settings: Settings;
  /** null: the stack does not exist, or no longer. */
  readonly stack: StackSummary | null;
}

/** The result of a run, as `remove --json` prints it. */
interface Removed {
  readonly status: 'removed' | 'nothing' | 'planned' | 'declined' | 'failed';
  readonly users: readonly UnblockedUser[];
  readonly failure: StackFailure | null;
  /** What is left in the account, and how to delete it. */
  readonly left: readonly string[];
}

async function remove(terminal: Terminal, options: RemoveOptions): Promise<Status> {
  const context = await connectToDeployment(terminal, options);
  refuseOtherRegion(context);
  const stack = await describeStack(context.clients.cloudFormation, context.stack);
  if (stack !== null) refuseForeign(context.stack, stack);
  refuseBusy(context, stack);
  await refuseWithoutRights(terminal, options, context, stack);
  const spokes = await removeSpokes(terminal, options, context, stack);
  if (spokes !== statuses.clean) return spokes;
  const { policyName } = options;
  const flags = policyName === undefined ? {} : { policyName };
  const deployed = wasCreated(stack)
    ? { stack: context.stack, parameters: stack.parameters }
    : null;
  const settings = commandSettings(flags, deployed, context);
  if (stack === null && policyName === undefined) await refuseOtherStack(context, settings);
  const run = { terminal, options, context, settings, stack };
  const blocked = (await everyone(run)).filter(isBlocked);
  say(run, describeRemoval(run, blocked));
  const isNothing = stack === null && blocked.length === 0;
  if (options.dryRun) {
    const status = isNothing ? 'nothing' : 'planned';
    return show(run, { status, users: [], failure: null, left: [] });
  }
  if (isNothing) return show(run, await finish(run, [], new Map()));
  const question = `Remove the deployment ${context.stack} from account ${context.account}?`;
  if (!(await confirm(terminal, options.yes, question))) {
    return show(run, { status: 'declined', users: [], failure: null, left: [] });
  }
  return show(run, await removeAll(run, blocked));
}

/** @throws Refused where the stack cannot be deleted now */
function refuseBusy(context: DeploymentContext, found: StackSummary | null): void {
  const { stack } = context;
  const { status = '' } = found ?? {};
  if (found?.isProtected) {
    const rest = `update-termination-protection --no-enable-termination-protection --stack-name ${stack}`;
    throw new Refused(
      `The stack ${stack} has termination protection. To end it:`,
      aws(context, 'cloudformation', rest),
    );
  }
  if (!status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS') return;
  throw new Refused(
    `The stack ${stack} is ${status}.`,
    'Wait until that has finished, and run this command again.',
  );
}

/**
 * Without its stack the policy is gone, too: where it exists, another deployment uses it.
 * @throws Refused
 */
async function refuseOtherStack(
  { clients, account, stack, region }: DeploymentContext,
  { policyArn }: Settings,
): Promise<void> {
  if ((await getPolicy(clients.iam, policyArn)) === null) return;
  throw new Refused(
    `Account ${account} has no stack ${stack} in ${region}, but ${policyArn} exists: it belongs to another stack, or to a spoke.`,
    'Name the stack with --stack. A spoke is removed from its hub (docs/organization.md).',
    `If no deployment is left, name the policy: ${shellOption('policy-name', policyArn.split('/').at(-1) ?? '')}`,
  );
}

/** A change set of a new stack that was never executed leaves a stack without resources and parameters. */
function wasCreated(stack: StackSummary | null): stack is StackSummary {
  return stack !== null && stack.status !== 'REVIEW_IN_PROGRESS';
}

/** @throws Refused where the caller lacks rights. Without a stack, only users and code are left. */
async function refuseWithoutRights(
  terminal: Terminal,
  { json }: RemoveOptions,
  context: DeploymentContext,
  stack: StackSummary | null,
): Promise<void> {
  if (!wasCreated(stack)) return;
  const rights = await refuseMissingRights(terminal, context, 'remove', stack.parameters);
  if (rights.status === 'unknown') textOutput(terminal, json)(`Rights: ${rights.message}\n`);
}

/**
 * Removes the spokes of an organization first, after the hub has unblocked their users.
 * @returns clean where there are none, or no longer
 * @throws Refused where users of theirs may still be blocked
 */
async function removeSpokes(
  terminal: Terminal,
  { stackSet, dryRun, yes, json }: RemoveOptions,
  context: DeploymentContext,
  stack: StackSummary | null,
): Promise<Status> {
  if ((stack?.parameters.OrganizationId ?? '') === '') return statuses.clean;
  const said = { ...terminal, out: textOutput(terminal, json) };
  return removeAllSpokes({ ...context, terminal: said, stackSet }, { dryRun, yes });
}

function everyone({ terminal, context, settings }: Removing): Promise<UserFacts[]> {
  const { iam } = context.clients;
  return readingUsers(terminal, iam, (onUser) => readEveryone(iam, settings, onUser));
}

async function removeAll(run: Removing, blocked: readonly UserFacts[]): Promise<Removed> {
  const { terminal, context, stack } = run;
  const removed: RemovedStack | null = stack && {
    clients: context.clients,
    name: context.stack,
    id: stack.id,
    pause: terminal.pause,
  };
  // Before anyone is unblocked: a running enforcer would block them again.
  const resources = removed === null ? new Map() : await stopEnforcer(removed);
  const users = await unblockAll(run, blocked);
  const failed = { status: 'failed' as const, users, failure: null, left: [] };
  if (users.some(({ done }) => !done)) return failed;
  if (removed !== null) {
    const { onEvent, done } = stackProgress(terminal, 'Deleting', resources.size);
    const failure = await deleteWholeStack(removed, onEvent);
    done();
    if (failure !== null) return { ...failed, failure };
  }
  return finish(run, users, resources);
}

const MOST_PASSES = 3;

/**
 * Unblocks users until a reading of the account shows none: a review that was running when the enforcer was stopped may have
 * blocked one more.
 */
async function unblockAll(run: Removing, blocked: readonly UserFacts[]): Promise<UnblockedUser[]> {
  const { terminal, context, settings } = run;
  const { iam } = context.clients;
  const users = new Map<string, UnblockedUser>();
  let left = blocked;
  for (let pass = 0; left.length > 0 && pass < MOST_PASSES; pass += 1) {
    const bar = progressBar(terminal, 'Unblocking', left.length);
    const done = await unblockUsers(iam, settings, left, context.describe, () => bar.tick());
    bar.done();
    for (const one of done) users.set(one.user, one);
    if (done.some((one) => !one.done)) break;
    left = (await everyone(run)).filter(isBlocked);
  }
  return [...users.values()];
}

/** After the stack is gone, nothing can block any more: what is left is found, and the code is deleted. */
async function finish(
  run: Removing,
  before: readonly UnblockedUser[],
  resources: ReadonlyMap<string, StackResource>,
): Promise<Removed> {
  const { context, stack } = run;
  const late = await unblockAll(run, (await everyone(run)).filter(isBlocked));
  // One who was blocked again is named once.
  const users = [...new Map([...before, ...late].map((one) => [one.user, one])).values()];
  if (late.some(({ done }) => !done)) return { status: 'failed', users, failure: null, left: [] };
  const { S3Bucket, S3Prefix } = stack?.parameters ?? {};
  const code = {
    bucket: S3Bucket ?? ownBucket(context),
    prefix: S3Prefix ?? `${context.stack}/`,
  };
  const bucket = await removeCode({ ...context, s3: context.clients.s3 }, code);
  const left = [
    ...tableLeft(context, resources),
    ...(await parametersLeft(run)),
    ...(bucket === null ? [] : [bucket]),
  ];
  const isNothing = stack === null && users.length === 0;
  return { status: isNothing ? 'nothing' : 'removed', users, failure: null, left };
}

/** The state table outlives the stack (DeletionPolicy), so that a mistake does not lose it. */
function tableLeft(
  context: DeploymentContext,
  resources: ReadonlyMap<string, StackResource>,
): string[] {
  const table = resources.get('StateTable')?.physicalId;
  if (table === undefined) return [];
  return [
    [
      `the state table ${table}, with the history of messages and actions. To delete it:`,
      aws(
        context,
        'dynamodb',
        `update-table --table-name ${table} --no-deletion-protection-enabled`,
      ),
      aws(context, 'dynamodb', `delete-table --table-name ${table}`),
    ].join('\n'),
  ];
}

/** What deploy stores in SSM parameters. */
const stored = [
  {
    parameter: 'SlackWebhookParameter',
    default: '/mfa-enforcer/slack-webhook',
    what: 'the Slack webhook',
  },
  {
    parameter: 'NotifyTextParameter',
    default: '/mfa-enforcer/mail-text',
    what: 'your own text of the mails',
  },
] as const;

async function parametersLeft({ context, stack }: Removing): Promise<string[]> {
  const left: string[] = [];
  for (const { parameter, default: usual, what } of stored) {
    const name = stack?.parameters[parameter] ?? usual;
    if ((await describeParameter(context.clients.ssm, name)) === null) continue;
    left.push(
      [
        `the SSM parameter ${name}, with ${what}. To delete it:`,
        aws(context, 'ssm', `delete-parameter --name ${name}`),
      ].join('\n'),
    );
  }
  return left;
}

const say = ({ terminal, options }: Removing, text: string) =>
  textOutput(terminal, options.json)(text);

const MOST_SHOWN = 20;

function describeRemoval({ context, stack }: Removing, blocked: readonly UserFacts[]): string {
  const { stack: name, account, region } = context;
  const lines = blocked
    .slice(0, MOST_SHOWN)
    .map(({ user, attachments }) => `  ${user} (${attachments?.methods.join(', ')})\n`);
  const more = blocked.length - lines.length;
  return [
    stack === null
      ? `Account ${account} has no stack ${name} in ${region}.\n`
      : `Stack ${name} in account ${account}, ${region}: ${stack.status}\n`,
    blocked.length === 0
      ? 'No user is blocked.\n'
      : `${countOf(blocked.length, 'user')} will be unblocked:\n`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more\n`] : []),
    '\n',
  ].join('');
}

function show(run: Removing, result: Removed): Status {
  const { terminal, options, context } = run;
  say(run, describeResult(run, result));
  if (options.json) {
    const { account, region, stack } = context;
    const at = terminal.now().toISOString();
    const head = { schema: 'mfa-enforcer/remove/1', at, account, region, stack };
    terminal.out(jsonText({ ...head, ...result }));
  }
  const isGone = result.status === 'removed' || result.status === 'nothing';
  return isGone ? statuses.clean : statuses.findings;
}

const STOPPED = 'The enforcer is stopped: it blocks and unblocks no one.';

function describeResult(
  { context, terminal }: Removing,
  { status, users, failure, left }: Removed,
): string {
  const columns = columnsOf(terminal);
  const failed = users.filter(({ done }) => !done);
  const unblocked = users.length - failed.length;
  const rest = left.length === 0 ? [] : ['\nLeft in the account\n', ...left.map(bullet)];
  switch (status) {
    case 'planned':
      return 'Dry run: nothing was changed.\n';
    case 'declined':
      return '';
    case 'nothing':
      return ['There is no deployment to remove.\n', ...rest].join('');
    case 'removed':
      return [
        `The deployment ${context.stack} is removed. ${countOf(unblocked, 'user')} unblocked.\n`,
        ...rest,
      ].join('');
    case 'failed':
      return [
        row('', `The deployment ${context.stack} is not removed. ${STOPPED}`, columns, 0),
        ...failed.map(({ user, problem }) =>
          row('', `${user} could not be unblocked: ${problem}`, columns, 2),
        ),
        ...(failure === null
          ? [
              'Fix the cause and run this command again. To start the enforcer again instead:\n',
              `${command(context, 'doctor')}\n`,
            ]
          : failureLines(failure, columns)),
        ...(failure !== null && failure.fix === null
          ? ['Fix the cause and run this command again.\n']
          : []),
      ].join('');
    default:
      return status satisfies never;
  }
}

const bullet = (text: string) => `- ${text.replaceAll('\n', '\n  ')}\n`;
