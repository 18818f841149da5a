import { nameKey } from './names.ts';

/**
 * The keys of the state table, one for each kind of entry. Each role reads and writes certain kinds only, by the key's
 * beginning (dynamodb:LeadingKeys in infra/roles.yml and infra/organization.yml). docs/runbook.md describes the entries.
 */
export const stateKeys = {
  actionLog: (account: string, user: string) => `actions/${account}/${nameKey(user)}`,
  /** Since when the next block waits after a detach, so that DeleteUser can succeed. */
  deletionPause: (account: string, user: string) => `actions/${account}/${nameKey(user)}/pause`,
  /** Who created the user, set the password, attached a policy and deactivated a device in the last day. */
  accessHistory: (account: string, user: string) => `actions/${account}/${nameKey(user)}/access`,
  /** Who removed the user's block in the last hour. */
  removals: (account: string, user: string) => `actions/${account}/${nameKey(user)}/removals`,
  /** When the account's users began to have time to enrol. */
  accountGrace: (account: string) => `grace/${account}`,
  /** Since when a user has time to enrol, by the user's ID. */
  userGrace: (account: string, userId: string) => `grace/${account}/${userId}`,
  /** The reservations under the account's block limit. */
  breaker: (account: string) => `breaker/${account}`,
  lastSweep: (account: string) => `sweep/${account}`,
  unswept: (account: string) => `unswept/${account}`,
  /** The users without an MFA device whom sweeps have seen dormant. */
  dormant: (account: string) => `dormant/${account}`,
  /** The orphan devices that sweeps have seen. */
  orphans: (account: string) => `orphans/${account}`,
  /** The organization's name of the account: sweeps write it, outcomes contain it. */
  accountName: (account: string) => `account/${account}`,
  /** An outcome that was posted. A "would" of observe mode needs another message when it happens. */
  sent: (mode: 'enforce' | 'observe', outcomeId: string) => `sent/${mode}/${outcomeId}`,
  /** The last notification under a dedup key. */
  lastNotification: (dedupKey: string) => `last/${dedupKey}`,
  /** The last probe of the account's event path: nightly-sweep writes it. */
  probe: (account: string) => `probe/${account}`,
  /** The last probe that came back as an event: on-iam-change writes it. */
  proof: (account: string) => `proof/${account}`,
  /** What the check of the event path found: nightly-sweep writes it. */
  path: (account: string) => `path/${account}`,
  slackSendLock: () => 'slack-send-lock',
  /** The last mail of a kind to a user. */
  mail: (account: string, kind: string, user: string) => `mail/${account}/${kind}/${nameKey(user)}`,
  mailSendLock: () => 'mail-send-lock',
} as const;
