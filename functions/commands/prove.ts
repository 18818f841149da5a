import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import { type Command, Option } from 'commander';
import { stateKeys } from '../../events/state-keys.ts';
import { flagOf } from '../domain/deployment/parameters.ts';
import { shellOption } from '../domain/deployment/shell-quoted.ts';
import { outcomeIdBeginning } from '../domain/outcomes/outcomes.ts';
import { CANARY_TAG, canaryArn, canaryName } from '../domain/prove/canary.ts';
import { exemptionOf } from '../domain/rules/exemption.ts';
import { partitions } from '../domain/rules/partition.ts';
import { blockLimitOf } from '../domain/rules/settings.ts';
import { hasEntryBeginning } from '../io/dynamodb.ts';
import { getAccountSummary } from '../io/iam-account.ts';
import { deleteCanary, listCanaries } from '../pipeline/prove/delete-canary.ts';
import { prove, type StageResult } from '../pipeline/prove/prove.ts';
import type { ProveDeps } from '../pipeline/prove/prove-deps.ts';
import { stagesOf } from '../pipeline/prove/stages.ts';
import { listBlockedUsers } from '../pipeline/review/circuit-breaker.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf } from '../render/report/text.ts';
import { iamClientOf, namingActions } from '../runtime/clients.ts';
import { type Account, connect } from './connect.ts';
import { isOnLoopback } from './connect-deployment.ts';
import { describeError } from './errors.ts';
import { type AccountOptions, seconds, withAccountOptions } from './options.ts';
import { stageRow, stageSummary, waitingFor } from './prove-text.ts';
import {
  columnsOf,
  confirm,
  Refused,
  type Run,
  type Status,
  statuses,
  type Terminal,
  textOutput,
  wantsColor,
} from './terminal.ts';

interface ProveOptions extends AccountOptions {
  readonly timeout: number;
  readonly clean?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

// A new user's event usually comes within seconds. A review that IAM answers with an old state waits for two minutes.
const TIMEOUT_SECONDS = 300;

/** Adds `prove`. */
export function addProve(program: Command, run: Run, terminal: Terminal): void {
  withAccountOptions(
    program
      .command('prove')
      .description(
        'Prove a deployment with a new user: created, blocked, denied, enrolled, unblocked, allowed with MFA, deleted',
      )
      .addOption(
        new Option('--timeout <seconds>', 'time limit of a stage')
          .argParser(seconds)
          .default(TIMEOUT_SECONDS),
      )
      .option('--clean', 'delete the canaries that stopped runs have left, and prove nothing')
      .option('-y, --yes', 'skip the confirmation')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        '\nThe user is named mfa-enforcer-canary-…, in the path /mfa-enforcer-canary/. Its only right is to list its own access\nkeys. The enforcer reports it in Slack as it does any other user. Everything is deleted at the end, and after Ctrl-C.\nWhere AWS is an emulator on this machine, a call that no policy stops is shown as not provable.\nExit status: 0 proven, as far as the Mode can show it; 1 a stage failed, or the run was interrupted; 2 usage error,\n3 incomplete: a call failed.\n\nExamples:\n  mfa-enforcer prove\n  mfa-enforcer prove --yes --json\n  mfa-enforcer prove --clean',
      ),
  ).action((options: ProveOptions) => run(() => proveDeployment(terminal, options)));
}

async function proveDeployment(terminal: Terminal, options: ProveOptions): Promise<Status> {
  const account = await connect(terminal, options);
  const abort = new AbortController();
  const deps = depsOf(terminal, options, account, abort.signal);
  if (options.clean) return clean(terminal, options, deps);
  const name = canaryName(randomBytes(6).toString('hex'));
  refuseOtherSettings(options, account);
  await refuseUnprovable(deps, name);
  const left = await listCanaries(deps);
  if (left.length > 0) {
    terminal.err(
      `Earlier runs have left ${left.join(', ')}. This deletes it:\n  ${cleanCommand(options)}\n`,
    );
  }
  const { settings } = account;
  const question =
    `Create the IAM user ${name} in account ${settings.account}, see what the enforcer does ` +
    `(mode ${settings.mode}, scope ${settings.scope}), and delete it?`;
  if (!(await confirm(terminal, options.yes, question))) return statuses.findings;
  const end = terminal.onInterrupt(() => {
    terminal.err('Interrupted. Deleting what was created: wait for the end.\n');
    abort.abort();
  });
  try {
    const results = await runStages(terminal, options, deps, name);
    return await show(terminal, options, deps, name, results);
  } finally {
    end();
  }
}

/** The command that deletes what runs have left, for the same account. */
function cleanCommand({ profile, stack }: ProveOptions): string {
  const as = profile === undefined ? '' : ` ${shellOption('profile', profile)}`;
  const of = typeof stack === 'string' ? ` ${shellOption('stack', stack)}` : '';
  return `mfa-enforcer prove --clean${stack === false ? ' --no-stack' : of}${as}`;
}

function depsOf(
  terminal: Terminal,
  { timeout }: ProveOptions,
  { iam, identity, settings, stateTable }: Account,
  interrupted: AbortSignal,
): ProveDeps {
  const { config, partition } = identity;
  const region = partitions[partition].eventRegion;
  const dynamo = namingActions(
    'dynamodb',
    new DynamoDBClient({ ...config, ...(region && { region }) }),
  );
  const beginning = (user: string) =>
    stateKeys.sent('observe', outcomeIdBeginning('user-blocked', user, settings));
  return {
    iam,
    as: (credentials) => ({
      iam: namingActions('iam', iamClientOf({ ...config, credentials })),
      sts: namingActions('sts', new STSClient({ ...config, credentials })),
    }),
    settings,
    partition,
    isLoopback: isOnLoopback(terminal),
    wasReported:
      stateTable === null ? null : (user) => hasEntryBeginning(dynamo, stateTable, beginning(user)),
    now: terminal.now,
    pause: terminal.pause,
    interrupted,
    limitMs: timeout * 1000,
    describe: (error) => describeError(error).text,
  };
}

/** @throws Refused where these settings are not those of the account's enforcer */
function refuseOtherSettings(
  { mode }: ProveOptions,
  { settings, settingsFrom, isSpoke }: Account,
): void {
  if (settingsFrom.kind === 'stack') {
    const [option] = Object.keys(settingsFrom.overridden);
    if (option === undefined) return;
    throw new Refused(
      `The stack ${settingsFrom.stack} has another value of ${option}, and the enforcer acts by the stack.`,
      `Run it without ${flagOf(option)}.`,
    );
  }
  if (isSpoke !== 'yes') {
    throw new Refused(
      `Account ${settings.account} has no deployment whose settings can be read, so there is nothing to prove.`,
      'Name the stack with --stack, or the account with --profile.',
    );
  }
  if (mode !== undefined) return;
  throw new Refused(
    `The hub of account ${settings.account} has the settings, and they cannot be read here.`,
    'Pass what the hub has: --mode, and --scope, --unblock and the exemptions where they are not the defaults.',
  );
}

/** @throws Refused where the settings, or the block limit, keep the enforcer from blocking a new user */
async function refuseUnprovable(
  { iam, settings, partition, now }: ProveDeps,
  name: string,
): Promise<void> {
  const { account, policyArn, scope } = settings;
  if (scope === 'no-users') {
    throw new Refused(
      'Scope is no-users, so the enforcer blocks nobody. There is nothing to prove.',
    );
  }
  const arn = canaryArn(account, partition, name);
  const tags = { [CANARY_TAG.key]: CANARY_TAG.value };
  const { exempt, reason } = exemptionOf({ arn, tags }, settings, now());
  if (exempt) {
    throw new Refused(
      `The settings exempt the canary: ${reason.text}. An exempt user is not blocked, so there is nothing to prove.`,
      'Narrow ExemptTags or ExemptUsers, which exempt other users by it, too.',
    );
  }
  const blocked = await listBlockedUsers(iam, settings);
  if (blocked === null) {
    throw new Refused(
      `The policy ${policyArn} does not exist, so the enforcer can block nobody.`,
      'mfa-enforcer doctor says what else is missing.',
    );
  }
  const { users } = await getAccountSummary(iam);
  const limit = blockLimitOf(users + 1, settings.blockLimit);
  if (blocked.size + 1 > limit) {
    throw new Refused(
      `The block limit is reached: ${countOf(blocked.size, 'user')} blocked, and the limit is ${limit}. The canary would not be blocked.`,
      'Run it again when users have enrolled, or raise BlockLimit.',
    );
  }
}

async function runStages(
  terminal: Terminal,
  options: ProveOptions,
  deps: ProveDeps,
  name: string,
): Promise<StageResult[]> {
  const say = textOutput(terminal, options.json);
  const { settings, isLoopback } = deps;
  const where = isLoopback ? ', an emulator on this machine' : '';
  say(`Account ${settings.account}${where}, Mode ${settings.mode}, canary ${name}\n\n`);
  const look = { columns: columnsOf(terminal), color: !options.json && wantsColor(terminal) };
  const waiting = waitingFor(terminal);
  const ticking = {
    ...deps,
    pause: async (ms: number) => {
      waiting.tick();
      await deps.pause(ms);
    },
  };
  return prove(ticking, name, {
    begun: waiting.begin,
    ended: (result) => {
      waiting.end();
      say(stageRow(result, look));
    },
  });
}

async function show(
  terminal: Terminal,
  options: ProveOptions,
  deps: ProveDeps,
  name: string,
  results: readonly StageResult[],
): Promise<Status> {
  const isDeleted = results.at(-1)?.status === 'proven';
  const { settings, isLoopback, now } = deps;
  textOutput(
    terminal,
    options.json,
  )(`\n${stageSummary(results, stagesOf(deps).length, settings.mode)}\n`);
  if (!isDeleted) {
    terminal.err(`${name} is not deleted. Run:\n  ${cleanCommand(options)}\n`);
  }
  if (options.json) {
    terminal.out(
      jsonText({
        schema: 'mfa-enforcer/prove/1',
        at: now().toISOString(),
        account: settings.account,
        mode: settings.mode,
        emulator: isLoopback,
        canary: name,
        deleted: isDeleted,
        stages: results,
      }),
    );
  }
  const has = (...wanted: StageResult['status'][]) =>
    results.some(({ status }) => wanted.includes(status));
  if (has('failed', 'interrupted')) return statuses.findings;
  return has('error') ? statuses.blind : statuses.clean;
}

/** Deletes what runs have left that were killed. */
async function clean(terminal: Terminal, options: ProveOptions, deps: ProveDeps): Promise<Status> {
  const say = textOutput(terminal, options.json);
  const names = await listCanaries(deps);
  const { account } = deps.settings;
  const question = `Delete ${names.join(', ')} in account ${account}? A run that is still at work would fail.`;
  if (names.length === 0) say('No canary is left.\n');
  else if (!(await confirm(terminal, options.yes, question))) return statuses.findings;
  const canaries: { readonly canary: string; readonly problem: string | null }[] = [];
  let status: Status = statuses.clean;
  for (const canary of names) {
    try {
      await deleteCanary(deps, canary);
      canaries.push({ canary, problem: null });
      say(`${canary}: deleted\n`);
    } catch (error) {
      const { text, status: ofError } = describeError(error);
      status = ofError;
      canaries.push({ canary, problem: text });
      say(`${canary}: could not be deleted: ${text}\n`);
    }
  }
  if (options.json) {
    const at = deps.now().toISOString();
    terminal.out(jsonText({ schema: 'mfa-enforcer/prove-clean/1', at, account, canaries }));
  }
  return status;
}
