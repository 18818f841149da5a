import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { Report } from '../../../events/report.ts';
import { type Assessment, assessmentsOf, organizationAssessments } from './assessments.ts';
import { standardOf } from './controls.ts';

/**
 * Compliance Findings (class 2003) of the Open Cybersecurity Schema Framework, as a JSON array: one for each user and one for
 * root. Source: schema.ocsf.io, version 1.5.0, "compliance_finding" with the profile "cloud".
 */
export function ocsf(report: Report): string {
  return findingsText(assessmentsOf(report));
}

/** The same for all accounts. */
export function organizationOcsf(report: OrganizationReport): string {
  return findingsText(organizationAssessments(report));
}

const findingsText = (all: readonly Assessment[]) =>
  `${JSON.stringify(all.map(findingOf), undefined, 2)}\n`;

const CLASS = 2003;

const severities = {
  informational: [1, 'Informational'],
  low: [2, 'Low'],
  medium: [3, 'Medium'],
  high: [4, 'High'],
  critical: [5, 'Critical'],
} as const;

/** Of each status: the compliance status, the status of the finding, and the activity. */
const statuses = {
  passed: { compliance: [1, 'Pass'], finding: [4, 'Resolved'], activity: [3, 'Close'] },
  failed: { compliance: [3, 'Fail'], finding: [1, 'New'], activity: [1, 'Create'] },
  unknown: { compliance: [0, 'Unknown'], finding: [1, 'New'], activity: [1, 'Create'] },
} as const;

function findingOf(one: Assessment) {
  const { account, accountName, partition, user, at } = one.subject;
  const time = Date.parse(at);
  const { compliance, finding, activity } = statuses[one.status];
  const [severityId, severity] = severities[one.severity];
  return {
    class_uid: CLASS,
    class_name: 'Compliance Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: activity[0],
    activity_name: activity[1],
    type_uid: CLASS * 100 + activity[0],
    type_name: `Compliance Finding: ${activity[1]}`,
    severity_id: severityId,
    severity,
    status_id: finding[0],
    status: finding[1],
    time,
    message: one.title,
    metadata: {
      version: '1.5.0',
      profiles: ['cloud'],
      product: { name: 'iam-mfa-enforcer', vendor_name: 'iam-mfa-enforcer' },
    },
    cloud: {
      provider: 'AWS',
      cloud_partition: partition,
      account: {
        uid: account,
        ...(accountName ? { name: accountName } : {}),
        type_id: 10,
        type: 'AWS Account',
      },
    },
    finding_info: {
      uid: one.id,
      title: one.title,
      desc: one.description,
      last_seen_time: time,
      types: one.codes,
    },
    compliance: {
      status_id: compliance[0],
      status: compliance[1],
      status_details: user?.reasons.map(({ text }) => text) ?? [one.description],
      requirements: one.controls,
      standards: [...new Set(one.controls.map(standardOf))],
    },
    ...(one.todo === null ? {} : { remediation: { desc: one.todo } }),
    resources: [
      user
        ? {
            uid: user.arn,
            name: user.name,
            type: 'AwsIamUser',
            cloud_partition: partition,
            ...(user.createdAt ? { created_time: Date.parse(user.createdAt) } : {}),
          }
        : { uid: one.id, name: account, type: 'AwsAccount', cloud_partition: partition },
    ],
  };
}
