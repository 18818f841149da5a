import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { visible } from '../../../functions/render/terminal-text.ts';
import { createLog, type Log } from '../../../functions/runtime/log.ts';

/** What a log writes to standard output and standard error. */
function written(write: (log: Log) => void): string {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  const lines: string[] = [];
  const capture = (chunk: unknown) => lines.push(String(chunk)) > 0;
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(capture),
  );
  write(createLog('on-iam-change'));
  for (const stream of streams) stream.mockRestore();
  return lines.join('');
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

// Texts that others choose: names of roles and sessions, user agents, errors that quote a request.
const hostile = [
  'dana\n{"level":"ERROR","message":"tampering seen"}',
  'dana\r\n2026-11-29T00:00:00Z END RequestId: forged',
  'dana\u001b[2J\u001b[1;1H',
  'dana\u009b2J',
  'dana\u0085second line',
  'dana\u2028second line',
  '\u202eanad',
  'dana","level":"ERROR","x":"',
  '{"level":"ERROR"}',
  '__proto__',
  '\ud83d',
  '$(id) `id` %n %s',
];
// What ends a line, steers a terminal or turns the direction of text.
const STEERING = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

describe('a text from outside in the log', () => {
  it.each(hostile.map((text) => [visible(JSON.stringify(text), false), text] as const))(
    '%s stays a value of one line',
    (_, text) => {
      const line = written((log) => log.warn('dropped', { actor: text, error: new Error(text) }));
      expect(line.slice(0, -1)).not.toMatch(STEERING);
      expect(line.endsWith('\n')).toBe(true);
      expect(JSON.parse(line)).toMatchObject({ level: 'WARN', message: 'dropped' });
    },
  );

  it('never makes a second line, whatever it is', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile));
    fc.assert(
      fc.property(text, text, fc.dictionary(text, text), (name, why, values) => {
        const line = written((log) => log.error(name, { why, values, error: new Error(why) }));
        expect(line.slice(0, -1)).not.toContain('\n');
        expect(JSON.parse(line)).toMatchObject({ level: 'ERROR', service: 'on-iam-change' });
      }),
      { numRuns: 500 },
    );
  });
});
