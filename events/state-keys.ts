import { nameKey } from './names.ts';

/**
 * The keys of the state table, one for each kind of entry. Each role reads and writes certain kinds only, by the key's
 * beginning (dynamodb:LeadingKeys in infra/roles.yml and infra/organization.yml). docs/runbook.md describes the entries.
 */
export const stateKeys = {
  actionLog: (account: string, user: string) => `actions/${account}/${nameKey(user)}`,
  /** Since when the next block waits after a detach, so that DeleteUser can succeed. */
  deletionPause: (account: string, user: string) => `actions/${account}/${nameKey(user)}/pause`,
  /** The reservations under the account's block limit. */
  breaker: (account: string) => `breaker/${account}`,
  lastSweep: (account: string) => `sweep/${account}`,
  unswept: (account: string) => `unswept/${account}`,
  /** The organization's name of the account: sweeps write it, outcomes contain it. */
  accountName: (account: string) => `account/${account}`,
  /** An outcome that was posted. A "would" of observe mode needs another message when it happens. */
  sent: (mode: 'enforce' | 'observe', outcomeId: string) => `sent/${mode}/${outcomeId}`,
  /** The last notification under a dedup key. */
  lastNotification: (dedupKey: string) => `last/${dedupKey}`,
  sendLock: () => 'slack-send-lock',
} as const;
