import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { Report } from '../../../events/report.ts';
import { partitionNamed, partitions } from '../../domain/rules/partition.ts';
import { type Assessment, assessmentsOf, organizationAssessments } from './assessments.ts';
import { shorten } from './text.ts';

/**
 * Findings for AWS Security Hub in its finding format (ASFF), as a JSON array for BatchImportFindings: one for each user and
 * one for root. What is passed is archived, so a later import closes what an earlier one opened.
 * Sources: AWS Security Hub User Guide, "AWS Security Finding Format"; lengths from its API reference, AwsSecurityFinding.
 */
export function asff(report: Report): string {
  return findingsText(assessmentsOf(report));
}

/** The same for all accounts. Security Hub takes the findings of an account from that account only. */
export function organizationAsff(report: OrganizationReport): string {
  return findingsText(organizationAssessments(report));
}

const findingsText = (all: readonly Assessment[]) =>
  `${JSON.stringify(all.map(findingOf), undefined, 2)}\n`;

const statuses = { passed: 'PASSED', failed: 'FAILED', unknown: 'NOT_AVAILABLE' } as const;

function findingOf(one: Assessment) {
  const { account, accountName, user, at } = one.subject;
  const partition = partitionNamed(one.subject.partition);
  // IAM is global: its findings are in the Region of its events. The European Sovereign Cloud has one Region.
  const region = partitions[partition].eventRegion ?? 'eusc-de-east-1';
  return {
    SchemaVersion: '2018-10-08',
    Id: shorten(`${one.id}/mfa-enforcer`, 512),
    ProductArn: `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`,
    ProductName: 'iam-mfa-enforcer',
    GeneratorId: `mfa-enforcer/${user ? 'user' : 'account'}`,
    AwsAccountId: account,
    ...(accountName ? { AwsAccountName: shorten(accountName, 50) } : {}),
    CreatedAt: at,
    UpdatedAt: at,
    FindingProviderFields: {
      Severity: { Label: one.severity.toUpperCase() },
      Types: ['Software and Configuration Checks/AWS Security Best Practices'],
    },
    Title: shorten(one.title, 256),
    Description: shorten(one.description, 1024),
    ...(one.todo === null
      ? {}
      : { Remediation: { Recommendation: { Text: shorten(one.todo, 512) } } }),
    ProductFields: { 'mfa-enforcer/codes': shorten(one.codes.join(' '), 2048) || 'none' },
    Resources: [
      user
        ? {
            Type: 'AwsIamUser',
            Id: user.arn,
            Partition: partition,
            Region: region,
            Details: {
              AwsIamUser: {
                UserName: user.name,
                ...(user.createdAt ? { CreateDate: user.createdAt } : {}),
              },
            },
          }
        : {
            Type: 'AwsAccount',
            Id: `AWS::::Account:${account}`,
            Partition: partition,
            Region: region,
          },
    ],
    Compliance: {
      Status: statuses[one.status],
      ...(one.controls.length > 0 ? { RelatedRequirements: one.controls } : {}),
    },
    RecordState: one.status === 'passed' ? 'ARCHIVED' : 'ACTIVE',
  };
}
