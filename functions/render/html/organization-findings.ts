import type { AccountRead } from '../../../events/organization-report.ts';
import type { ReportedUser } from '../../../events/report.ts';
import { accountText } from '../report/text.ts';
import { type Finding, findingsOfUsers } from './findings.ts';
import { count } from './format.ts';

// As many as a finding names of users.
const NAMED = 8;

/** The findings in the accounts that need a person, the most severe first. */
export function organizationFindingsOnPage(
  read: readonly AccountRead[],
  users: readonly ReportedUser[],
): Finding[] {
  const without = read.filter(({ report }) => report.rootMfa === false);
  const ofUsers = findingsOfUsers(users);
  return without.length === 0 ? ofUsers : [rootFinding(without), ...ofUsers];
}

function rootFinding(accounts: readonly AccountRead[]): Finding {
  const more = accounts.length - NAMED;
  const names = accounts.slice(0, NAMED).map(accountText).join(', ');
  const title =
    accounts.length === 1
      ? 'The root user of 1 account has no MFA device'
      : `The root users of ${count(accounts.length)} accounts have no MFA device`;
  return {
    id: 'root',
    severe: true,
    title,
    what: `${names}${more > 0 ? `, and ${count(more)} more (see Accounts)` : ''}. A root user can do everything in its account, and no policy in the account can block root.`,
    todo: 'Sign in as root and register two MFA devices, or remove the root credentials of member accounts (IAM, “Root access management”).',
    users: [],
  };
}
