import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = 'functions/commands';
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
  .join('\n')
  // A long message is several literals.
  .replaceAll(/['`] \+\n\s*['`]/g, '');

const page = readFileSync('docs/organization.md', 'utf8');
const [, table = ''] = /^Messages of .*\n\n((?:\|.*\n)+)/m.exec(page) ?? [];
const messages = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = '']) => message);

describe('docs/organization.md', () => {
  it('lists messages', () => {
    expect(messages.length).toBeGreaterThan(10);
  });

  it.each(messages)('lists a message that the commands have: %s', (message) => {
    for (const part of message.split('…')) expect(sources).toContain(part.trim());
  });
});
