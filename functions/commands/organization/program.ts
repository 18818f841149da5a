import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { wrapText } from '../../render/cells.ts';
import { describeError } from '../errors.ts';
import { columnsOf, type Status, statuses, type Terminal } from '../terminal.ts';
import { type CommonOptions, type Context, connect, Refused } from './context.ts';
import { type DeployOptions, deploy } from './deploy.ts';
import { type RemoveOptions, remove } from './remove.ts';
import { status } from './status.ts';

type Connect = (terminal: Terminal, options: CommonOptions) => Promise<Context>;

/**
 * The command line `npm run organization`.
 * @param args without the program's own name
 * @returns the exit status; a problem has been said on standard error
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
      'The accounts that a hub manages: a stack in each, by CloudFormation StackSets (docs/organization.md)',
    )
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('(add --help for what there is)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nRun it with credentials of the hub’s account. Every command can be run again at any point.\n' +
        'Exit status: 0 all done, 1 something is not as it is to be, 2 used wrongly, 3 could not see everything.\n\n' +
        'A roll-out:\n' +
        '  npm run organization -- deploy --ou r-ab12 --mode observe\n' +
        '  npm run organization -- deploy --ou ou-ab12-11111111 --mode enforce\n' +
        '  npm run organization -- deploy --default-mode enforce\n' +
        '  npm run organization -- status',
    );

  withPace(withCommon(program.command('deploy')))
    .description('bring the set up to date, and the accounts of organizational units to a mode')
    .option('--ou <id>', 'an organizational unit, or the root (again for each)', collect)
    .addOption(
      new Option('--mode <mode>', 'of the accounts of --ou').choices(['observe', 'enforce', 'hub']),
    )
    .option(
      '--block-limit <limit>',
      'of the accounts of --ou: hub, auto or a number of users',
      blockLimit,
    )
    .addOption(
      new Option('--default-mode <mode>', 'of accounts that join later').choices([
        'observe',
        'enforce',
        'hub',
      ]),
    )
    .option(
      '--alarm-topic <arn>',
      'SNS topic that is told when an account’s events do not get to the hub',
    )
    .option(
      '--management',
      'print what deploys to the management account, which StackSets leave out',
    )
    .option('--dry-run', 'check everything and say what would be done')
    .option('-y, --yes', 'do not ask')
    .action(run<CommonOptions & DeployOptions>(deploy));
  withCommon(program.command('status'))
    .description('show every account: its mode, and whether it is managed')
    .option('--json', 'as JSON')
    .action(run<CommonOptions & { readonly json?: boolean }>(status));
  withPace(withCommon(program.command('remove')))
    .description('take the stacks out of organizational units, or out of all accounts')
    .option('--ou <id>', 'an organizational unit, or the root (again for each)', collect)
    .option('--all', 'all accounts, and the set itself')
    .option('--keep-stacks', 'leave the stacks in their accounts: where deleting failed')
    .option('--although-blocked', 'also where users may still be blocked')
    .option('--dry-run', 'check everything and say what would be done')
    .option('-y, --yes', 'do not ask')
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
    .option('--region <region>', 'the Region of IAM’s events, which is the default')
    .option('--stack <name>', 'the hub’s stack', 'iam-mfa-enforcer-prod')
    .option('--stack-set <name>', 'the set of the spokes', 'mfa-enforcer-spoke');
}

function withPace(command: Command): Command {
  return command
    .option('--max-concurrent <per cent>', 'accounts at once', perCent(1), 25)
    .option(
      '--failure-tolerance <per cent>',
      'accounts that may fail before the rest is left alone',
      perCent(0),
      10,
    );
}

const collect = (value: string, before: readonly string[] = []) => [...before, value];

const perCent = (least: number) => (value: string) => {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= 100) return number;
  throw new InvalidArgumentError(`must be a whole number from ${least} to 100`);
};

function blockLimit(value: string): string {
  if (/^(hub|auto|\d{1,4})$/.test(value)) return value;
  throw new InvalidArgumentError('must be hub, auto or a number of users from 0 to 9999');
}
