import { wrapWords } from '../../functions/render/cells.ts';
import type { OperationEnd } from './operation.ts';

/** "1 account", "3 accounts". */
export const accountsOf = (count: number) => (count === 1 ? '1 account' : `${count} accounts`);

const INDENT = 18;

/** Two parts: what, and the rest beside it, wrapped under itself. */
export function line(what: string, said: string, columns: number): string {
  const lines = wrapWords(said, Math.max(40, columns - INDENT));
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
      'ForceMFA still holds somebody there, and IAM deletes no policy in use. Let them go (mfa-enforcer rollback, with ' +
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
    todo: 'Too many others failed first. Mend those and run this again, or raise --failure-tolerance.',
  },
];

/** What to do about a reason; null for one that is not known. */
export const hintFor = (why: string): string | null =>
  hints.find(({ of }) => of.test(why))?.todo ?? null;

/** How an operation went: how many accounts are done, and for the others why, and what to do. */
export function endInWords(
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
