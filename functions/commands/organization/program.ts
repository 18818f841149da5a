import { type Command, InvalidArgumentError, Option } from 'commander';
import { readSpokeTemplate } from '../../pipeline/deployment/release.ts';
import { DEFAULT_STACK, DEFAULT_STACK_SET } from '../options.ts';
import { type Run, type Status, statuses, type Terminal } from '../terminal.ts';
import { type CommonOptions, type Context, connect } from './context.ts';
import { type DeployOptions, deploy } from './deploy.ts';
import { type RemoveOptions, remove } from './remove.ts';
import { status } from './status.ts';

/** Connects to the hub's account. */
export type Connect = (terminal: Terminal, options: CommonOptions) => Promise<Context>;

const EXIT_STATUS =
  'Exit status: 0 all done, 1 findings or failed accounts, 2 usage error, 3 incomplete: some data could not be read.';
const AGAIN =
  'It runs with credentials of the hub’s account, and can be run again at any time (docs/organization.md).';

/** Adds `organization` with its commands. @param connectTo replaced by tests */
export function addOrganization(
  program: Command,
  run: Run,
  terminal: Terminal,
  connectTo: Connect = connect,
): void {
  const action =
    <O extends CommonOptions>(command: (context: Context, options: O) => Promise<Status>) =>
    (options: O) =>
      run(async () => command(await connectTo(terminal, options), options));
  const organization = program
    .command('organization')
    .description('Manage the accounts of an organization: one spoke per account, by StackSets')
    .addHelpText(
      'after',
      `\n${AGAIN}\n${EXIT_STATUS}\n\nExamples:\n  mfa-enforcer organization deploy --ou r-ab12 --mode observe\n  mfa-enforcer organization deploy --ou ou-ab12-11111111 --mode enforce\n  mfa-enforcer organization deploy --default-mode enforce\n  mfa-enforcer organization status`,
    );

  withThrottle(withCommon(organization.command('deploy')))
    .description('Update the stack set, and set the mode of the accounts of organizational units')
    .option('--ou <id>', 'organizational unit or root (repeatable)', collect)
    .addOption(modeOption('--mode <mode>', 'mode of the accounts of --ou'))
    .option(
      '--block-limit <limit>',
      'block limit of the accounts of --ou: hub, auto or a number of users',
      blockLimit,
    )
    .addOption(modeOption('--default-mode <mode>', 'mode of accounts that join later'))
    .option('--alarm-topic <arn>', 'SNS topic for alarms about events that do not reach the hub')
    .option(
      '--management',
      'print the command for the management account, where StackSets do not deploy',
    )
    .option('--dry-run', 'check everything and show the changes')
    .option('-y, --yes', 'skip the confirmation')
    .addHelpText(
      'after',
      help(
        'deploy --ou r-ab12 --mode observe --dry-run',
        'deploy --ou ou-ab12-11111111 --mode enforce',
        'deploy --default-mode enforce',
        'deploy --management',
      ),
    )
    .action(action<CommonOptions & DeployOptions>(deploy));
  withCommon(organization.command('status'))
    .description('Show the mode and state of every account')
    .option('--json', 'print JSON')
    .addHelpText('after', help('status', 'status --json'))
    .action(action<CommonOptions & { readonly json?: boolean }>(status));
  withThrottle(withCommon(organization.command('remove')))
    .description('Remove the stacks from organizational units, or from all accounts')
    .option('--ou <id>', 'organizational unit or root (repeatable)', collect)
    .option('--all', 'all accounts, and the stack set itself')
    .option('--keep-stacks', 'keep the stacks in their accounts, for stacks that cannot be deleted')
    .option('--although-blocked', 'also from accounts where users may still be blocked')
    .option('--dry-run', 'check everything and show the changes')
    .option('-y, --yes', 'skip the confirmation')
    .addHelpText('after', help('remove --ou ou-ab12-11111111', 'remove --all --dry-run'))
    .action(action<CommonOptions & RemoveOptions>(remove));
  organization
    .command('template')
    .description('Print the template of a spoke, to deploy one without StackSets')
    .addHelpText('after', '\nExample:\n  mfa-enforcer organization template > spoke.yml')
    .action(() =>
      run(async () => {
        terminal.out(await readSpokeTemplate(terminal.release));
        return statuses.clean;
      }),
    );
}

const help = (...examples: readonly string[]) =>
  `\n${AGAIN}\n${EXIT_STATUS}\n\nExamples:\n${examples.map((one) => `  mfa-enforcer organization ${one}`).join('\n')}`;

function withCommon(command: Command): Command {
  return command
    .option(
      '--stack <name>',
      `CloudFormation stack of the hub (MFA_ENFORCER_STACK; default ${DEFAULT_STACK})`,
    )
    .option('--stack-set <name>', 'stack set of the spokes', DEFAULT_STACK_SET)
    .option('--profile <name>', 'AWS profile of the hub’s account (AWS_PROFILE)')
    .option('--region <region>', 'AWS Region; the hub must be in the Region of IAM events');
}

function withThrottle(command: Command): Command {
  return command
    .option('--max-concurrent <per cent>', 'accounts changed in parallel', perCent(1), 25)
    .option(
      '--failure-tolerance <per cent>',
      'accounts that may fail before the operation stops',
      perCent(0),
      10,
    );
}

const modeOption = (flags: string, description: string) =>
  new Option(flags, description).choices(['observe', 'enforce', 'hub']);

const collect = (value: string, before: readonly string[] = []) => [...before, value];

const perCent = (least: number) => (value: string) => {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= 100) return number;
  throw new InvalidArgumentError(`Must be a whole number from ${least} to 100.`);
};

function blockLimit(value: string): string {
  if (/^(hub|auto|\d{1,4})$/.test(value)) return value;
  throw new InvalidArgumentError('Must be hub, auto or a number of users from 0 to 9999.');
}
