import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const markdown = (folder: string, recursive: boolean) =>
  readdirSync(folder, { recursive, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));

const files = [...markdown('.', false), ...markdown('docs', true)];

/** The text without its code, in which brackets are no links. */
const withoutCode = (text: string) =>
  text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, 'code');

/** The targets of a text's links that are in this repository. */
const linksIn = (text: string) =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** A heading's anchor, as GitHub makes it: lower case, hyphens for spaces, no other punctuation. */
const anchorOf = (heading: string) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

function anchorsIn(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  const anchors: string[] = [];
  for (const [, heading = ''] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = anchorOf(heading);
    const before = anchors.filter((one) => one.replace(/-\d+$/, '') === anchor).length;
    anchors.push(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

/** What is wrong with a link of a file; null where it works. */
function describeError(file: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const linked = path === '' ? file : join(dirname(file), decodeURIComponent(path));
  if (!existsSync(linked)) return `${target}: ${linked} does not exist`;
  if (anchor === undefined || statSync(linked).isDirectory() || !linked.endsWith('.md'))
    return null;
  return anchorsIn(linked).includes(anchor) ? null : `${target}: ${linked} has no such heading`;
}

describe('the links of the documentation', () => {
  it('are found', () => {
    expect(files).toContain('README.md');
    expect(files.flatMap((file) => linksIn(readFileSync(file, 'utf8'))).length).toBeGreaterThan(50);
  });

  it('are read as GitHub reads them', () => {
    expect(linksIn('[a](b.md#c), `[d](e)`, [f](https://example.com)')).toEqual(['b.md#c']);
    expect(anchorOf('Redrive: requeue `failed` messages')).toBe('redrive-requeue-failed-messages');
  });

  it.each(files)('%s links only to what exists', (file) => {
    const targets = linksIn(readFileSync(file, 'utf8'));
    expect(targets.map((target) => describeError(file, target)).filter(Boolean)).toEqual([]);
  });
});
