import {
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeData } from '../../../functions/commands/output.ts';
import { terminalOf } from '../../fakes/shell.ts';

const { terminal } = terminalOf();
const newFolder = () => mkdtempSync(join(tmpdir(), 'output-'));

it('follows no link that was prepared for its temporary file, and leaves none', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'victim'), 'precious');
  symlinkSync('victim', join(folder, `.mfa.prom.${process.pid}.tmp`));
  const before = readdirSync(folder);
  await writeData(terminal, 'REPORT', join(folder, 'mfa.prom'), 0o644);
  expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious');
  expect(readFileSync(join(folder, 'mfa.prom'), 'utf8')).toBe('REPORT');
  expect(lstatSync(join(folder, 'mfa.prom')).mode & 0o777).toBe(0o644);
  expect(readdirSync(folder).toSorted()).toEqual([...before, 'mfa.prom'].toSorted());
});

it('leaves no temporary file where it cannot write', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'mfa.prom'));
  await expect(writeData(terminal, 'REPORT', join(folder, 'mfa.prom'))).rejects.toThrow(
    /^Cannot write .*mfa\.prom: /,
  );
  expect(readdirSync(folder)).toEqual(['mfa.prom']);
});

it('writes a file with the longest name there is', async () => {
  const file = join(newFolder(), 'x'.repeat(255));
  await writeData(terminal, 'REPORT', file);
  expect(readFileSync(file, 'utf8')).toBe('REPORT');
});

it('replaces what a link of our own points at', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'real'), 'old');
  symlinkSync('real', join(folder, 'link'));
  await writeData(terminal, 'REPORT', join(folder, 'link'));
  expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('REPORT');
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
});

// Only root can make another user's link.
it.runIf(process.getuid?.() === 0)('refuses a link that another user made', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'victim'), 'precious');
  symlinkSync('victim', join(folder, 'link'));
  lchownSync(join(folder, 'link'), 12345, 12345);
  await expect(writeData(terminal, 'REPORT', join(folder, 'link'))).rejects.toThrow(
    'it is a link that another user created',
  );
  expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious');
  expect(readdirSync(folder).toSorted()).toEqual(['link', 'victim']);
});
