import type { Command } from 'commander';
import { shellOption, tagUserCommand } from '../domain/deployment/shell-quoted.ts';
import { getPolicy } from '../io/iam-policies.ts';
import {
  isBlocked,
  readEveryone,
  type UnblockedUser,
  unblockUsers,
} from '../pipeline/unblock-users.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf, settingsLine } from '../render/report/text.ts';
import { type Account, connect } from './connect.ts';
import { describeError } from './errors.ts';
import { type AccountOptions, DEFAULT_STACK, withAccountOptions } from './options.ts';
import { progressBar, readingUsers } from './progress.ts';
import { confirm, type Run, type Status, statuses, type Terminal, UsageError } from './terminal.ts';

interface RollbackOptions extends AccountOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Adds `rollback`. */
export function addRollback(program: Command, run: Run, terminal: Terminal): void {
  withAccountOptions(
    program
      .command('rollback')
      .argument('[user...]', 'users to unblock (default: all blocked users)')
      .description('Unblock all users, or the named users, whatever the reason for the block')
      .option('-y, --yes', 'skip the confirmation')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        '\nA deployed enforcer in enforce mode blocks the users again at the next event or sweep. Before it asks, the command\nsays so and shows what lasts.\nExit status: 0 all done, 1 some users could not be unblocked, 2 usage error,\n3 incomplete: some data could not be read.\n\nExamples:\n  mfa-enforcer rollback dana erin\n  mfa-enforcer rollback --yes',
      ),
  ).action((users: string[], options: RollbackOptions) =>
    run(() => rollback(terminal, users, options)),
  );
}

async function rollback(
  terminal: Terminal,
  users: readonly string[],
  options: RollbackOptions,
): Promise<Status> {
  const account = await connect(terminal, options);
  const { iam, settings } = account;
  const everyone = await readingUsers(terminal, iam, (onUser) =>
    readEveryone(iam, settings, onUser),
  );
  const unknown = users.filter((user) => !everyone.some((facts) => facts.user === user));
  if (unknown.length > 0) {
    throw new UsageError(
      `Account ${settings.account} has no IAM user ${unknown.join(', ')}. Check the names, and the account (--profile).`,
    );
  }
  const named = everyone.filter(({ user }) => users.length === 0 || users.includes(user));
  const blocked = named.filter(isBlocked);
  const policyArn = await missingPolicy(account);
  if (policyArn !== null) {
    terminal.err(
      `The policy ${policyArn} does not exist in this account. If another name was deployed, pass it with --policy-name. ` +
        'Users blocked by the group, the boundary or an inline policy of this name were still checked.\n',
    );
  }
  // A named user who is not blocked is listed, too.
  const free: UnblockedUser[] =
    users.length === 0
      ? []
      : named
          .filter((facts) => !isBlocked(facts))
          .map(({ user }) => ({ user, done: true, methods: [], problem: null }));
  if (blocked.length === 0) {
    show(terminal, options, free, account);
    return policyArn === null ? statuses.clean : statuses.blind;
  }
  terminal.err(
    blockedAgain(account, users.length === 0 ? [] : blocked.map(({ user }) => user), options),
  );
  const question = `Unblock ${countOf(blocked.length, 'user')} of account ${settings.account}?`;
  if (!(await confirm(terminal, options.yes, question))) return statuses.findings;
  const progress = progressBar(terminal, 'Unblocking', blocked.length);
  const describe = (error: unknown) => describeError(error).text;
  const unblocked = await unblockUsers(iam, settings, blocked, describe, progress.tick);
  progress.done();
  const done = [...free, ...unblocked];
  show(terminal, options, done, account);
  return done.every((one) => one.done) ? statuses.clean : statuses.findings;
}

/**
 * What a person must know before a rollback: a deployed enforcer blocks the users again. With what lasts: an exemption
 * for named users, observe mode for all.
 * @param named the named users who are blocked; empty: all users are to be unblocked
 * @returns lines; empty where the deployment observes
 */
function blockedAgain(
  { settings, settingsFrom, parameters }: Account,
  named: readonly string[],
  { profile }: RollbackOptions,
): string {
  if (parameters?.Mode === 'observe') return '';
  const as = profile === undefined ? '' : ` ${shellOption('profile', profile)}`;
  const stack = settingsFrom.stack ?? DEFAULT_STACK;
  const at = stack === DEFAULT_STACK ? '' : ` ${shellOption('stack', stack)}`;
  const who =
    parameters === null
      ? 'If an enforcer in enforce mode manages this account, it'
      : `The deployment ${stack} is in enforce mode and`;
  const [tag] = settings.exemptTags;
  const notes = [
    ...(parameters === null ? ['the tag is the default, the deployment’s may be another'] : []),
    ...(settings.exemptPassword === 'keep' ? [] : ['not for users with a console password']),
  ];
  const lasts =
    named.length === 0 || tag === undefined
      ? [
          `To keep them unblocked, observe${parameters === null ? ', in the account of its stack' : ''}:`,
          `  mfa-enforcer deploy --mode observe${at}${as}`,
        ]
      : [
          `To keep them unblocked, exempt them${notes.length === 0 ? '' : ` (${notes.join('; ')})`}:`,
          ...named.map((user) => `  ${tagUserCommand(user, tag)}${as}`),
        ];
  return `${[`${who} blocks these users again at the next event or sweep.`, ...lasts].join('\n')}\n`;
}

/** The policy's ARN if the policy does not exist. --policy-name may then be wrong, and "No user is blocked" misleading. */
async function missingPolicy({ iam, settings }: Account): Promise<string | null> {
  const policy = await getPolicy(iam, settings.policyArn);
  return policy === null ? settings.policyArn : null;
}

function show(
  terminal: Terminal,
  { json }: RollbackOptions,
  done: readonly UnblockedUser[],
  { settings, settingsFrom }: Account,
): void {
  if (json) {
    const data = {
      schema: 'mfa-enforcer/rollback/1',
      at: terminal.now().toISOString(),
      settingsFrom,
      users: done,
    };
    terminal.out(jsonText(data));
    return;
  }
  if (done.length === 0) terminal.out('No user is blocked.\n');
  for (const { user, methods, problem } of done) {
    terminal.out(
      problem === null
        ? `${user}: ${methods.length === 0 ? 'not blocked' : `unblocked (${methods.join(', ')})`}\n`
        : `${user}: could not be unblocked: ${problem}\n`,
    );
  }
  terminal.out(`${settingsLine({ decidedBy: `policy ${settings.denyGroup}`, settingsFrom })}\n`);
}
