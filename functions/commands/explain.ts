import type { IAMClient } from '@aws-sdk/client-iam';
import type { Command } from 'commander';
import { UserName } from '../../events/envelope.ts';
import { includesName, isSameName } from '../../events/names.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { stateOf } from '../domain/rules/totals.ts';
import type { UserFacts } from '../domain/rules/user-facts.ts';
import { getUser, hasPassword, listMfaDevices } from '../io/iam-user.ts';
import { readUser, type UserRead } from '../pipeline/review/read-user.ts';
import { foreignPolicies } from '../pipeline/sweep/check-policies.ts';
import { jsonText } from '../render/report/json.ts';
import { connect, connectTo } from './connect.ts';
import { type AccountOptions, withAccountOptions } from './options.ts';
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
      .argument('<user>', 'the IAM user’s name')
      .description('the decision for one user, with the facts it rests on and its reasons')
      .option('--json', 'as JSON')
      .option('--account <id>', 'a user of another account of the organization')
      .addHelpText(
        'after',
        '\nExit status: 0 the user is as they should be, 1 a sweep would change them or another policy blocks them, 2 used wrongly, 3 could not see.\n\nExamples:\n  mfa-enforcer explain dana\n  mfa-enforcer explain dana --account 222233334444',
      ),
  ).action((user: string, options: ExplainOptions) => run(() => explain(terminal, user, options)));
}

async function explain(terminal: Terminal, user: string, options: ExplainOptions): Promise<Status> {
  if (!UserName.safeParse(user).success) throw new UsageError(whatIsWrong(user));
  const { iam, settings } =
    options.account === undefined
      ? await connect(terminal, options)
      : await connectTo(terminal, options.account, options);
  const nobody = () => new UsageError(`Account ${settings.account} has no IAM user ${user}.`);
  const found = await getUser(iam, user);
  if (found === null) throw nobody();
  const listed = await listMfaDevices(iam, found.user);
  if (listed === null) throw nobody();
  const { devices } = listed;
  const known = { ...found, devices, password: await hasPassword(iam, found.user) };
  const userRead = await readUser(iam, settings, known, terminal.now(), { allMethods: true });
  if (userRead === null) throw nobody();
  const foreign = await foreignPoliciesOf(iam, settings, userRead.facts);
  terminal.out(options.json ? asJson(userRead, foreign) : formatUser(userRead, foreign));
  const isAsItShould = userRead.decision.action === 'none' && foreign.length === 0;
  return isAsItShould ? statuses.clean : statuses.findings;
}

/** ARNs of the policies on the user that block as ForceMFA does, and are no part of this deployment. */
async function foreignPoliciesOf(
  iam: IAMClient,
  settings: Settings,
  { attachments, profile }: UserFacts,
): Promise<string[]> {
  const own = [settings.policyArn, settings.boundaryArn];
  const others = [...(attachments?.policies ?? []), profile?.boundary ?? ''].filter(
    // AWS's own policies have "aws" for an account.
    (arn) => arn.includes(`:${settings.account}:`) && !own.some((one) => isSameName(one, arn)),
  );
  if (others.length === 0) return [];
  const foreign = await foreignPolicies(iam, settings);
  return foreign.map(({ arn }) => arn).filter((arn) => includesName(others, arn));
}

/** What is wrong with a text that is no user's name (IAM User Guide, "IAM name requirements"). */
function whatIsWrong(user: string): string {
  if (user.startsWith('arn:')) {
    return `"${user}" is an ARN: give the user’s name alone, ${user.split('/').at(-1)}.`;
  }
  if (user === '') return 'The name is empty.';
  const illegal = [...new Set(user.replaceAll(/[\w+=,.@-]/g, ''))];
  if (illegal.length > 0) {
    const which = illegal.map((character) => `"${character}"`).join(', ');
    return `"${user}" is no IAM user name: it has ${which}, and IAM allows letters, digits and +=,.@_- only.`;
  }
  return `That is no IAM user name: it has ${user.length} characters, and IAM allows 64.`;
}

function asJson({ facts, decision }: UserRead, foreignPolicies: readonly string[]): string {
  const { action, status, blocked, reasons } = decision;
  return jsonText({
    schema: 'mfa-enforcer/explain/1',
    user: facts.user,
    state: stateOf(decision),
    decision: { action, status, blocked, reasons },
    foreignPolicies,
    facts,
  });
}

const actions = {
  block: 'a sweep or the next event would block the user',
  unblock: 'a sweep or the next event would unblock the user',
  none: 'nothing is to be done',
} as const;
const states = {
  protected: 'has MFA',
  blocked: 'blocked until MFA is set up',
  unprotected: 'UNPROTECTED: in scope, without MFA and not blocked',
  exempt: 'exempt',
  'out-of-scope': 'out of scope',
} as const;

function formatUser({ facts, decision }: UserRead, foreign: readonly string[]): string {
  const row = (label: string, text: string) => `  ${label.padEnd(12)} ${text}`;
  const isElsewhere = decision.action === 'none' && foreign.length > 0;
  const next = isElsewhere ? 'blocked by another policy' : actions[decision.action];
  return `${[
    `${facts.user}: ${states[stateOf(decision)]}; ${next}`,
    '',
    'Because the user',
    ...decision.reasons.map(({ code, text }) => `  - ${text}  [${code}]`),
    '',
    ...foreign.flatMap(describeForeign),
    'What was read',
    ...factRows(facts).map(([label, text]) => row(label, text)),
  ].join('\n')}\n`;
}

/** An old name of ours is a boundary where it ends so. */
function describeForeign(arn: string): string[] {
  const name = (arn.split('/').at(-1) ?? arn).replace(/-boundary$/, '');
  return [
    `BLOCKED BY ANOTHER POLICY: ${arn}`,
    '  It carries the statement of ForceMFA, and this deployment does not unblock by it: was PolicyName changed?',
    `  mfa-enforcer rollback --policy-name ${name} unblocks everyone whom it blocks (docs/runbook.md, Change PolicyName).`,
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
