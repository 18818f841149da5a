import type { Reason } from '../../../events/outcome.ts';
import { endsByPassword, exemptionOf } from './exemption.ts';
import type { Settings } from './settings.ts';
import { hasMfaDevice, type Reading, type UserFacts } from './user-facts.ts';

/** A user's status. An unprotected user must be blocked; the three others must not. */
type Status = Excluded | 'unprotected';

export interface Decision {
  readonly kind: 'decision';
  readonly action: 'block' | 'unblock' | 'none';
  readonly status: Status;
  /** Whether any block method blocked the user when the user was read. */
  readonly blocked: boolean;
  /** Everything the decision rests on, in the order it was weighed. Each text is a phrase that stands alone. */
  readonly reasons: readonly Reason[];
}

/** Too little has been read to decide. Any one of `needs` may settle it. */
export interface Undecided {
  readonly kind: 'undecided';
  readonly needs: readonly [Reading, ...Reading[]];
}

/**
 * The rule: a user is blocked if and only if in scope, not exempt and without an MFA device. With unblock=never only a
 * break-glass user is unblocked.
 * @param facts what has been read of the user so far
 * @param settings the deployment's settings
 * @param now decides whether an exemption has ended
 * @returns what to do and why, or what has to be read first
 */
export function decide(facts: UserFacts, settings: Settings, now: Date): Decision | Undecided {
  const asked = exclusions.map(({ ask, ...exclusion }) => ({
    ...exclusion,
    answer: ask(facts, settings, now),
  }));
  const applying = asked.find(({ answer }) => 'applies' in answer && answer.applies);
  if (applying === undefined) {
    const unread = asked.flatMap(({ answer }) => ('unread' in answer ? [answer.unread] : []));
    const [first, ...rest] = new Set(unread);
    if (first !== undefined) return { kind: 'undecided', needs: [first, ...rest] };
  }
  if (facts.attachments === undefined) return { kind: 'undecided', needs: ['attachments'] };

  const blocked = facts.attachments.methods.length > 0;
  const weighed = (applying === undefined ? asked : [applying]).flatMap(({ answer }) =>
    'applies' in answer && answer.reason ? [answer.reason] : [],
  );
  const decision = (action: Decision['action'], more: readonly Reason[] = []): Decision => ({
    kind: 'decision',
    action,
    status: applying?.status ?? 'unprotected',
    blocked,
    reasons: [...weighed, ...more],
  });

  if (applying === undefined)
    return blocked ? decision('none', [alreadyBlocked]) : decision('block');
  if (!blocked) return decision('none');
  if (settings.unblock !== 'never') return decision('unblock');
  // Break-glass unblocks a user with a device too: a user who lost the phone still has the device in IAM.
  if (facts.profile === undefined) return { kind: 'undecided', needs: ['profile'] };
  const { reason } = exemptionOf(facts.profile, settings, now);
  if (reason.code !== 'break-glass') return decision('none', [neverUnblocked]);
  return decision('unblock', applying.status === 'exempt' ? [] : [reason]);
}

/**
 * The decision on a blocked user of whom nothing more is read: the user stays blocked. A user who may be unblocked is
 * read again when an event or the credential report hints at it.
 * @returns null where no block method blocks the user, or where the block methods have not been read
 */
export function leftBlocked({ attachments }: UserFacts): Decision | null {
  if (attachments === undefined || attachments.methods.length === 0) return null;
  return {
    kind: 'decision',
    action: 'none',
    status: 'unprotected',
    blocked: true,
    reasons: [alreadyBlocked],
  };
}

const alreadyBlocked: Reason = { code: 'blocked', text: 'already blocked' };
const neverUnblocked: Reason = {
  code: 'unblock-never',
  text: 'stays blocked because Unblock is never',
};

/** The status of a user to whom an exclusion applies. */
type Excluded = 'protected' | 'exempt' | 'out-of-scope';

/** Whether an exclusion applies, and why or why not; or what has to be read first. */
type Answer =
  | { readonly applies: boolean; readonly reason?: Reason }
  | { readonly unread: Reading };

interface Exclusion {
  readonly status: Excluded;
  readonly ask: (facts: UserFacts, settings: Settings, now: Date) => Answer;
}

/** The three exclusions. The first that applies gives the status; a user to whom none applies must be blocked. */
const exclusions: readonly Exclusion[] = [
  { status: 'protected', ask: hasMfa },
  { status: 'exempt', ask: isExempt },
  { status: 'out-of-scope', ask: isOutOfScope },
];

function hasMfa(facts: UserFacts): Answer {
  const has = hasMfaDevice(facts);
  if (has === null) return { unread: 'devices' };
  return has
    ? { applies: true, reason: { code: 'has-mfa', text: devicesText(facts) } }
    : { applies: false, reason: { code: 'no-mfa', text: 'no MFA device' } };
}

function devicesText({ devices }: UserFacts): string {
  if (devices === undefined) return 'an MFA device (credential report)';
  const count = devices.length === 1 ? '1 MFA device' : `${devices.length} MFA devices`;
  return `${count} (${devices.join(', ')})`;
}

function isExempt({ profile, password }: UserFacts, settings: Settings, now: Date): Answer {
  if (profile === undefined) return { unread: 'profile' };
  const exemption = exemptionOf(profile, settings, now);
  const { exempt, reason } = exemption;
  if (!endsByPassword(exemption, settings)) return { applies: exempt, reason };
  if (password === undefined) return { unread: 'password' };
  if (!password) return { applies: true, reason };
  const text = `no exemption: a console password ends it (${reason.text})`;
  return { applies: false, reason: { code: 'exempt-with-password', text } };
}

function isOutOfScope({ password }: UserFacts, { scope }: Settings): Answer {
  // Stryker disable next-line ObjectLiteral: an answer without `applies` applies as little
  if (scope === 'all-users') return { applies: false };
  if (scope === 'no-users') {
    return {
      applies: true,
      reason: { code: 'no-users', text: 'no user is in scope (Scope=no-users)' },
    };
  }
  if (password === undefined) return { unread: 'password' };
  return password
    ? { applies: false, reason: { code: 'has-password', text: 'console password' } }
    : {
        applies: true,
        reason: {
          code: 'no-password',
          text: 'no console password (Scope=console-users)',
        },
      };
}
