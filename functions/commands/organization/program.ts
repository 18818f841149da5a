import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { wrapText } from '../../render/cells.ts';
import { describeError } from '../errors.ts';
import { columnsOf, Refused, type Status, statuses, type Terminal } from '../terminal.ts';
import { type CommonOptions, type Context, connect } from './context.ts';
import { type DeployOptions, deploy } from './deploy.ts';
import { type RemoveOptions, remove } from './remove.ts';
import { status } from './status.ts';

type Connect = (terminal: Terminal, options: CommonOptions) => Promise<Context>;

/**
 * The command line `npm run organization`.
 * @param args without the program's own name
 * @returns the exit status; an error is printed on standard error
 */
export async function organization(
  terminal: Terminal,
  args: readonly string[],
  connectTo: Connect = connect,
): Promise<number> {
  let ended: Status = statuses.clean;
  const run =
    <O extends CommonOptions>(command: (context: Context, options: O) => Promise<Status>) =>
    async (options: O) => {
      ended = await command(await connectTo(terminal, options), options);
    };
  const program = new Command('npm run organization --')
    .description(
      'Manage the accounts of an organization: one stack per account, deployed with CloudFormation StackSets (docs/organization.md)',
    )
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(add --help for the available options)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nRun it with credentials of the hub’s account. Every command can be run again at any time.\n' +
        'Exit status: 0 all done, 1 findings or failed accounts, 2 usage error, 3 incomplete: some data could not be read.\n\n' +
        'Example of a rollout:\n' +
        '  npm run organization -- deploy --ou r-ab12 --mode observe\n' +
        '  npm run organization -- deploy --ou ou-ab12-11111111 --mode enforce\n' +
        '  npm run organization -- deploy --default-mode enforce\n' +
        '  npm run organization -- status',
    );

  withThrottle(withCommon(program.command('deploy')))
    .description('Update the stack set, and set the mode of the accounts of organizational units')
    .option('--ou <id>', 'organizational unit or root (repeatable)', collect)
    .addOption(
      new Option('--mode <mode>', 'mode of the accounts of --ou').choices([
        'observe',
        'enforce',
        'hub',
      ]),
    )
    .option(
      '--block-limit <limit>',
      'block limit of the accounts of --ou: hub, auto or a number of users',
      blockLimit,
    )
    .addOption(
      new Option('--default-mode <mode>', 'mode of accounts that join later').choices([
        'observe',
        'enforce',
        'hub',
      ]),
    )
    .option('--alarm-topic <arn>', 'SNS topic for alarms about events that do not reach the hub')
    .option(
      '--management',
      'print the command for the management account, where StackSets do not deploy',
    )
    .option('--dry-run', 'check everything and show the changes')
    .option('-y, --yes', 'skip the confirmation')
    .action(run<CommonOptions & DeployOptions>(deploy));
  withCommon(program.command('status'))
    .description('Show the mode and state of every account')
    .option('--json', 'print JSON')
    .action(run<CommonOptions & { readonly json?: boolean }>(status));
  withThrottle(withCommon(program.command('remove')))
    .description('Remove the stacks from organizational units, or from all accounts')
    .option('--ou <id>', 'organizational unit or root (repeatable)', collect)
    .option('--all', 'all accounts, and the stack set itself')
    .option('--keep-stacks', 'keep the stacks in their accounts, for stacks that cannot be deleted')
    .option('--although-blocked', 'also from accounts where users may still be blocked')
    .option('--dry-run', 'check everything and show the changes')
    .option('-y, --yes', 'skip the confirmation')
    .action(run<CommonOptions & RemoveOptions>(remove));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return ended;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? statuses.clean : statuses.usage;
    if (error instanceof Refused) {
      const message = wrapText(error.message, columnsOf(terminal));
      terminal.err(`${[...message, ...error.todo.map((one) => `  ${one}`)].join('\n')}\n`);
      return statuses.findings;
    }
    const problem = describeError(error);
    terminal.err(`${problem.text}\n`);
    return problem.status;
  }
}

function withCommon(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile of the hub’s account')
    .option('--region <region>', 'Region of IAM events (the default)')
    .option('--stack <name>', 'stack of the hub', 'iam-mfa-enforcer-prod')
    .option('--stack-set <name>', 'stack set of the spokes', 'mfa-enforcer-spoke');
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
