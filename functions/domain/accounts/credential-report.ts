/** The columns of the credential report that are hints to read a blocked user again. */
export interface HintColumns {
  /** A user without a password may be out of scope, or exempt. */
  readonly password: boolean;
}

/**
 * The users whom the credential report shows with an MFA device, or, where passwords matter, without a password (IAM User Guide,
 * "Understanding the report format"). The report is up to four hours old: it is a hint which users to read, never a fact.
 * @param csv the report: a header, then a line a user, root among them as "<root_account>"
 * @returns user names
 * @throws Error for a text that is not such a report
 */
export function hintedUsers(csv: string, { password }: HintColumns): ReadonlySet<string> {
  // One at a time: the report of a large account is some megabytes.
  const lines = csv.matchAll(/[^\r\n]+/g);
  const columns = lines.next().value?.[0].split(',');
  if (
    columns?.[0] !== 'user' ||
    !columns.includes('password_enabled') ||
    !columns.includes('mfa_active')
  ) {
    throw new Error('the credential report has other columns than IAM documents');
  }
  // Only a user's name and path may contain commas, so the other columns are counted from the end.
  const passwordAt = columns.indexOf('password_enabled') - columns.length;
  const mfaAt = columns.indexOf('mfa_active') - columns.length;
  const hinted = new Set<string>();
  for (const [line] of lines) {
    const cells = line.split(',');
    // No name contains a colon.
    const arn = cells.findIndex((cell) => cell.includes('arn:'));
    if (arn < 1) continue;
    const mayBeUnblocked = isTrue(cells.at(mfaAt)) || (password && !isTrue(cells.at(passwordAt)));
    if (mayBeUnblocked) hinted.add(cells.slice(0, arn).join(',').replaceAll('"', ''));
  }
  return hinted;
}

function isTrue(cell: string | undefined): boolean {
  return cell?.toLowerCase() === 'true';
}
