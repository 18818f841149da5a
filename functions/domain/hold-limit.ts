/**
 * The circuit breaker's rule: a fault that makes everyone look unprotected must not lock everyone out.
 * @param users of the account (GetAccountSummary)
 * @param setting the deployment's limit, or 'auto': the larger of 10 and half the account
 */
export function blockLimit(users: number, setting: number | 'auto'): number {
  return setting === 'auto' ? Math.max(10, Math.floor(users / 2)) : setting;
}
