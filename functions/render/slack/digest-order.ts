import type { Outcome } from '../../../events/outcome.ts';
import { isSuspicious } from './exemption-seen.ts';

/** What a digest can contain. A sweep and an open breaker are messages of their own: each sums up many users. */
export type Digestible = Exclude<
  Outcome,
  { kind: 'sweep-finished' | 'breaker-open' | 'organization-swept' }
>;

/** Sorts by urgency. The outcomes of one user and of one account stay together, a user's in the order of time. */
export function inOrder(outcomes: readonly Digestible[]): Digestible[] {
  const most = new Map<string, number>();
  for (const outcome of outcomes) {
    const key = subject(outcome);
    most.set(key, Math.min(urgency(outcome), most.get(key) ?? Number.POSITIVE_INFINITY));
  }
  const rank = (outcome: Digestible) => most.get(subject(outcome)) ?? 0;
  const accounts = [...new Set(outcomes.map(({ account }) => account))];
  const subjects = [...new Set(outcomes.map(subject))];
  return outcomes.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      accounts.indexOf(a.account) - accounts.indexOf(b.account) ||
      subjects.indexOf(subject(a)) - subjects.indexOf(subject(b)) ||
      Date.parse(a.at) - Date.parse(b.at),
  );
}

const subject = (outcome: Digestible) =>
  'user' in outcome ? `${outcome.account}/${outcome.user}` : outcome.id;

/** How urgent an outcome is for a person: 0 at once, 1 soon, 2 and 3 for information. */
export function urgency(outcome: Digestible): number {
  switch (outcome.kind) {
    case 'tampering-seen':
      return 0;
    case 'policy-changed':
      return outcome.state === 'intact' || outcome.state === 'restored' ? 2 : 0;
    case 'could-not-enforce':
    case 'account-unreachable':
      return 1;
    case 'exemption-seen':
      return isSuspicious(outcome) ? 1 : 3;
    case 'user-blocked':
    case 'mfa-device-added-by-other':
      return 2;
    case 'user-unblocked':
      return 3;
    default:
      return outcome satisfies never;
  }
}

/**
 * Whether the enforcer did not do it because its account is in observe mode. The actions of others and an unreachable
 * account are real in either mode.
 */
export function isWould({ kind, mode }: Digestible): boolean {
  const ours = kind === 'user-blocked' || kind === 'user-unblocked' || kind === 'could-not-enforce';
  return ours && mode === 'observe';
}

/** A digest's outcomes in one line: "2 changes: 1 blocked; in observe mode, would be: 1 unblocked". */
export function groupsOf(outcomes: readonly Digestible[]): string {
  const done = countGroups(outcomes.filter((outcome) => !isWould(outcome)));
  const would = countGroups(outcomes.filter(isWould));
  return [done, would === '' ? '' : `in observe mode, would be: ${would}`]
    .filter((part) => part !== '')
    .join('; ');
}

function countGroups(outcomes: readonly Digestible[]): string {
  return Object.entries(groupNames)
    .map(([group, name]) => {
      const many = outcomes.filter(({ kind }) => groups[kind] === group).length;
      return many === 0 ? '' : `${many} ${many === 1 ? name : (plurals[name] ?? name)}`;
    })
    .filter((part) => part !== '')
    .join(', ');
}

const groupNames = {
  tampering: 'tampered with',
  unreachable: 'account not checked',
  failed: 'not enforced',
  blocked: 'blocked',
  unblocked: 'unblocked',
  exemption: 'exemption change',
  device: 'enrolled by another identity',
} as const;

const plurals: Readonly<Record<string, string>> = {
  [groupNames.unreachable]: 'accounts not checked',
  [groupNames.exemption]: 'exemption changes',
};

const groups: Readonly<Record<Digestible['kind'], keyof typeof groupNames>> = {
  'policy-changed': 'tampering',
  'tampering-seen': 'tampering',
  'account-unreachable': 'unreachable',
  'could-not-enforce': 'failed',
  'user-blocked': 'blocked',
  'user-unblocked': 'unblocked',
  'exemption-seen': 'exemption',
  'mfa-device-added-by-other': 'device',
};
