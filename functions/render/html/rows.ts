import type { AccountPlace } from '../../../events/organization-report.ts';
import type { ReportedUser } from '../../../events/report.ts';
import type { Finding } from './findings.ts';
import { compareStates } from './states.ts';

/** One user as a row of the table. */
export interface Row {
  readonly user: ReportedUser;
  /** Some finding is about this user. */
  readonly attention: boolean;
  /** What a link to the row points to. */
  readonly id: string;
  /** The account, where the page has more than one. */
  readonly account?: AccountPlace | undefined;
}

/**
 * The order of the page: who needs attention first, then by state, users without MFA before the others;
 * within that the order of the report.
 * @param accountOf the account of a user, where the page has more than one
 */
export function rowsOf(
  users: readonly ReportedUser[],
  findings: readonly Finding[],
  accountOf?: ReadonlyMap<ReportedUser, AccountPlace>,
): readonly Row[] {
  const needing = new Set(findings.flatMap((finding) => finding.users));
  return users
    .map((user) => ({ user, attention: needing.has(user), account: accountOf?.get(user) }))
    .sort(
      (a, b) =>
        Number(b.attention) - Number(a.attention) || compareStates(a.user.state, b.user.state),
    )
    .map((row, index) => ({ ...row, id: `user-${index + 1}` }));
}
