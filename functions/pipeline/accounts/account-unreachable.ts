/** The users of an account cannot be read: its role cannot be assumed, or the role's tags have invalid values. */
export class AccountUnreachable extends Error {
  override readonly name = 'AccountUnreachable';
  /** 12 digits. */
  readonly account: string;
  /** A code to match on, as in an outcome's reason: role-not-assumable, account-wrong, spoke-wrong or other. */
  readonly code: string;
  /** What is wrong, without the account. */
  readonly why: string;

  constructor(account: string, code: string, why: string, cause?: unknown) {
    super(`account ${account}: ${why}`, { cause });
    this.account = account;
    this.code = code;
    this.why = why;
  }
}

/** The same for whatever made it fail. */
export function unreachable(account: string, roleArn: string, error: unknown): AccountUnreachable {
  if (error instanceof AccountUnreachable) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'AccessDenied' || name === 'AccessDeniedException') {
    const why = `the role ${roleArn} cannot be assumed: it does not exist or does not trust this hub`;
    return new AccountUnreachable(account, 'role-not-assumable', why, error);
  }
  return new AccountUnreachable(account, 'other', `${name}: ${message}`, error);
}
