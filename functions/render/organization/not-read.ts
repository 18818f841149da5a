import type { AccountNotRead } from '../../../events/organization-report.ts';
import { countOf, oneLine } from '../report/text.ts';
import { accountText } from './text.ts';

/** What could not be read, in lines for a person; none where everything could be. */
export function notReadLines(
  accounts: readonly AccountNotRead[],
  { read, notRead }: { readonly read: number; readonly notRead: number },
): string[] {
  if (accounts.length === 0) return [];
  return [
    `${notRead} of ${countOf(read + notRead, 'account')} could not be read: nothing is known of their users.`,
    ...accounts.map((one) => `  ${accountText(one)}: ${oneLine(one.problem.text)}`),
    '',
  ];
}
