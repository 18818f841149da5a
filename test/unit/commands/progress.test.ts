import { describe, expect, it } from 'vitest';
import { progressBar } from '../../../functions/commands/progress.ts';
import type { Terminal } from '../../../functions/commands/terminal.ts';
import { terminalOf } from '../../fakes/shell.ts';

/** A terminal that shows progress, with a clock that the test moves. */
function terminalWith(change: Partial<Terminal> = {}) {
  const clock = { time: Date.parse('2026-03-01T12:00:00Z') };
  const now = () => new Date(clock.time);
  return { ...terminalOf({ now, progress: true, ...change }), clock };
}

describe('the progress bar', () => {
  it('is drawn at most ten times a second, and cleared at the end', () => {
    const { terminal, err, clock } = terminalWith();
    const bar = progressBar(terminal, 'Reading', 4);
    bar.tick();
    clock.time += 99;
    bar.tick('unseen');
    clock.time += 1;
    bar.tick(', 1 odd');
    bar.done();
    expect(err).toEqual([
      `\rReading ${'░'.repeat(24)} 0/4\u001b[K`,
      `\rReading ${'█'.repeat(6)}${'░'.repeat(18)} 1/4\u001b[K`,
      `\rReading ${'█'.repeat(18)}${'░'.repeat(6)} 3/4, 1 odd\u001b[K`,
      '\r\u001b[K',
    ]);
  });

  it('is full where the total is 0, and where more ticks come than expected', () => {
    const { terminal, err } = terminalWith();
    const bar = progressBar(terminal, 'Reading', 0);
    bar.tick();
    expect(err).toEqual([
      `\rReading ${'█'.repeat(24)} 0/0\u001b[K`,
      `\rReading ${'█'.repeat(24)} 1/1\u001b[K`,
    ]);
  });

  it('is not drawn where standard error is not a terminal', () => {
    const { terminal, err } = terminalWith({ progress: false });
    const bar = progressBar(terminal, 'Reading', 1);
    bar.tick();
    bar.done();
    expect(err).toEqual([]);
  });
});
