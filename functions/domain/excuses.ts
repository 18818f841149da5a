import type { Reason } from '../../events/outcome.ts';
import { exemptionOf } from './exemption.ts';
import type { Settings } from './settings.ts';
import type { Reading, UserFacts } from './user-facts.ts';

/** What a user with this excuse is called in reports. */
export type Excused = 'protected' | 'exempt' | 'out-of-scope';

/** Whether an excuse applies, and why or why not; or what has to be read before that can be told. */
type Answer =
  | { readonly applies: boolean; readonly reason?: Reason }
  | { readonly unread: Reading };

interface Excuse {
  readonly standing: Excused;
  readonly ask: (facts: UserFacts, settings: Settings, now: Date) => Answer;
}

/** All there are. A user to whom none applies must be held; the first that applies names the standing. */
export const excuses: readonly Excuse[] = [
  { standing: 'protected', ask: hasMfa },
  { standing: 'exempt', ask: isExempt },
  { standing: 'out-of-scope', ask: isOutOfScope },
];

function hasMfa({ devices }: UserFacts): Answer {
  if (devices === undefined) return { unread: 'devices' };
  if (devices.length === 0) {
    return { applies: false, reason: { code: 'no-mfa', text: 'has no MFA device' } };
  }
  const count = devices.length === 1 ? 'an MFA device' : `${devices.length} MFA devices`;
  return {
    applies: true,
    reason: { code: 'has-mfa', text: `has ${count} (${devices.join(', ')})` },
  };
}

function isExempt({ profile, password }: UserFacts, settings: Settings, now: Date): Answer {
  if (profile === undefined) return { unread: 'profile' };
  const { exempt, reason } = exemptionOf(profile, settings, now);
  const passwordMatters =
    settings.exemptPassword === 'ends-exemption' && reason.code !== 'break-glass';
  if (!exempt || !passwordMatters) return { applies: exempt, reason };
  if (password === undefined) return { unread: 'password' };
  if (!password) return { applies: true, reason };
  const text = `${reason.text}, which a console password ends`;
  return { applies: false, reason: { code: 'exempt-with-password', text } };
}

function isOutOfScope({ password }: UserFacts, { scope }: Settings): Answer {
  // Stryker disable next-line ObjectLiteral: an answer without `applies` applies as little
  if (scope === 'all-users') return { applies: false };
  if (password === undefined) return { unread: 'password' };
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
