import type { Settings } from '../rules/settings.ts';

/** The role in every spoke that on-iam-change reviews with: reads users, blocks and unblocks them. */
export const reviewRole = (policyName: string) => `${policyName}-review`;

/** The role in every spoke that sweeps and reports read with. */
export const readRole = (policyName: string) => `${policyName}-read`;

/** The role in every spoke that sweeps probe its event path with: it tags the ForceMFA policy, and does nothing else. */
export const probeRole = (policyName: string) => `${policyName}-probe`;

/** The role in every spoke that its rules send events to the hub with. */
export const forwardRole = (policyName: string) => `${policyName}-forward`;

/** The role in the hub that reports on the organization are made with. */
export const reportRole = (policyName: string) => `${policyName}-report`;

/** The tags of a spoke's roles that say how its account is managed; infra/spoke.yml writes them. */
export const spokeTags = {
  mode: 'mfa-enforcer:mode',
  blockLimit: 'mfa-enforcer:block-limit',
  enrolWith: 'mfa-enforcer:enrol-with',
} as const;

/** A tag of a spoke's role has an invalid value. */
export class BadSpoke extends Error {
  override readonly name = 'BadSpoke';
}

/**
 * The settings of a spoke's account: the hub's settings with the spoke's ARNs and the values of its own tags. Observe mode wins:
 * where the hub or the spoke observes, nothing is written.
 * @param hub the hub's settings
 * @param account the spoke's account, 12 digits
 * @param role the role that acts there
 * @param tags of that role; a missing tag means the hub's value
 * @throws BadSpoke where a tag has no such value
 */
export function spokeSettings(
  hub: Settings,
  account: string,
  role: string,
  tags: Readonly<Record<string, string>>,
): Settings {
  const there = (arn: string) => arn.replace(`::${hub.account}:`, `::${account}:`);
  const mode = tags[spokeTags.mode] ?? 'hub';
  if (mode !== 'hub' && mode !== 'enforce' && mode !== 'observe') {
    throw wrongTag(account, role, spokeTags.mode, mode, 'hub, enforce or observe');
  }
  return {
    ...hub,
    account,
    enforcerRole: role,
    policyArn: there(hub.policyArn),
    boundaryArn: there(hub.boundaryArn),
    mode: mode === 'observe' ? 'observe' : hub.mode,
    enrolWith: enrolWithOf(hub, account, role, tags[spokeTags.enrolWith]),
    blockLimit: blockLimitOf(hub, account, role, tags[spokeTags.blockLimit] ?? 'hub'),
  };
}

function blockLimitOf(
  hub: Settings,
  account: string,
  role: string,
  limit: string,
): Settings['blockLimit'] {
  if (limit === 'hub') return hub.blockLimit;
  if (limit === 'auto') return 'auto';
  if (/^\d{1,4}$/.test(limit)) return Number(limit);
  throw wrongTag(
    account,
    role,
    spokeTags.blockLimit,
    limit,
    'hub, auto or a number from 0 to 9999',
  );
}

/** The spoke's own value: the spoke deploys its own policies, before or after the hub's. */
function enrolWithOf(
  hub: Settings,
  account: string,
  role: string,
  enrolWith: string | undefined,
): Settings['enrolWith'] {
  if (enrolWith === undefined) return hub.enrolWith;
  if (enrolWith === 'console' || enrolWith === 'console-and-keys') return enrolWith;
  throw wrongTag(account, role, spokeTags.enrolWith, enrolWith, 'console or console-and-keys');
}

function wrongTag(account: string, role: string, tag: string, value: string, allowed: string) {
  return new BadSpoke(
    `the tag ${tag} of the role ${role} in account ${account} is "${value}" and must be ${allowed}`,
  );
}
