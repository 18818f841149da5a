import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Cause } from '../../events/cause.ts';
import type { SettingsFrom } from '../../events/settings-from.ts';
import { reviewTasks } from '../domain/review/tasks.ts';
import { byOtherMethod } from '../domain/rules/block-methods.ts';
import { formatSettings } from '../domain/rules/settings.ts';
import { getPolicy } from '../io/iam-policies.ts';
import { planSweep } from '../pipeline/report/account-plan.ts';
import type { WithTime } from '../pipeline/report/time-to-enrol.ts';
import { enforcerOf } from '../pipeline/review/enforcer.ts';
import type { UserRead } from '../pipeline/review/read-user.ts';
import type { ReviewDeps } from '../pipeline/review/review-deps.ts';
import { review } from '../pipeline/review/review-user.ts';
import { inMemoryStateStore } from '../pipeline/state-store.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf, type DecidedBy, settingsLine } from '../render/report/text.ts';
import { type Account, connect } from './connect.ts';
import { describeError } from './errors.ts';
import { type AccountOptions, withAccountOptions } from './options.ts';
import { progressBar, readingUsers } from './progress.ts';
import { readingTime, stateTableOf } from './report-deps.ts';
import { reviewText } from './review-text.ts';
import {
  confirm,
  noLog,
  Refused,
  type Run,
  type Status,
  statuses,
  type Terminal,
} from './terminal.ts';

interface SweepOptions extends AccountOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** The result for one user, as `sweep --json` prints it. */
interface SweptUser {
  readonly user: string;
  readonly action: 'block' | 'unblock' | 'none';
  readonly done: boolean;
  readonly message: string;
}

/** Adds `sweep`. */
export function addSweep(program: Command, run: Run, terminal: Terminal): void {
  withAccountOptions(
    program
      .command('sweep')
      .description(
        'Make the changes that `plan` shows: block and unblock users with the same review as for an event',
      )
      .option('-y, --yes', 'skip the confirmation')
      .option('--json', 'print JSON')
      .addHelpText(
        'after',
        '\nThe command prints its results and posts nothing to Slack.\nExit status: 0 all done, 1 some users could not be changed, 2 usage error,\n3 incomplete: some data could not be read.\n\nExamples:\n  mfa-enforcer sweep\n  mfa-enforcer sweep --yes --json',
      ),
  ).action((options: SweepOptions) => run(() => sweep(terminal, options)));
}

async function sweep(terminal: Terminal, options: SweepOptions): Promise<Status> {
  const account = await connect(terminal, options);
  const { settings, settingsFrom } = account;
  if (account.isSpoke !== 'no' && settings.mode === 'enforce') {
    throw new Refused(
      account.isSpoke === 'yes'
        ? `The hub decides who is blocked in account ${settings.account}, and its settings cannot be read here. Nothing was changed.`
        : `Account ${settings.account} has no stack, and whether a hub decides here could not be read: iam:ListRoleTags on the role of a spoke is needed. Nothing was changed.`,
      'Start a sweep with credentials of the hub’s account instead, where STACK is the hub’s stack:',
      'aws lambda invoke --function-name STACK-nightly-sweep --invocation-type Event /dev/null',
      'To decide by the options of this command alone, pass --no-stack.',
    );
  }
  const decidedBy = { decidedBy: formatSettings(settings), settingsFrom };
  const show = (swept: readonly SweptUser[]) => print(terminal, options, swept, decidedBy);
  const deployed = await isDeployed(terminal, account);
  if (deployed === false) {
    terminal.err(
      `ForceMFA is not deployed in account ${settings.account}: ${settings.policyArn} does not exist. Deploy the stack ` +
        'first, or name the policy with --policy-name.\n',
    );
    if (options.json) show([]);
    return statuses.findings;
  }
  const users = await usersToChange(terminal, account);
  const inGrace = users.flatMap(inGraceOf);
  const toChange = users.filter(({ graceUntil }) => graceUntil === null);
  if (toChange.length === 0) {
    show(inGrace);
    return deployed === null ? statuses.blind : statuses.clean;
  }
  const { mode } = settings;
  const question =
    `Change ${countOf(toChange.length, 'user')} of account ${settings.account} (mfa-enforcer plan lists the changes)? ` +
    settingsLine(decidedBy) +
    (againstObserving(settingsFrom) ?? '');
  // Observe mode writes nothing, so it needs no confirmation.
  const yes = options.yes === true || mode === 'observe';
  if (!(await confirm(terminal, yes, question))) return statuses.findings;

  const { swept, blind } = await enforceAll(terminal, account, toChange);
  show([...swept, ...inGrace]);
  if (blind || deployed === null) return statuses.blind;
  return swept.every(({ done }) => done) ? statuses.clean : statuses.findings;
}

/** Whether ForceMFA exists; null if that cannot be read. The sweep goes on then, because each review reads its user itself. */
async function isDeployed(terminal: Terminal, { iam, settings }: Account): Promise<boolean | null> {
  try {
    return (await getPolicy(iam, settings.policyArn)) !== null;
  } catch (error) {
    terminal.err(`Could not read ${settings.policyArn}: ${describeError(error).text}\n`);
    return null;
  }
}

/** A user who has time to enrol is not changed. */
function inGraceOf({ facts, decision, graceUntil }: WithTime<UserRead>): SweptUser[] {
  if (graceUntil === null) return [];
  const text = decision.reasons.at(-1)?.text ?? '';
  return [{ user: facts.user, action: 'none', done: true, message: `not blocked: ${text}` }];
}

/** @throws Refused if it is not known whether a user has time to enrol */
async function usersToChange(terminal: Terminal, account: Account): Promise<WithTime<UserRead>[]> {
  const { iam, settings } = account;
  const time = readingTime(terminal, stateTableOf(terminal, account));
  const { differing } = await readingUsers(terminal, iam, (onUser) =>
    planSweep(iam, settings, terminal.now(), time, onUser),
  );
  const unknown = differing
    .flatMap(({ decision }) => decision.reasons)
    .find(({ code }) => code === 'grace-not-known');
  if (unknown !== undefined && settings.mode === 'enforce') {
    throw new Refused(
      `A user without MFA ${unknown.text}. Nothing was changed.`,
      'Name the stack (--stack) with credentials that may read its state table, or pass --grace-hours 0 to block such users now.',
    );
  }
  // Unblocked users no longer count against the block limit, so they go first.
  const of = (action: 'unblock' | 'block' | 'none') =>
    differing.filter(({ decision }) => decision.action === action);
  return [...of('unblock'), ...of('block'), ...of('none')];
}

/** Reviews one user after the other. Each user is read again first. A failure does not stop the next user. */
async function enforceAll(
  terminal: Terminal,
  { iam, settings }: Account,
  users: readonly UserRead[],
): Promise<{ swept: SweptUser[]; blind: boolean }> {
  const { now } = terminal;
  const stateStore = inMemoryStateStore();
  const deps: ReviewDeps = {
    iam,
    // Users who have time to enrol are not among these.
    settings: { ...settings, graceHours: 0 },
    now,
    enforcer: enforcerOf(iam, settings, stateStore, now, noLog),
    stateStore,
    publish: async () => undefined,
    log: noLog,
  };
  const cause: Cause = { kind: 'sweep', sweepId: randomUUID(), startedAt: now().toISOString() };
  const changes = users.map(({ facts }) => ({
    account: settings.account,
    user: facts.user,
    hint: false,
    cause,
    expects: {},
    otherMethods: byOtherMethod(facts),
  }));
  const progress = progressBar(terminal, 'Enforcing', users.length);
  const swept: SweptUser[] = [];
  let blind = false;
  for (const task of reviewTasks(changes, settings)) {
    try {
      swept.push({ user: task.user, ...reviewText(await review(deps, task)) });
    } catch (error) {
      const { status, text } = describeError(error);
      const wasRead = status === statuses.findings;
      blind ||= !wasRead;
      const message = `${wasRead ? 'not changed' : 'could not be read'}: ${text}`;
      swept.push({ user: task.user, action: 'none', done: false, message });
    }
    progress.tick();
  }
  progress.done();
  return { swept, blind };
}

/** What --mode enforce does beside a deployment that observes; null where none does. */
function againstObserving(from: SettingsFrom): string | null {
  if (from.kind === 'defaults' || from.overridden.Mode !== 'observe') return null;
  return ` The deployment ${from.stack} observes. --mode enforce blocks these users although the deployment would not.`;
}

function print(
  terminal: Terminal,
  { json }: SweepOptions,
  swept: readonly SweptUser[],
  decidedBy: DecidedBy,
): void {
  if (json) {
    const at = terminal.now().toISOString();
    terminal.out(jsonText({ schema: 'mfa-enforcer/sweep/1', at, ...decidedBy, users: swept }));
    return;
  }
  if (swept.length === 0) terminal.out('No changes needed.\n');
  for (const { user, message } of swept) terminal.out(`${user}: ${message}\n`);
  terminal.out(`${settingsLine(decidedBy)}\n`);
}
