/**
 * The circuit breaker's rule: a fault that makes everyone look unprotected must not lock everyone out, in an account of
 * any size.
 * @param users of the account (GetAccountSummary)
 * @param setting the deployment's limit, or 'auto': half the account's users, rounded up, and at least one
 */
export function blockLimit(users: number, setting: number | 'auto'): number {
  return setting === 'auto' ? Math.max(1, Math.ceil(users / 2)) : setting;
}
