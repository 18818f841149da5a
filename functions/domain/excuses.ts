import type { Reason } from '../../events/outcome.ts';
import type { Settings } from './settings.ts';
import type { Reading, UserFacts } from './user-facts.ts';

/** What a user with this excuse is called in reports. */
export type Excused = 'protected' | 'exempt' | 'out-of-scope';

/** Why a user need not be held; 'none' where it does not apply, 'unread' where it cannot be told yet. */
type ExcuseFound = Reason | 'none' | 'unread';

interface Excuse {
  readonly standing: Excused;
  /** What it is told from. */
  readonly reading: Reading;
  readonly find: (facts: UserFacts, settings: Settings) => ExcuseFound;
}

/** All there are. A user for whom each is 'none' must be held; the first that applies names the standing. */
export const excuses: readonly Excuse[] = [
  { standing: 'protected', reading: 'devices', find: hasMfa },
  { standing: 'exempt', reading: 'profile', find: isExempt },
  { standing: 'out-of-scope', reading: 'password', find: isOutOfScope },
];

function hasMfa({ devices }: UserFacts): ExcuseFound {
  if (devices === undefined) return 'unread';
  if (devices.length === 0) return 'none';
  const count = devices.length === 1 ? 'an MFA device' : `${devices.length} MFA devices`;
  return { code: 'has-mfa', text: `has ${count} (${devices.join(', ')})` };
}

function isExempt({ profile }: UserFacts, { exemptTags }: Settings): ExcuseFound {
  if (profile === undefined) return 'unread';
  const match = exemptTags.find(
    ({ key, value }) =>
      Object.hasOwn(profile.tags, key) && profile.tags[key]?.toLowerCase() === value.toLowerCase(),
  );
  if (match === undefined) return 'none';
  return {
    code: 'exempt-tag',
    text: `is exempt by the tag ${match.key}=${profile.tags[match.key]}`,
  };
}

function isOutOfScope({ password }: UserFacts, { scope }: Settings): ExcuseFound {
  if (scope === 'all-users') return 'none';
  if (password === undefined) return 'unread';
  if (password) return 'none';
  return { code: 'no-password', text: 'has no password, and only console users are in scope' };
}
