import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requiredRights } from '../../../functions/domain/deployment/required-rights.ts';
import { permissionsText } from '../../../infra/docs/permissions.ts';

const page = readFileSync('docs/permissions.md', 'utf8');
const sectionOf = (heading: string) => page.split(/^#+ /m).find((one) => one.startsWith(heading));

describe('docs/permissions.md', () => {
  it('is what the io functions, the roles and the policies give (npm run docs)', async () => {
    expect(page).toBe(await permissionsText());
  }, 30_000);

  it.each(requiredRights)('has every right of $entryPoint', ({ roleId, rights, chosen }) => {
    const section = sectionOf(roleId) ?? '';
    for (const action of [...rights, ...Object.values(chosen).flat()]) {
      expect(section).toContain(`| \`${action}\` |`);
    }
  });

  it('has every command', () => {
    const commands = sectionOf('The commands') ?? '';
    const program = readFileSync('functions/commands/program.ts', 'utf8');
    const names = [...program.matchAll(/^ {2}add(\w+)\(program/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(commands).toContain(`| \`${name.toLowerCase()}\` |`);
  });

  it('says of every right what it is for', () => {
    const rows = [...page.matchAll(/^\| `[a-z0-9-]+:\w+` \|.*\| (.*) \|$/gm)];
    expect(rows.length).toBeGreaterThan(200);
    for (const [row, reason] of rows) expect(reason?.trim(), row).not.toBe('');
  });
});
