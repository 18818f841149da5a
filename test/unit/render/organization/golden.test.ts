import { describe, expect, it } from 'vitest';
import type { OrganizationReport } from '../../../../events/organization-report.ts';
import type { OrganizationPlan } from '../../../../events/plan.ts';
import { organizationHtml } from '../../../../functions/render/html/organization-page.ts';
import { organizationStyle } from '../../../../functions/render/html/organization-style.ts';
import { script } from '../../../../functions/render/html/script.ts';
import { style } from '../../../../functions/render/html/style.ts';
import { organizationFormats } from '../../../../functions/render/report/formats.ts';
import { organizationTable } from '../../../../functions/render/report/organization-table.ts';
import { organizationPlanText } from '../../../../functions/render/report/plan.ts';
import {
  accountNotRead,
  accountOf,
  accountRead,
  mixedOrganization,
  organizationOf,
  protectedUser,
} from '../../../fakes/organization-report.ts';
import { plannedBlock, planOf } from '../../../fakes/plan.ts';
import { reportedUser, reportOf } from '../../../fakes/report.ts';
import { expectGolden } from '../report/golden.ts';

const STYLE = style + organizationStyle;
const SWEPT_AT = '2026-03-01T03:05:00.000Z';
const bare = accountNotRead('Sandbox', '444455556666');
const noRoot = (index: number) =>
  accountRead(
    `account ${index}`,
    reportOf([], { account: accountOf(index), rootMfa: false, alias: null }),
  );
const organizations = {
  mixed: mixedOrganization(),
  clean: organizationOf([accountRead('Management', reportOf([protectedUser('admin')]))]),
  unread: organizationOf([bare, accountNotRead('', accountOf(1), { lastSweptAt: SWEPT_AT })]),
  alone: {
    ...organizationOf(
      [
        accountRead(
          accountOf(1),
          reportOf([reportedUser('dana')], {
            account: accountOf(1),
            rootMfa: false,
            alias: accountOf(1),
          }),
          { ou: ['Workloads'], mode: 'observe' },
        ),
      ],
      1,
    ),
    finishedAt: '2026-03-02T00:01:00.000Z',
  },
  'without-users': organizationOf([accountRead('Management', reportOf([]))]),
  'of-nine-roots': organizationOf(Array.from({ length: 9 }, (_, index) => noRoot(index))),
  'of-eight-roots': organizationOf([
    ...Array.from({ length: 8 }, (_, index) => noRoot(index)),
    bare,
  ]),
  'where-some-need-attention': organizationOf([
    accountRead('Management', reportOf([protectedUser('admin')])),
    accountRead(
      'shop',
      reportOf(
        [
          reportedUser('robot', {
            state: 'exempt',
            reasons: [{ code: 'exempt-tag', text: 'exempt by the tag userType=Service' }],
          }),
          reportedUser('blocked', { state: 'blocked', blocked: true }),
        ],
        { account: accountOf(1) },
      ),
      { ou: ['Workloads'] },
    ),
  ]),
};
/** The page without its style and its script: golden files would only repeat their source. */
function page(report: OrganizationReport): string {
  return organizationHtml(report, { version: '0.1.0' })
    .replace(`<style>${STYLE}</style>`, '<style>…</style>')
    .replace(`<script>${script}</script>`, '<script>…</script>');
}

const furniture = new Set(page(organizations.mixed).split('\n'));

/** The lines of a page that the page of the mixed organization does not have. */
function ownLines(report: OrganizationReport): string {
  const lines = page(report).split('\n');
  return `${lines.filter((line) => !furniture.has(line)).join('\n')}\n`;
}

// JSON has what the report has, PRTG's three forms have the same channels, and Security Hub and OCSF the findings of each
// account: one organization shows each.
const inOne = ['json', 'asff', 'ocsf', 'prtg-json', 'prtg-v2'];
const monitored = Object.fromEntries(
  Object.entries(organizationFormats).filter(([name]) => !inOne.includes(name)),
);
const texts = {
  txt: (report: OrganizationReport) => organizationTable(report, { width: 100, color: false }),
  'all.txt': (report: OrganizationReport) =>
    organizationTable(report, { width: 80, color: true, all: true }),
};
const cases = Object.entries(organizations).flatMap(([name, report]) => {
  const formats =
    name === 'mixed'
      ? { ...organizationFormats, ...texts, html: page }
      : { ...monitored, ...texts, html: ownLines };
  return Object.entries(formats).map(
    ([format, render]) => [name, format, () => render(report)] as const,
  );
});

describe('a report of an organization', () => {
  it.each(cases)(
    'whose accounts are %s is as in the golden file: %s',
    async (name, format, rendered) => {
      await expectGolden(rendered(), `organization/${name}.${format}`);
    },
  );
});

describe('a plan of an organization', () => {
  const read = (name: string, account: string, plan: Parameters<typeof planOf>[0] = {}) => ({
    status: 'read' as const,
    account,
    name,
    ou: [],
    lastSweptAt: null,
    mode: 'enforce' as const,
    plan: planOf({ account, ...plan }),
  });
  const planned = (accounts: OrganizationPlan['accounts']): OrganizationPlan => {
    const { organization, managementAccount, at, finishedAt, decidedBy, settingsFrom, counts } =
      organizations.mixed;
    return {
      schema: 'mfa-enforcer/organization-plan/1',
      organization,
      managementAccount,
      at,
      finishedAt,
      decidedBy,
      settingsFrom,
      counts,
      totals: { blocks: 2, unblocks: 1 },
      accounts,
    };
  };
  const unblock = {
    user: 'olga',
    methods: ['managed-policy' as const],
    reasons: [{ code: 'has-mfa', text: '1 MFA device (GAHT1)' }],
  };
  const now = new Date('2026-03-01T12:00:00Z');

  it.each<[string, OrganizationPlan['accounts']]>([
    ['nothing-to-do', [read('Management', accountOf(0)), read('shop', accountOf(1))]],
    ['one-account', [read('shop', accountOf(1), { blocks: [plannedBlock()] })]],
    [
      'some',
      [
        bare,
        read('Management', accountOf(0)),
        { ...read('shop', accountOf(1), { blocks: [plannedBlock()] }), mode: 'observe' },
        read('payments', accountOf(2), { blocks: [plannedBlock()], unblocks: [unblock] }),
        read('new', accountOf(3), { policyDeployed: false }),
      ],
    ],
  ])('is as it was judged good: %s', async (name, accounts) => {
    await expectGolden(
      organizationPlanText(planned(accounts), now),
      `organization/plan.${name}.txt`,
    );
  });

  it('has no more than one line between its parts', () => {
    const text = organizationPlanText(
      planned([read('new', accountOf(3), { policyDeployed: false })]),
      now,
    );
    expect(text).not.toMatch(/\n{3}/);
  });
});
