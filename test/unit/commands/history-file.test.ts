import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HistoryLine } from '../../../events/history.ts';
import { recordHistory } from '../../../functions/commands/history-file.ts';
import { historyLine, organizationHistoryLine } from '../../../functions/render/report/history.ts';
import { mixedOrganization } from '../../fakes/organization-report.ts';
import { everyState } from '../../fakes/report.ts';
import { terminalOf } from '../../fakes/shell.ts';

const newFile = () => join(mkdtempSync(join(tmpdir(), 'history-')), 'mfa.jsonl');
const line = historyLine(everyState);
const later: HistoryLine = { ...line, at: '2026-03-02T12:00:00.000Z' };

it('a history grows by a line of totals with each report, and its file is private', async () => {
  const { terminal, err } = terminalOf();
  const file = newFile();
  expect(await recordHistory(terminal, file, line)).toEqual([line]);
  expect(await recordHistory(terminal, file, later)).toEqual([line, later]);
  expect(readFileSync(file, 'utf8')).toBe(`${JSON.stringify(line)}\n${JSON.stringify(later)}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(err.join('')).toBe('');
});

it('a line of another account is left in the file, and is not part of the trend', async () => {
  const { terminal } = terminalOf();
  const file = newFile();
  await recordHistory(terminal, file, { ...line, of: '222233334444' });
  expect(await recordHistory(terminal, file, later)).toEqual([later]);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
});

it('what is no line of a history is named and kept, and a line that was cut off damages no other', async () => {
  const { terminal, err } = terminalOf();
  const file = newFile();
  await recordHistory(terminal, file, line);
  appendFileSync(file, '{"schema":"other"}\n{"schema":"mfa-enf');
  expect(await recordHistory(terminal, file, later)).toEqual([line, later]);
  expect(err.join('')).toBe(
    `${file}: not lines of a history, and left out of the trend: line 2, 3.\n`,
  );
  expect(readFileSync(file, 'utf8')).toContain('{"schema":"mfa-enf\n');
});

it('a history that cannot be written is a usage error', async () => {
  const { terminal } = terminalOf();
  const file = newFile();
  mkdirSync(file);
  await expect(recordHistory(terminal, file, line)).rejects.toThrow(`Cannot append to ${file}: `);
});

it('the line of an organization counts the accounts that could not be read', () => {
  const report = mixedOrganization();
  const made = organizationHistoryLine(report);
  expect(HistoryLine.parse(made)).toEqual(made);
  expect(made).toMatchObject({
    of: report.organization,
    totals: report.totals,
    notRead: report.counts.notRead,
  });
  expect(made.notRead).toBeGreaterThan(0);
  expect(made.withoutMfa).toBeGreaterThan(0);
});
