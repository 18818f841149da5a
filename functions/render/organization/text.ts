import type { AccountPlace } from '../../../events/organization-report.ts';
import { oneLine } from '../report/text.ts';

/** An account as a person knows it: "payments (222233334444)". */
export function accountText({ name, account }: AccountPlace): string {
  const said = oneLine(name);
  return said === account || said === '' ? account : `${said} (${account})`;
}
