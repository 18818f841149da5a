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
}

/**
 * The order of the page: who needs attention first, then by state, users without MFA before the others;
 * within that the order of the report.
 */
export function rowsOf(
  users: readonly ReportedUser[],
  findings: readonly Finding[],
): readonly Row[] {
  const needing = new Set(findings.flatMap((finding) => finding.users));
  return users
    .map((user) => ({ user, attention: needing.has(user) }))
    .sort(
      (a, b) =>
        Number(b.attention) - Number(a.attention) || compareStates(a.user.state, b.user.state),
    )
    .map((row, index) => ({ ...row, id: `user-${index + 1}` }));
}
