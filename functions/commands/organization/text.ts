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

/** Two parts: what, and the rest beside it, wrapped under itself. */
export function line(what: string, message: string, columns: number): string {
  const lines = wrapText(message, Math.max(40, columns - INDENT));
  // What is too long for its column has a line of its own.
  const [first = ''] = what.length > INDENT - 2 ? [] : lines.splice(0, 1);
  const indented = lines.map((one) => ' '.repeat(INDENT) + one);
  return [`${what.padEnd(INDENT)}${first}`.trimEnd(), ...indented, ''].join('\n');
}

interface Hint {
  readonly of: RegExp;
  readonly todo: string;
}

// What CloudFormation and StackSets say, and what to do about it. docs/organization.md has the same in full.
const hints: readonly Hint[] = [
  {
    of: /attached to|DeleteConflict|cannot delete (a|an) (entity|policy)|must (detach|remove) .*first/i,
    todo:
      'ForceMFA still blocks somebody there, and IAM deletes no policy in use. Unblock them (mfa-enforcer rollback, with ' +
      'credentials of that account), then run this again. The roles are still there.',
  },
  {
    of: /INOPERABLE/,
    todo:
      'Deleting a stack failed earlier, and StackSets leaves it alone since. Take it out of the set (remove --ou … ' +
      '--keep-stacks), delete the stack in its account, then deploy again.',
  },
  {
    of: /already exists/i,
    todo:
      'Something of that name is in the account already: a stack that npm run deploy made there (remove it), or what an ' +
      'earlier stack left behind (delete it). Then run this again.',
  },
  {
    of: /service control policy|explicit deny/i,
    todo:
      'A service control policy forbids it. Let StackSets’ own role through (stacksets-exec-*), as ' +
      'infra/scp/protect-mfa-enforcer.json does, then run this again.',
  },
  {
    of: /suspended|not active|InvalidClientTokenId|is closed/i,
    todo: 'The account is suspended or closed. It leaves the set by itself when the organization forgets it.',
  },
  {
    of: /not authorized|AccessDenied/i,
    todo: 'StackSets’ own role has not the rights. Was it changed? Deactivating and activating trusted access makes it anew.',
  },
  {
    of: /was not tried|cancelled due to failure/i,
    todo: 'Too many others failed first. Fix those and run this again, or raise --failure-tolerance.',
  },
];

/** What to do about a reason; null for one that is not known. */
export const hintFor = (why: string): string | null =>
  hints.find(({ of }) => of.test(why))?.todo ?? null;

/** How an operation went: how many accounts are done, and for the others why, and what to do. */
export function formatEnd(
  what: string,
  { status, done, failed }: OperationEnd,
  columns: number,
): string {
  const all = done + failed.length;
  const summary =
    failed.length === 0
      ? `${accountsOf(done)} done${status === 'SUCCEEDED' ? '' : ` (${status})`}`
      : `${done} of ${accountsOf(all)} done, ${failed.length} not (${status})`;
  const rows = failed.map(({ account, why }) => line(`  ${account}`, why, columns));
  const todo = new Set(failed.map(({ why }) => hintFor(why)).filter((one) => one !== null));
  return [
    line(what, summary, columns),
    ...rows,
    ...[...todo].map((one) => line('  what to do', one, columns)),
  ].join('');
}

/** The hub, and as whom StackSets are told what to do. */
export function describeHub(
  { stack, account, region }: Context,
  hub: Hub,
  columns: number,
): string {
  const mode = hub.mode === 'observe' ? 'observe: nobody is blocked in any account' : hub.mode;
  const who = hub.callAs === 'SELF' ? 'management account' : 'delegated administrator';
  return [
    line('hub', `stack ${stack} in account ${account}, ${region}; Mode ${mode}`, columns),
    line('organization', `${hub.organization}; this account is its ${who} of StackSets`, columns),
  ].join('');
}

/** What becomes of the set. */
export function formatSet({ stackSet }: Context, { isNew, changes, defaultMode }: SetPlan): string {
  const later = `accounts that join later: ${defaultMode}`;
  if (isNew) return `${stackSet} is to be created; ${later}`;
  if (changes.length === 0) return `${stackSet} is up to date; ${later}`;
  return `${stackSet} is to change: ${changes.join(', ')}; ${later}`;
}

/** What becomes of a unit's accounts, and which of them are left out. */
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
    const what = how === 'create' ? 'new' : 'to change';
    return `${accountsOf(accounts.length)} ${what}: ${values.join(', ')}`;
  });
  const asides = [
    ...(unit.accounts.includes(account)
      ? ['without the hub’s own account, which manages itself']
      : []),
    ...(unit.accounts.includes(hub.management) && hub.management !== account
      ? ['without the management account, which StackSets leave out: deploy --management']
      : []),
  ];
  const all =
    message.length === 0 ? [`${accountsOf(unit.accounts.length)}, nothing to do`] : message;
  return line(unit.id, `${unit.name}: ${[...all, ...asides].join('; ')}`, columns);
}
