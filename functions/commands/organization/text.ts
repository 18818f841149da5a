import { wrapText } from '../../render/cells.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';
import type { OperationEnd } from './operation.ts';
import type { Unit } from './organization-tree.ts';
import type { Change } from './spoke-plan.ts';
import type { SetPlan } from './stack-set.ts';

/** "1 account", "3 accounts". */
export const accountsOf = (count: number) => (count === 1 ? '1 account' : `${count} accounts`);

const INDENT = 18;

/** Formats a label and a message. The message is wrapped in its own column. */
export function line(what: string, message: string, columns: number): string {
  const lines = wrapText(message, Math.max(40, columns - INDENT));
  // A label that is too long for its column gets its own line.
  const [first = ''] = what.length > INDENT - 2 ? [] : lines.splice(0, 1);
  const indented = lines.map((one) => ' '.repeat(INDENT) + one);
  return [`${what.padEnd(INDENT)}${first}`.trimEnd(), ...indented, ''].join('\n');
}

interface Hint {
  readonly of: RegExp;
  readonly todo: string;
}

// Messages of CloudFormation and StackSets, and what to do about them. docs/organization.md describes them in full.
const hints: readonly Hint[] = [
  {
    of: /attached to|DeleteConflict|cannot delete (a|an) (entity|policy)|must (detach|remove) .*first/i,
    todo:
      'ForceMFA still blocks users in that account, and IAM does not delete a policy in use. Unblock them (mfa-enforcer ' +
      'rollback, with credentials of that account) and run this command again. The roles still exist.',
  },
  {
    of: /INOPERABLE/,
    todo:
      'StackSets failed to delete the stack earlier and no longer change it. Remove it from the stack set (remove --ou … ' +
      '--keep-stacks), delete the stack in its account, then deploy again.',
  },
  {
    of: /already exists/i,
    todo:
      'The account already has a resource of that name: from a deployment of its own (mfa-enforcer remove, with credentials of that account), or ' +
      'left behind by an earlier stack (delete the resource). Then run this command again.',
  },
  {
    of: /service control policy|explicit deny/i,
    todo:
      'A service control policy denies the call. Add arn:*:iam::*:role/stacksets-exec-* to its condition ArnNotLike ' +
      'aws:PrincipalArn, and run this command again.',
  },
  {
    of: /suspended|not active|InvalidClientTokenId|is closed/i,
    todo: 'The account is suspended or closed. It leaves the stack set when it leaves the organization.',
  },
  {
    of: /not authorized|AccessDenied/i,
    todo: 'The role of StackSets lacks permissions. If it was changed, deactivate and activate trusted access to recreate it.',
  },
  {
    of: /was not tried|cancelled due to failure/i,
    todo: 'Too many accounts failed before. Fix those and run this command again, or raise --failure-tolerance.',
  },
];

/** What to do about a reason; null for an unknown one. */
export const hintFor = (why: string): string | null =>
  hints.find(({ of }) => of.test(why))?.todo ?? null;

/** Formats the end of an operation: the number of finished accounts, and the failed ones with the reason and what to do. */
export function formatEnd(
  what: string,
  { status, done, failed }: OperationEnd,
  columns: number,
): string {
  const all = done + failed.length;
  const summary =
    failed.length === 0
      ? `${accountsOf(done)} done${status === 'SUCCEEDED' ? '' : ` (${status})`}`
      : `${done} of ${accountsOf(all)} done, ${failed.length} failed (${status})`;
  const rows = failed.map(({ account, why }) => line(`  ${account}`, why, columns));
  const todo = new Set(failed.map(({ why }) => hintFor(why)).filter((one) => one !== null));
  return [
    line(what, summary, columns),
    ...rows,
    ...[...todo].map((one) => line('  what to do', one, columns)),
  ].join('');
}

/** Describes the hub, and the role of its account in StackSets. */
export function describeHub(
  { stack, account, region }: Context,
  hub: Hub,
  columns: number,
): string {
  const mode = hub.mode === 'observe' ? 'observe: no user is blocked in any account' : hub.mode;
  const who = hub.callAs === 'SELF' ? 'management account' : 'delegated administrator of StackSets';
  return [
    line('hub', `stack ${stack} in account ${account}, ${region}; Mode ${mode}`, columns),
    line('organization', `${hub.organization}; this account is its ${who}`, columns),
  ].join('');
}

/** Describes the planned change of the stack set. */
export function formatSet({ stackSet }: Context, { isNew, changes, defaultMode }: SetPlan): string {
  const later = `accounts that join later: ${defaultMode}`;
  if (isNew) return `${stackSet} will be created; ${later}`;
  if (changes.length === 0) return `${stackSet} is up to date; ${later}`;
  return `${stackSet} will change: ${changes.join(', ')}; ${later}`;
}

/** Describes the planned changes of a unit's accounts, and which accounts are skipped. */
export function describeUnit(
  { account }: Context,
  hub: Hub,
  unit: Unit,
  changes: readonly Change[],
  columns: number,
): string {
  const own = changes.filter((one) => one.unit === unit);
  const message = own.map(({ how, accounts, overrides }) => {
    const values = Object.entries(overrides).map(([name, value]) => `${name} ${value}`);
    const what = how === 'create' ? 'new' : 'will change';
    return `${accountsOf(accounts.length)} ${what}: ${values.join(', ')}`;
  });
  const asides = [
    ...(unit.accounts.includes(account)
      ? ['without the hub’s own account, which needs no spoke']
      : []),
    ...(unit.accounts.includes(hub.management) && hub.management !== account
      ? ['without the management account, where StackSets do not deploy: see deploy --management']
      : []),
  ];
  const all =
    message.length === 0 ? [`${accountsOf(unit.accounts.length)}, no changes needed`] : message;
  return line(unit.id, `${unit.name}: ${[...all, ...asides].join('; ')}`, columns);
}

/** Parameters of a spoke that the command line sets. An omitted parameter keeps its value. */
interface Chosen {
  readonly mode?: string;
  readonly blockLimit?: string;
  readonly alarmTopic?: string;
}

/**
 * The command that deploys the spoke to the management account, where StackSets do not deploy. It needs that account's
 * credentials. `aws cloudformation deploy` keeps the values of omitted parameters (AWS CLI reference). A new stack gets
 * the defaults of the template.
 */
export function managementCommand(context: Context, hub: Hub, chosen: Chosen): string {
  const { account, region, stackSet } = context;
  if (hub.callAs === 'SELF') {
    return `\nThe hub is in the management account ${account} and manages that account itself. No spoke is needed there.\n`;
  }
  const { mode, blockLimit, alarmTopic } = chosen;
  const parameters = { Mode: mode, BlockLimit: blockLimit, AlarmTopicArn: alarmTopic };
  const message = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const overrides = [...Object.entries(hub.spokeParameters), ...message]
    .map(([name, value]) => `    ${name}=${value}`)
    .join(' \\\n');
  const kept =
    mode === undefined
      ? 'The command keeps the Mode of the stack; a new stack has observe. To change it: deploy --management --mode enforce.\n'
      : '';
  return `
StackSets do not deploy to the management account ${hub.management}. With its credentials:

  mfa-enforcer organization template > spoke.yml
  aws cloudformation deploy --region ${region} \\
    --stack-name ${stackSet} --template-file spoke.yml \\
    --capabilities CAPABILITY_NAMED_IAM --tags application=iam-mfa-enforcer \\
    --parameter-overrides \\
${overrides}

${kept}Run deploy --management again after every upgrade. To remove it:

  aws cloudformation delete-stack --region ${region} --stack-name ${stackSet}
`;
}
