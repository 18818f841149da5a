import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { columns, logLine, startStep, withProgress } from '../../../../infra/local/screen.ts';

const { isTTY, columns: width } = process.stdout;
let written: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  Object.assign(process.stdout, { isTTY, columns: width });
});

/** Runs something that takes some time. @returns what was written before it ended, and all */
async function running(ms: number) {
  const done = withProgress('packaging', () => new Promise((end) => setTimeout(end, ms)));
  await vi.advanceTimersByTimeAsync(ms - 1);
  const before = [...written];
  await vi.advanceTimersByTimeAsync(1);
  await done;
  return { before, after: written.slice(before.length) };
}

describe('the progress of the local run', () => {
  it.each([true, false])('says nothing of what takes two seconds (terminal: %s)', async (tty) => {
    Object.assign(process.stdout, { isTTY: tty });
    expect((await running(1_999)).before).toEqual([]);
  });

  it('is a line after two seconds, and every ten, without a terminal', async () => {
    Object.assign(process.stdout, { isTTY: false });
    const { before, after } = await running(23_000);
    expect(before).toEqual([
      '  … packaging, 2 s\n',
      '  … packaging, 12 s\n',
      '  … packaging, 22 s\n',
    ]);
    expect(after).toEqual([]);
  });

  it('is one line on a terminal, which counts the seconds and disappears', async () => {
    Object.assign(process.stdout, { isTTY: true, columns: 80 });
    const { before, after } = await running(3_500);
    expect(before[0]).toContain('… packaging, 2 s');
    expect(before.at(-1)).toContain('… packaging, 3 s');
    expect(before.join('')).not.toContain('\n');
    expect(after.at(-1)).toBe('\r\u001b[K');
  });

  it('ends with what it shows when that fails', async () => {
    Object.assign(process.stdout, { isTTY: false });
    const failing = withProgress('packaging', () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written).toEqual([]);
  });
});

describe('a line of the local run', () => {
  it.each([
    [60, 60],
    [80, 80],
    [200, 100],
    [undefined, 80],
  ])('on a screen of %s columns takes at most %i', async (screen, most) => {
    Object.assign(process.stdout, { isTTY: false, columns: screen });
    expect(columns()).toBe(most);
    await startStep(
      'AWS',
      'starting',
      () => 'x'.repeat(200),
      async () => 1,
    );
    const line = logLine(new Date(0), 'word '.repeat(50), 'why '.repeat(50));
    const lengths = [...written.join('').trimEnd().split('\n'), ...line.split('\n')].map(
      (one) => stripVTControlCharacters(one).trimEnd().length,
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(most);
  });
});
