import type { Reason } from '../../../events/outcome.ts';
import { exemptionOf } from './exemption.ts';
import type { Settings } from './settings.ts';
import type { Reading, UserFacts } from './user-facts.ts';

/** What a user is: unprotected users are the ones who must be blocked. */
type Status = Excluded | 'unprotected';

export interface Decision {
  readonly kind: 'decision';
  readonly action: 'block' | 'unblock' | 'none';
  readonly status: Status;
  /** The user was blocked when read, by whichever block method. */
  readonly blocked: boolean;
  /** Everything the decision rests on, in the order it was weighed. Each text continues "The user …". */
  readonly reasons: readonly Reason[];
}

/** Too little has been read; each of `needs` could settle it. */
export interface Undecided {
  readonly kind: 'undecided';
  readonly needs: readonly [Reading, ...Reading[]];
}

/**
 * The rule: a user is blocked if and only if in scope, not exempt and without an MFA device; with unblock=never
 * nobody is unblocked but a break-glass user.
 * @param facts what has been read of the user so far
 * @param settings the deployment's settings
 * @param now decides whether an exemption has ended
 * @returns what to do and why; or what has to be read before that can be said
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
  // Break-glass unblocks whatever else applies: who lost the phone still has a device.
  if (facts.profile === undefined) return { kind: 'undecided', needs: ['profile'] };
  const { reason } = exemptionOf(facts.profile, settings, now);
  if (reason.code !== 'break-glass') return decision('none', [neverUnblocked]);
  return decision('unblock', applying.status === 'exempt' ? [] : [reason]);
}

/**
 * The decision on a user who is blocked, and of whom nothing more is read: nobody unprotected goes free by it, and a
 * unblock waits until something hints at it.
 * @returns null where the user is not blocked by any block method, or how has not been read
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

const alreadyBlocked: Reason = { code: 'blocked', text: 'is blocked already' };
const neverUnblocked: Reason = {
  code: 'unblock-never',
  text: 'stays blocked, since Unblock is set to never',
};

/** What a user with this exclusion is called in reports. */
type Excluded = 'protected' | 'exempt' | 'out-of-scope';

/** Whether an exclusion applies, and why or why not; or what has to be read before that can be told. */
type Answer =
  | { readonly applies: boolean; readonly reason?: Reason }
  | { readonly unread: Reading };

interface Exclusion {
  readonly status: Excluded;
  readonly ask: (facts: UserFacts, settings: Settings, now: Date) => Answer;
}

/** All there are. A user to whom none applies must be blocked; the first that applies names the status. */
const exclusions: readonly Exclusion[] = [
  { status: 'protected', ask: hasMfa },
  { status: 'exempt', ask: isExempt },
  { status: 'out-of-scope', ask: isOutOfScope },
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
