/** How many users are held and how many there are, from live IAM. */
export interface HoldCounts {
  /** AttachmentCount of ForceMFA (GetPolicy). */
  readonly held: number;
  /** Users of the account (GetAccountSummary). */
  readonly users: number;
}

/** How many more users may be held, and what that rests on. */
export interface HoldRoom {
  readonly held: number;
  readonly limit: number;
  readonly room: number;
}

/**
 * The circuit breaker's rule: a fault that makes everyone look unprotected must not lock everyone out.
 * @param counts held users and all users
 * @param setting the deployment's limit, or 'auto': the larger of 10 and half the account
 * @returns the limit and the room that is left under it, never below 0
 */
export function holdRoom({ held, users }: HoldCounts, setting: number | 'auto'): HoldRoom {
  const limit = setting === 'auto' ? Math.max(10, Math.floor(users / 2)) : setting;
  return { held, limit, room: Math.max(0, limit - held) };
}
