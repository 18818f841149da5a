import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errorMessages, isAbout, sourceFiles } from '../../fakes/error-messages.ts';

const page = readFileSync('docs/troubleshooting.md', 'utf8');
const rows = [...page.matchAll(/^\| `([^`]+)` \| (.+) \| (.+) \| (.+) \|$/gm)].map(
  ([, message = '', cause = '', fix = '', test = '']) => ({ message, cause, fix, test }),
);
const messages = errorMessages();

/** Parts of a fix that belong to another message: a command after a text that is a variable. */
const NO_MESSAGE = ['roles Deploy this release: deploy', 'webhook --overwrite'];

describe('docs/troubleshooting.md', () => {
  it('finds the messages in the sources', () => {
    expect(messages.length).toBeGreaterThan(130);
    expect(messages.map(({ text }) => text)).toContain(
      'Account … has no IAM user …. Check the name, and the account (--profile, --account).',
    );
  });

  it('has a row for every message', () => {
    const without = messages.filter(
      ({ text }) =>
        !NO_MESSAGE.includes(text) && !rows.some(({ message }) => isAbout(message, text)),
    );
    expect(without).toEqual([]);
  });

  // A long message is several literals.
  const sources = sourceFiles
    .map((file) => readFileSync(file, 'utf8').replaceAll(/['`] \+\n\s*['`]/g, ''))
    .join('\n');
  const checks =
    /^(?:region|stack|trail|rules|queues|failed messages|functions|roles|policy|webhook|mail|last sweep|event path) /;

  it.each(rows)('has a message that the sources have: $message', ({ message }) => {
    const parts = message.split('…').map((part) => part.trim());
    const [first = '', ...rest] = parts;
    for (const part of [first.replace(checks, ''), ...rest]) {
      // Commands are built of several parts.
      if (!part.includes(' cloudtrail ')) expect(sources.includes(part), part).toBe(true);
    }
  });

  /** Neighbouring words of a message. A regular expression in a test may have only some of them. */
  const phrases = (message: string) =>
    message
      .replace(checks, '')
      .split('…')
      .flatMap((part) => {
        const words = part.trim().split(' ');
        return words.slice(0, -1).map((word, index) => `${word} ${words[index + 1]}`);
      })
      .filter((phrase) => phrase.length >= 9);
  const findings = readFileSync('test/integration/pipeline/golden/doctor.txt', 'utf8');

  it.each(rows)('names a test that is about $message', ({ message, test }) => {
    const [, file] = /\(\.\.\/(.+)\)/.exec(test) ?? [];
    if (file === undefined) return;
    const text = readFileSync(file, 'utf8') + (file.includes('doctor-findings') ? findings : '');
    const all = phrases(message);
    expect(all.length === 0 || all.some((phrase) => text.includes(phrase)), String(all)).toBe(true);
  });

  it('says for every message the cause, what to do, and the test', () => {
    const incomplete = rows.filter(({ cause, fix }) => cause.trim() === '' || fix.trim() === '');
    expect(incomplete).toEqual([]);
    const untested = rows.filter(
      ({ test }) => !/^\[[\w-]+\]\(\.\.\/test\/.+\.test\.ts\)$/.test(test),
    );
    // AWS gives neither by its contract.
    expect(untested.map(({ message }) => message)).toEqual([
      'CloudFormation found nothing to create in …',
      'StackSets returned no operation ID',
    ]);
  });
});
