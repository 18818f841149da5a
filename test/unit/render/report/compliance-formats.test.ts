import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asff, organizationAsff } from '../../../../functions/render/report/asff.ts';
import { ocsf, organizationOcsf } from '../../../../functions/render/report/ocsf.ts';
import { mixedOrganization } from '../../../fakes/organization-report.ts';
import { emptyAccount, everyState, reportedUser, reportOf } from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';
import { ComplianceFinding } from './ocsf-schema.ts';

interface AsffFinding {
  readonly [name: string]: unknown;
  readonly Id: string;
  readonly AwsAccountId: string;
  readonly Title: string;
  readonly Description: string;
  readonly RecordState: string;
  readonly Compliance: {
    readonly Status: string;
    readonly RelatedRequirements?: readonly string[];
  };
  readonly FindingProviderFields: { readonly Severity: { readonly Label: string } };
  readonly Remediation?: { readonly Recommendation: { readonly Text: string } };
  readonly ProductFields: Readonly<Record<string, string>>;
}
const findingsOf = (text: string) => JSON.parse(text) as AsffFinding[];
const everyReport = [
  ['every state', everyState],
  ['an empty account', emptyAccount],
] as const;

// Security Hub API Reference, "AwsSecurityFinding": what each must have, and its longest text.
const required = [
  'SchemaVersion',
  'Id',
  'ProductArn',
  'GeneratorId',
  'AwsAccountId',
  'CreatedAt',
  'UpdatedAt',
  'Title',
  'Description',
  'Resources',
  'FindingProviderFields',
]; // prettier-ignore
const longest = { Id: 512, GeneratorId: 512, Title: 256, Description: 1024 } as const;

function expectAsff(finding: AsffFinding): void {
  expect(Object.keys(finding)).toEqual(expect.arrayContaining(required));
  for (const [name, most] of Object.entries(longest)) {
    const text = finding[name] as string;
    expect(text.length, `${name}: ${text}`).toBeLessThanOrEqual(most);
    expect(text).not.toBe('');
  }
  expect(finding.Remediation?.Recommendation.Text.length ?? 0).toBeLessThanOrEqual(512);
  expect(finding.Compliance.RelatedRequirements?.length ?? 0).toBeLessThanOrEqual(32);
  for (const value of Object.values(finding.ProductFields)) {
    expect(value.length).toBeGreaterThan(0);
    expect(value.length).toBeLessThanOrEqual(2048);
  }
}

describe('ASFF', () => {
  it.each(everyReport)('is as in the golden file: %s', async (what, report) => {
    await expectGolden(asff(report), `report.${what.replaceAll(' ', '-')}.asff.json`);
  });

  it('has one finding of each user and one of root, each within the lengths of the format', () => {
    const findings = findingsOf(asff(everyState));
    expect(findings).toHaveLength(everyState.users.length + 1);
    expect(new Set(findings.map(({ Id }) => Id)).size).toBe(findings.length);
    findings.forEach(expectAsff);
  });

  it('cuts what is too long, whatever a reason says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
        const user = reportedUser('dana', { reasons: [{ code: 'no-mfa', text }] });
        findingsOf(asff(reportOf([user]))).forEach(expectAsff);
      }),
    );
  });

  it('archives what is passed, under the same id', () => {
    const [before] = findingsOf(asff(reportOf([reportedUser('dana')])));
    const after = findingsOf(
      asff(reportOf([reportedUser('dana', { state: 'exempt', hasPassword: false })])),
    ).find(({ Id }) => Id === before?.Id);
    expect(before).toMatchObject({ RecordState: 'ACTIVE', Compliance: { Status: 'FAILED' } });
    expect(after).toMatchObject({
      RecordState: 'ARCHIVED',
      Compliance: { Status: 'PASSED' },
      FindingProviderFields: { Severity: { Label: 'INFORMATIONAL' } },
    });
  });

  it('of an organization names the account of each finding, and an account that could not be read', () => {
    const findings = findingsOf(organizationAsff(mixedOrganization()));
    findings.forEach(expectAsff);
    const unknown = findings.filter(({ Compliance }) => Compliance.Status === 'NOT_AVAILABLE');
    const notRead = mixedOrganization().accounts.filter(({ status }) => status === 'not-read');
    expect(unknown.map(({ AwsAccountId }) => AwsAccountId)).toEqual(
      notRead.map(({ account }) => account),
    );
    expect(unknown.every(({ RecordState }) => RecordState === 'ACTIVE')).toBe(true);
  });
});

describe('OCSF', () => {
  it.each(everyReport)('is as in the golden file: %s', async (what, report) => {
    await expectGolden(ocsf(report), `report.${what.replaceAll(' ', '-')}.ocsf.json`);
  });

  it.each([
    ['an account', ocsf(everyState)],
    ['an account without users', ocsf(emptyAccount)],
    ['an organization', organizationOcsf(mixedOrganization())],
  ])('is valid by the published schema: %s', (_, text) => {
    const findings = JSON.parse(text) as unknown[];
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect(ComplianceFinding.safeParse(finding).error).toBeUndefined();
    }
  });
});

describe('a control number', () => {
  const rows: readonly (readonly [
    string,
    Parameters<typeof reportedUser>[1],
    readonly string[],
    string,
  ])[] = [
    [
      'a password',
      {},
      [
        'CIS AWS Foundations Benchmark v5.0.0/1.9',
        'PCI DSS v4.0.1/8.4.2',
        'NIST.800-53.r5 IA-2(1)',
      ],
      'PCI DSS v4.0.1/8.5.1',
    ],
    [
      'keys only',
      { hasPassword: false },
      ['PCI DSS v4.0.1/8.4.2', 'NIST.800-53.r5 IA-2(2)'],
      'CIS AWS Foundations Benchmark v5.0.0/1.9',
    ],
    [
      'an exemption and a password',
      { state: 'exempt' },
      ['CIS AWS Foundations Benchmark v3.0.0/1.10', 'PCI DSS v4.0.1/8.5.1'],
      'CIS AWS Foundations Benchmark v5.0.0/1.4',
    ],
    [
      'a block',
      { state: 'blocked', blocked: true },
      ['CIS AWS Foundations Benchmark v1.4.0/1.10'],
      'PCI DSS v4.0.1/8.5.1',
    ],
  ];
  it.each(rows)('stands beside the finding of a user with %s', (_, change, has, hasNot) => {
    const [finding] = findingsOf(asff(reportOf([reportedUser('dana', change)])));
    expect(finding?.Compliance.RelatedRequirements).toEqual(expect.arrayContaining([...has]));
    expect(finding?.Compliance.RelatedRequirements).not.toContain(hasNot);
  });

  it('stands beside the finding of root', () => {
    const [finding] = findingsOf(asff({ ...emptyAccount, rootMfa: false }));
    expect(finding).toMatchObject({ Title: 'The root user has no MFA device' });
    expect(finding?.Compliance.RelatedRequirements).toContain(
      'CIS AWS Foundations Benchmark v5.0.0/1.4',
    );
  });

  it('of a standard gives the name of the standard in OCSF', () => {
    const [finding] = JSON.parse(ocsf(reportOf([reportedUser('dana')]))) as {
      compliance: { standards: string[] };
    }[];
    expect(finding?.compliance.standards).toEqual([
      'CIS AWS Foundations Benchmark v5.0.0',
      'CIS AWS Foundations Benchmark v3.0.0',
      'CIS AWS Foundations Benchmark v1.4.0',
      'PCI DSS v4.0.1',
      'NIST.800-53.r5',
    ]);
  });
});
