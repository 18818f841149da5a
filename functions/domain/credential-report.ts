/** What the credential report says of a user. It is up to four hours old: a hint whom to ask, never a fact. */
export interface CredentialHint {
  readonly mfaActive: boolean;
  readonly hasPassword: boolean;
}

/**
 * Reads the credential report (IAM User Guide, "Understanding the report format").
 * @param csv the report: a header, then a line a user, root among them as "<root_account>"
 * @returns user name → what is said of the user
 * @throws Error where it is no such report: nothing is concluded from it
 */
export function credentialHints(csv: string): ReadonlyMap<string, CredentialHint> {
  const [header = '', ...lines] = csv.split('\n');
  const columns = header.trim().split(',');
  const password = columns.indexOf('password_enabled') - columns.length;
  const mfa = columns.indexOf('mfa_active') - columns.length;
  if (
    columns[0] !== 'user' ||
    !columns.includes('password_enabled') ||
    !columns.includes('mfa_active')
  ) {
    throw new Error('the credential report has other columns than IAM documents');
  }
  const hints = new Map<string, CredentialHint>();
  for (const line of lines) {
    // A user's name and path may hold commas, no other column does: so the others are counted from the end.
    const cells = line.trim().split(',');
    const arn = cells.findIndex((cell) => /^"?arn:/.test(cell));
    if (arn < 1) continue;
    const user = cells.slice(0, arn).join(',').replaceAll('"', '');
    hints.set(user, { mfaActive: isTrue(cells.at(mfa)), hasPassword: isTrue(cells.at(password)) });
  }
  return hints;
}

function isTrue(cell: string | undefined): boolean {
  return cell?.toLowerCase() === 'true';
}
