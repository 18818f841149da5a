import type { AccountPlace } from '../../../events/organization-report.ts';
import type { Report, ReportedUser } from '../../../events/report.ts';
import type { Finding } from '../report/attention.ts';
import { compareStates } from './states.ts';

/** One user as a row of the table. */
export interface Row {
  readonly user: ReportedUser;
  /** At least one finding is about this user. */
  readonly attention: boolean;
  /** What a link to the row points to. */
  readonly id: string;
  /** The report that has the user. */
  readonly report: Pick<Report, 'account' | 'partition'>;
  /** The account, where the page has more than one. */
  readonly account?: AccountPlace;
}

/**
 * The order of the page: users who need attention first, then by state, users without MFA before the others; within that the
 * order of the report.
 */
export function rowsOf(
  users: readonly Omit<Row, 'attention' | 'id'>[],
  findings: readonly Finding[],
): readonly Row[] {
  const needing = new Set(findings.flatMap((finding) => finding.users));
  return users
    .map((one) => ({ ...one, attention: needing.has(one.user) }))
    .sort(
      (a, b) =>
        Number(b.attention) - Number(a.attention) || compareStates(a.user.state, b.user.state),
    )
    .map((row, index) => ({ ...row, id: `user-${index + 1}` }));
}
