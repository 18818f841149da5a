import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Cause } from '../../events/cause.ts';
import { reviewTasks } from '../domain/review/tasks.ts';
import { byOtherMethod } from '../domain/rules/block-methods.ts';
import { formatSettings } from '../domain/rules/settings.ts';
import { getPolicy } from '../io/iam-policies.ts';
import { planSweep } from '../pipeline/report/account-plan.ts';
import { Breaker } from '../pipeline/review/circuit-breaker.ts';
import { enforcerOf } from '../pipeline/review/enforcer.ts';
import type { UserRead } from '../pipeline/review/read-user.ts';
import type { Reviewer } from '../pipeline/review/review-result.ts';
import { review } from '../pipeline/review/review-user.ts';
import { inMemoryStateStore } from '../pipeline/state-store.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf } from '../render/report/text.ts';
import { type Account, connect } from './connect.ts';
import { describeError } from './errors.ts';
import { type AccountOptions, withAccountOptions } from './options.ts';
import { progressBar, readingUsers } from './progress.ts';
import { reviewText } from './review-text.ts';
import { confirm, type Run, type Status, statuses, type Terminal } from './terminal.ts';

interface SweepOptions extends AccountOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What came of one user, as `sweep --json` prints it. */
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
      .description('do now what `plan` says: block and unblocked, with the same review as an event')
      .option('-y, --yes', 'do not ask')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        '\nIt tells Slack nothing: what it does comes back as events, and is on the screen.\nExit status: 0 all done, 1 somebody could not be enforced, 2 used wrongly, 3 could not see everything.\n\nExamples:\n  mfa-enforcer sweep\n  mfa-enforcer sweep --yes --json',
      ),
  ).action((options: SweepOptions) => run(() => sweep(terminal, options)));
}

async function sweep(terminal: Terminal, options: SweepOptions): Promise<Status> {
  const account = await connect(terminal, options);
  const { settings } = account;
  const deployed = await isDeployed(terminal, account);
  if (deployed === false) {
    terminal.err(
      `ForceMFA is not deployed in account ${settings.account} (${settings.policyArn} does not exist). Deploy the ` +
        'stack first, or name its policy with --policy-name.\n',
    );
    if (options.json) show(terminal, options, []);
    return statuses.findings;
  }
  const users = await differingUsers(terminal, account);
  if (users.length === 0) {
    show(terminal, options, []);
    return deployed === null ? statuses.blind : statuses.clean;
  }
  const { mode } = settings;
  const question =
    `${countOf(users.length, 'user')} of account ${settings.account} would be changed (mfa-enforcer plan says how), ` +
    `decided by ${formatSettings(settings)}. Go on?`;
  // In observe mode nothing is written, so there is nothing to ask.
  const yes = options.yes === true || mode === 'observe';
  if (!(await confirm(terminal, yes, question))) return statuses.findings;

  const { swept, blind } = await enforceAll(terminal, account, users);
  show(terminal, options, swept);
  if (blind || deployed === null) return statuses.blind;
  return swept.every(({ done }) => done) ? statuses.clean : statuses.findings;
}

/** Whether ForceMFA exists. Null where that cannot be read: the users are swept all the same, each by its own readings. */
async function isDeployed(terminal: Terminal, { iam, settings }: Account): Promise<boolean | null> {
  try {
    return (await getPolicy(iam, settings.policyArn)) !== null;
  } catch (error) {
    terminal.err(`Could not read ${settings.policyArn}: ${describeError(error).text}\n`);
    return null;
  }
}

async function differingUsers(terminal: Terminal, { iam, settings }: Account): Promise<UserRead[]> {
  const { differing } = await readingUsers(terminal, iam, (onUser) =>
    planSweep(iam, settings, terminal.now(), onUser),
  );
  // Whoever is unblocked makes room under the limit.
  const of = (action: 'unblock' | 'block') =>
    differing.filter(({ decision }) => decision.action === action);
  return [...of('unblock'), ...of('block')];
}

/** One after the other: each is read again before anything is done. A user who fails does not stop the next. */
async function enforceAll(
  terminal: Terminal,
  { iam, settings }: Account,
  users: readonly UserRead[],
): Promise<{ swept: SweptUser[]; blind: boolean }> {
  const { now } = terminal;
  const stateStore = inMemoryStateStore();
  const reviewer: Reviewer = {
    iam,
    settings,
    now,
    enforcer: enforcerOf(iam, settings, new Breaker(iam, settings, stateStore, now)),
    stateStore,
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
      swept.push({ user: task.user, ...reviewText(await review(reviewer, task)) });
    } catch (error) {
      const { status, text } = describeError(error);
      const wasRead = status === statuses.findings;
      blind ||= !wasRead;
      const message = `${wasRead ? 'not done' : 'not seen'}: ${text}`;
      swept.push({ user: task.user, action: 'none', done: false, message });
    }
    progress.tick();
  }
  progress.done();
  return { swept, blind };
}

function show(terminal: Terminal, { json }: SweepOptions, swept: readonly SweptUser[]): void {
  if (json) {
    const data = { schema: 'mfa-enforcer/sweep/1', at: terminal.now().toISOString(), users: swept };
    terminal.out(jsonText(data));
    return;
  }
  if (swept.length === 0) terminal.out('Nothing to do: everyone is as they should be.\n');
  for (const { user, message } of swept) terminal.out(`${user}: ${message}\n`);
}
