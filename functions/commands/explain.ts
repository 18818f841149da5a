import type { IAMClient } from '@aws-sdk/client-iam';
import type { Command } from 'commander';
import { UserName } from '../../events/envelope.ts';
import { includesName, isSameName } from '../../events/names.ts';
import type { Reason } from '../../events/outcome.ts';
import { shellOption } from '../domain/deployment/shell-quoted.ts';
import { formatSettings, type Settings } from '../domain/rules/settings.ts';
import { stateOf } from '../domain/rules/totals.ts';
import type { UserFacts } from '../domain/rules/user-facts.ts';
import { getUser, hasPassword, listMfaDevices } from '../io/iam-user.ts';
import { readEnrolmentProblem } from '../pipeline/enrolment.ts';
import { withTimeToEnrol } from '../pipeline/report/time-to-enrol.ts';
import { readUser, type UserRead } from '../pipeline/review/read-user.ts';
import { listPolicies } from '../pipeline/sweep/check-policies.ts';
import { jsonText } from '../render/report/json.ts';
import { type DecidedBy, settingsLine } from '../render/report/text.ts';
import { connect, connectTo } from './connect.ts';
import { reasonOfCall } from './errors.ts';
import { type AccountOptions, withAccountOptions } from './options.ts';
import { stateTableOf, timeSource } from './report-deps.ts';
import { type Run, type Status, statuses, type Terminal, UsageError } from './terminal.ts';

interface ExplainOptions extends AccountOptions {
  readonly json?: boolean;
  readonly account?: string;
}

/** Adds `explain`. */
export function addExplain(program: Command, run: Run, terminal: Terminal): void {
  withAccountOptions(
    program
      .command('explain')
      .argument('<user>', 'name of the IAM user')
      .description('Show the decision for one user, with its reasons and the data it is based on')
      .option('--json', 'print JSON')
      .option('--account <id>', 'user is in this account of the organization')
      .addHelpText(
        'after',
        '\nExit status: 0 no change needed, 1 the next event or sweep would change the user, or another policy blocks them,\n2 usage error, 3 incomplete: some data could not be read.\n\nExamples:\n  mfa-enforcer explain dana\n  mfa-enforcer explain dana --account 222233334444',
      ),
  ).action((user: string, options: ExplainOptions) => run(() => explain(terminal, user, options)));
}

async function explain(terminal: Terminal, user: string, options: ExplainOptions): Promise<Status> {
  if (!UserName.safeParse(user).success) throw new UsageError(describeBadName(user));
  const account =
    options.account === undefined
      ? await connect(terminal, options)
      : await connectTo(terminal, options.account, options);
  const { iam, settings, settingsFrom } = account;
  const noUser = () =>
    new UsageError(
      `Account ${settings.account} has no IAM user ${user}. Check the name, and the account (--profile, --account).`,
    );
  const found = await getUser(iam, user);
  if (found === null) throw noUser();
  const listed = await listMfaDevices(iam, found.user);
  if (listed === null) throw noUser();
  const { devices } = listed;
  const known = { ...found, devices, password: await hasPassword(iam, found.user) };
  const read = await readUser(iam, settings, known, terminal.now(), { allMethods: true });
  if (read === null) throw noUser();
  const time = timeSource(terminal, stateTableOf(terminal, account));
  const [userRead = read] = await withTimeToEnrol(settings, [read], time);
  const foreign = await foreignPoliciesOf(iam, settings, userRead.facts);
  const enrolmentProblem =
    userRead.decision.status === 'unprotected'
      ? await readEnrolmentProblem(iam, settings, userRead.facts, reasonOfCall)
      : null;
  const more: More = { foreign, enrolmentProblem };
  const decidedBy = { decidedBy: formatSettings(settings), settingsFrom };
  terminal.out(
    options.json
      ? asJson(userRead, more, decidedBy)
      : formatUser(userRead, more, settingsLine(decidedBy)),
  );
  const isUnchanged = userRead.decision.action === 'none' && foreign.length === 0;
  return isUnchanged ? statuses.clean : statuses.findings;
}

/** ARNs of policies on the user that block like ForceMFA and do not belong to this deployment. */
async function foreignPoliciesOf(
  iam: IAMClient,
  settings: Settings,
  { attachments, profile }: UserFacts,
): Promise<string[]> {
  const own = [settings.policyArn, settings.boundaryArn];
  const others = [...(attachments?.policies ?? []), profile?.boundary ?? ''].filter(
    // AWS managed policies have "aws" in place of an account.
    (arn) => arn.includes(`:${settings.account}:`) && !own.some((one) => isSameName(one, arn)),
  );
  if (others.length === 0) return [];
  const { foreign } = await listPolicies(iam, settings);
  return foreign.map(({ arn }) => arn).filter((arn) => includesName(others, arn));
}

/** Describes why a text is not a user name (IAM User Guide, "IAM name requirements"). */
function describeBadName(user: string): string {
  if (user.startsWith('arn:')) {
    return `"${user}" is an ARN. Give only the user name: ${user.split('/').at(-1)}.`;
  }
  if (user === '') return 'The name is empty.';
  const illegal = [...new Set(user.replaceAll(/[\w+=,.@-]/g, ''))];
  if (illegal.length > 0) {
    const which = illegal.map((character) => `"${character}"`).join(', ');
    return `"${user}" is not an IAM user name: it contains ${which}. IAM allows letters, digits and +=,.@_-.`;
  }
  return `The name is not an IAM user name: it has ${user.length} characters, and IAM allows 64.`;
}

/** What is read beside the facts of the decision. */
interface More {
  readonly foreign: readonly string[];
  readonly enrolmentProblem: Reason | null;
}

function asJson(
  { facts, decision }: UserRead,
  { foreign: foreignPolicies, enrolmentProblem }: More,
  decidedBy: DecidedBy,
): string {
  const { action, status, blocked, reasons } = decision;
  return jsonText({
    schema: 'mfa-enforcer/explain/1',
    user: facts.user,
    state: stateOf(decision),
    decision: { action, status, blocked, reasons },
    ...decidedBy,
    foreignPolicies,
    enrolmentProblem,
    facts,
  });
}

const actions = {
  block: 'the next event or sweep would block this user',
  unblock: 'the next event or sweep would unblock this user',
  none: 'no change needed',
} as const;
const states = {
  protected: 'protected',
  blocked: 'blocked',
  unprotected: 'UNPROTECTED',
  exempt: 'exempt',
  'out-of-scope': 'out of scope',
} as const;

function formatUser(
  { facts, decision }: UserRead,
  { foreign, enrolmentProblem }: More,
  settings: string,
): string {
  const row = (label: string, text: string) => `  ${label.padEnd(12)} ${text}`;
  const isElsewhere = decision.action === 'none' && foreign.length > 0;
  const next = isElsewhere
    ? 'blocked by another policy'
    : (timeOf(decision) ?? actions[decision.action]);
  return `${[
    `${facts.user}: ${states[stateOf(decision)]}; ${next}`,
    '',
    'Reasons',
    ...decision.reasons.map(({ code, text }) => `  - ${text}  [${code}]`),
    '',
    ...(enrolmentProblem === null ? [] : [`The user ${enrolmentProblem.text}.`, '']),
    ...foreign.flatMap(describeForeign),
    'Data read from IAM',
    ...factRows(facts).map(([label, text]) => row(label, text)),
    '',
    settings,
  ].join('\n')}\n`;
}

/** What the user has time for, as the decision says; null for a user without time. */
function timeOf({ reasons }: UserRead['decision']): string | null {
  return reasons.find(({ code }) => code === 'grace')?.text ?? null;
}

/** Describes a policy with another PolicyName. The name of its boundary ends in -boundary. */
function describeForeign(arn: string): string[] {
  const name = (arn.split('/').at(-1) ?? arn).replace(/-boundary$/, '');
  return [
    `BLOCKED BY ANOTHER POLICY: ${arn}`,
    '  It has the same statement as ForceMFA, but this deployment does not manage it. PolicyName may have changed.',
    `  To unblock all users it blocks: mfa-enforcer rollback ${shellOption('policy-name', name)}`,
    '',
  ];
}

function factRows({ profile, devices, password, attachments }: UserFacts): [string, string][] {
  const tags = Object.entries(profile?.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  const list = (all: readonly string[] | undefined, none: string) =>
    all === undefined || all.length === 0 ? none : all.join(', ');
  return [
    ['ARN', profile?.arn ?? ''],
    ['MFA devices', list(devices, 'none')],
    ['password', password ? 'yes' : 'no'],
    ['tags', list(tags, 'none')],
    ['blocked by', list(attachments?.methods, 'nothing')],
    ['policies', list(attachments?.policies, 'none')],
    ['groups', list(attachments?.groups, 'none')],
    ['boundary', profile?.boundary ?? 'none'],
  ];
}
