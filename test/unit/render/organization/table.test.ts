import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../../../functions/render/cells.ts';
import { organizationHtml } from '../../../../functions/render/html/organization-page.ts';
import { organizationTable } from '../../../../functions/render/report/organization-table.ts';
import {
  accountNotRead,
  accountOf,
  accountRead,
  mixedOrganization,
  organizationOf,
  protectedUser,
} from '../../../fakes/organization-report.ts';
import { reportOf } from '../../../fakes/report.ts';
import { expectGolden } from '../report/golden.ts';

const report = mixedOrganization();

describe('the table of an organization', () => {
  it('is as in the golden file', async () => {
    await expectGolden(organizationTable(report, { width: 100, color: false }), 'organization.txt');
  });

  it.each([80, 100, 200])('fits %s columns', (width) => {
    for (const line of organizationTable(report, { width, color: false }).split('\n')) {
      expect(cellsOf(line), line).toBeLessThanOrEqual(width);
    }
  });

  it('names the first of many, and how to see the others', () => {
    const text = organizationTable(report, { width: 100, color: false });
    expect(text).toContain(`  and 5 more users: report --accounts ${accountOf(1)} --all\n`);
    expect(text).not.toContain('user-9\n');
    const all = organizationTable(report, { width: 100, color: false, all: true });
    for (const name of ['user-24', 'admin', 'alice']) expect(all).toContain(name);
  });

  it('leaves out accounts without findings if there are very many', () => {
    const clean = Array.from({ length: 60 }, (_, index) =>
      accountRead(`clean-${index}`, reportOf([protectedUser('x')], { account: accountOf(index) })),
    );
    const many = organizationOf([...clean, ...report.accounts]);
    const text = organizationTable(many, { width: 100, color: false });
    expect(text).not.toContain('clean-1');
    expect(text).toContain('61 more accounts without findings (--all)');
    expect(text).toContain('Sandbox (444455556666)');
    expect(organizationTable(many, { width: 100, color: false, all: true })).toContain('clean-59');
  });

  it('never reports a clean organization if something could not be read', () => {
    const blind = organizationOf([accountNotRead('Sandbox', '444455556666')]);
    const text = organizationTable(blind, { width: 100, color: false });
    expect(text).toMatch(
      /^1 of 1 account could not be read: nothing is known about their users\.\n/,
    );
    expect(text).not.toMatch(/Nobody|0 unprotected/);
    expect(organizationHtml(blind, { version: '0.1.0' })).not.toMatch(/0 (users|unprotected)/);
  });
});
