import type { Reason } from '../../events/outcome.ts';
import { exemptionOf } from './exemption.ts';
import type { Settings } from './settings.ts';
import type { Reading, UserFacts } from './user-facts.ts';

/** What a user with this excuse is called in reports. */
export type Excused = 'protected' | 'exempt' | 'out-of-scope';

/** Whether an excuse applies, and why or why not; 'unread' where it cannot be told yet. */
type Answer = { readonly applies: boolean; readonly reason?: Reason } | 'unread';

interface Excuse {
  readonly standing: Excused;
  /** What it is told from. */
  readonly reading: Reading;
  readonly ask: (facts: UserFacts, settings: Settings, now: Date) => Answer;
}

/** All there are. A user to whom none applies must be held; the first that applies names the standing. */
export const excuses: readonly Excuse[] = [
  { standing: 'protected', reading: 'devices', ask: hasMfa },
  { standing: 'exempt', reading: 'profile', ask: isExempt },
  { standing: 'out-of-scope', reading: 'password', ask: isOutOfScope },
];

function hasMfa({ devices }: UserFacts): Answer {
  if (devices === undefined) return 'unread';
  if (devices.length === 0) {
    return { applies: false, reason: { code: 'no-mfa', text: 'has no MFA device' } };
  }
  const count = devices.length === 1 ? 'an MFA device' : `${devices.length} MFA devices`;
  return {
    applies: true,
    reason: { code: 'has-mfa', text: `has ${count} (${devices.join(', ')})` },
  };
}

function isExempt({ profile }: UserFacts, settings: Settings, now: Date): Answer {
  if (profile === undefined) return 'unread';
  const { exempt, reason } = exemptionOf(profile.tags, settings, now);
  return { applies: exempt, reason };
}

function isOutOfScope({ password }: UserFacts, { scope }: Settings): Answer {
  if (scope === 'all-users') return { applies: false };
  if (password === undefined) return 'unread';
  return password
    ? { applies: false, reason: { code: 'has-password', text: 'has a console password' } }
    : {
        applies: true,
        reason: {
          code: 'no-password',
          text: 'has no password, and only console users are in scope',
        },
      };
}
