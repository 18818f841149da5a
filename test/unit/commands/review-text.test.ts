import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../events/outcome.ts';
import { reviewText } from '../../../functions/commands/review-text.ts';
import { blocked, couldNot } from '../../fakes/outcomes.ts';

describe('reviewText', () => {
  const at = new Date(0);
  const reviewed = (action: 'block' | 'unblock' | 'none', outcomes: readonly Outcome[] = []) => ({
    kind: 'reviewed' as const,
    outcomes,
    at,
    repeatIn: 0,
    grace: null,
    userRead: {
      facts: { user: 'dana' },
      decision: {
        kind: 'decision' as const,
        action,
        status: 'unprotected' as const,
        blocked: false,
        reasons: [
          { code: 'a', text: 'no MFA device' },
          { code: 'b', text: 'no exemption' },
        ],
      },
    },
  });
  const why = 'no MFA device, no exemption';
  const observed = blocked({ mode: 'observe' });

  const refused = {
    kind: 'breaker-open' as const,
    user: 'dana',
    limit: 1,
    named: false,
    since: new Date(0),
    outcomes: [],
    at,
    markNamed: async () => undefined,
  };
  it.each([
    [
      'a user who is gone',
      { kind: 'gone' as const, outcomes: [], at },
      { action: 'none', done: true, message: 'no such user in this account' },
    ],
    [
      'a stale read',
      { kind: 'stale' as const, staleReads: ['x', 'y'] },
      {
        action: 'none',
        done: false,
        message: 'IAM does not show the change yet (x, y). Try again',
      },
    ],
    [
      'a block that the limit refuses',
      { ...refused, counted: 1, assumed: 0 },
      {
        action: 'block',
        done: false,
        message: 'not blocked: 1 user is blocked already, and the block limit is 1 (--block-limit)',
      },
    ],
    [
      'a refusal that counts reservations',
      { ...refused, counted: 1, assumed: 1 },
      {
        action: 'block',
        done: false,
        message:
          'not blocked: 2 users are blocked already, and the block limit is 1 (--block-limit)',
      },
    ],
    [
      'an action that failed',
      reviewed('block', [blocked(), couldNot()]),
      {
        action: 'block',
        done: false,
        message: `could not be changed: the user has as many policies as the quota allows (${why})`,
      },
    ],
    ['a block', reviewed('block', [blocked()]), { done: true, message: `blocked: ${why}` }],
    [
      'a block in observe mode',
      reviewed('block', [blocked(), observed]),
      { action: 'block', done: true, message: `would be blocked: ${why}` },
    ],
    [
      'an unblock',
      reviewed('unblock'),
      { action: 'unblock', done: true, message: `unblocked: ${why}` },
    ],
    [
      'an unblock in observe mode',
      reviewed('unblock', [observed]),
      { message: `would be unblocked: ${why}` },
    ],
    [
      'no change',
      reviewed('none', [observed]),
      { action: 'none', message: `no change needed: ${why}` },
    ],
  ])('describes %s', (_name, result, expected) => {
    expect(reviewText(result)).toMatchObject(expected);
  });
});
