import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { partitions } from '../../../functions/domain/rules/partition.ts';
import { run } from '../../fakes/command.ts';

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
const readme = readFileSync('README.md', 'utf8');

/** A cell of docs/benchmarks.md, where a plain sweep and the enforcer's are compared. */
function secondNight(column: number): string {
  const row = readFileSync('docs/benchmarks.md', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('| 5,000 | second |'));
  return row?.split('|')[column]?.trim() ?? 'no such row';
}

function minimumNode(): string {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    engines: { node: string };
  };
  return engines.node.replace(/^>=/, '').replace(/\.0$/, '');
}

function costOfAnAccount(): string {
  const text = oneLine(readFileSync('docs/scale.md', 'utf8'));
  return /A single account costs (about [\d.]+ USD a month)/.exec(text)?.[1] ?? 'not stated';
}

/** Every number of README, in its words, from its source. */
const numbers: readonly [source: string, words: () => string][] = [
  ['package.json, engines', () => `Node ${minimumNode()} or later`],
  ['docs/benchmarks.md', () => `costs ${secondNight(4)} calls at 5,000 users`],
  ['docs/benchmarks.md', () => `asking about each user would cost ${secondNight(3)}`],
  ['docs/scale.md', () => `One account costs ${costOfAnAccount()}`],
  ['functions/domain/rules/partition.ts', () => partitions.aws.eventRegion],
  ['when one is called at night', () => 'at 3 a.m.'],
];

describe('README.md', () => {
  it.each(numbers)('has the number of %s', (_, words) => {
    expect(oneLine(readme)).toContain(words());
  });

  it('has no other number', () => {
    let rest = oneLine(readme.replaceAll(/\]\([^)]*\)/g, '](…)').replaceAll(/^\d\. /gm, ''));
    for (const [, words] of numbers) rest = rest.replaceAll(words(), '');
    expect(rest.match(/.{0,40}\d.{0,40}/g)).toBeNull();
  });

  it('fits on a screen or two', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(120);
  });
});

it('docs/comparison.md has the cost of docs/scale.md', () => {
  expect(readFileSync('docs/comparison.md', 'utf8')).toContain(`[${costOfAnAccount()}]`);
});

it('docs/commands.md lists the commands that there are', async () => {
  const { stdout } = await run('http://127.0.0.1:9', ['--help']);
  const [, list = ''] = /\nCommands:\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
  const commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
  const page = readFileSync('docs/commands.md', 'utf8');
  const listed = [...page.matchAll(/^\| `([a-z]+)/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(10);
  expect(listed.toSorted()).toEqual(commands.filter((name) => name !== 'help').toSorted());
});
