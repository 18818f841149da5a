import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../events/outcome.ts';
import { sayNotRead } from '../../../functions/commands/organization.ts';
import { progressBar } from '../../../functions/commands/progress.ts';
import { fileMode, tableOptions } from '../../../functions/commands/report.ts';
import { reviewText } from '../../../functions/commands/review-text.ts';
import type { Terminal } from '../../../functions/commands/terminal.ts';
import { blocked, couldNot } from '../../fakes/outcomes.ts';
import { terminalOf } from '../../fakes/shell.ts';

/** A shell that shows progress, by a clock that a test moves. @returns what is said on standard error, too */
function shellWith(change: Partial<Terminal> = {}) {
  const clock = { time: Date.parse('2026-03-01T12:00:00Z') };
  const { terminal, err } = terminalOf({
    now: () => new Date(clock.time),
    progress: true,
    ...change,
  });
  return { terminal, message: err, clock };
}

describe('what a review did', () => {
  const markPublished = async () => undefined;
  const reviewed = (action: 'block' | 'unblock' | 'none', outcomes: readonly Outcome[] = []) => ({
    kind: 'reviewed' as const,
    outcomes,
    markPublished,
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
    markPublished,
    markNamed: markPublished,
  };
  it.each([
    [
      { kind: 'gone' as const, outcomes: [], markPublished },
      { action: 'none', done: true, message: 'no such user in this account' },
    ],
    [
      { kind: 'stale' as const, staleReads: ['x', 'y'] },
      {
        action: 'none',
        done: false,
        message: 'IAM does not show the change yet (x, y). Try again',
      },
    ],
    [
      { ...refused, counted: 1, assumed: 0 },
      {
        action: 'block',
        done: false,
        message: 'not blocked: 1 user is blocked already, and the block limit is 1 (--block-limit)',
      },
    ],
    [
      { ...refused, counted: 1, assumed: 1 },
      {
        action: 'block',
        done: false,
        message:
          'not blocked: 2 users are blocked already, and the block limit is 1 (--block-limit)',
      },
    ],
    [
      reviewed('block', [blocked(), couldNot()]),
      {
        action: 'block',
        done: false,
        message: `could not be changed: the user has as many policies as the quota allows (${why})`,
      },
    ],
    [reviewed('block', [blocked()]), { done: true, message: `blocked: ${why}` }],
    [
      reviewed('block', [blocked(), observed]),
      { action: 'block', done: true, message: `would be blocked: ${why}` },
    ],
    [reviewed('unblock'), { action: 'unblock', done: true, message: `unblocked: ${why}` }],
    [reviewed('unblock', [observed]), { message: `would be unblocked: ${why}` }],
    [reviewed('none', [observed]), { action: 'none', message: `no change needed: ${why}` }],
  ])('is said: %#', (result, words) => {
    expect(reviewText(result)).toMatchObject(words);
  });
});

describe('a table', () => {
  it('is as wide as the terminal, in colour there, and of no terminal in a file', () => {
    const { terminal } = shellWith({ screen: { columns: 77 } });
    expect(tableOptions(terminal, { format: 'table' })).toEqual({
      width: 77,
      color: true,
      all: false,
    });
    expect(tableOptions(terminal, { format: 'table', output: 'x', all: true })).toEqual({
      width: 140,
      color: false,
      all: true,
    });
  });

  it('in a file is for nobody else, but what node_exporter reads', () => {
    expect(fileMode('prometheus')).toBe(0o644);
    expect(fileMode('table')).toBe(0o600);
  });
});

describe('accounts that could not be read', () => {
  const place = { account: '222233334444', name: 'Payments', ou: [], lastSweptAt: null };
  const at = '2026-03-01T12:00:00.000Z';
  const head = {
    organization: 'o-x',
    managementAccount: '111122223333',
    at,
    finishedAt: at,
    decidedBy: '',
  };
  const notRead = {
    status: 'not-read' as const,
    ...place,
    at,
    problem: { code: 'denied', text: 'AWS denied it' },
  };
  const read = { status: 'read' as const, place, mode: 'enforce' as const, value: null };

  it('are named on standard error', () => {
    const { terminal, message } = shellWith();
    const counts = { listed: 3, read: 2, notRead: 1, leftOut: 0 };
    sayNotRead(terminal, { head: { ...head, counts }, accounts: [read, notRead, read] });
    expect(message.join('')).toBe(
      '1 of 3 accounts could not be read:\n  Payments (222233334444): AWS denied it\n',
    );
  });

  it('are none where all could be', () => {
    const { terminal, message } = shellWith();
    const counts = { listed: 1, read: 1, notRead: 0, leftOut: 0 };
    sayNotRead(terminal, { head: { ...head, counts }, accounts: [read] });
    expect(message).toEqual([]);
  });
});

describe('progress', () => {
  it('is drawn ten times a second at most, and cleared', () => {
    const { terminal, message, clock } = shellWith();
    const bar = progressBar(terminal, 'Reading', 4);
    bar.tick();
    clock.time += 99;
    bar.tick('unseen');
    clock.time += 1;
    bar.tick(', 1 odd');
    bar.done();
    expect(message).toEqual([
      `\rReading ${'░'.repeat(24)} 0/4\u001b[K`,
      `\rReading ${'█'.repeat(6)}${'░'.repeat(18)} 1/4\u001b[K`,
      `\rReading ${'█'.repeat(18)}${'░'.repeat(6)} 3/4, 1 odd\u001b[K`,
      '\r\u001b[K',
    ]);
  });

  it('of nothing is all, and of more than there seemed to be, too', () => {
    const { terminal, message } = shellWith();
    const bar = progressBar(terminal, 'Reading', 0);
    bar.tick();
    expect(message).toEqual([
      `\rReading ${'█'.repeat(24)} 0/0\u001b[K`,
      `\rReading ${'█'.repeat(24)} 1/1\u001b[K`,
    ]);
  });

  it('is not drawn where nobody looks', () => {
    const { terminal, message } = shellWith({ progress: false });
    const bar = progressBar(terminal, 'Reading', 1);
    bar.tick();
    bar.done();
    expect(message).toEqual([]);
  });
});
