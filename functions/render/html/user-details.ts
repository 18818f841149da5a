import type {
  ReportedCredentials,
  ReportedDevice,
  ReportedKey,
  ReportedUser,
} from '../../../events/report.ts';
import { serviceCredentialName } from '../../domain/rules/other-credentials.ts';
import { partitionNamed } from '../../domain/rules/partition.ts';
import { userUrl } from '../console-links.ts';
import { mfaDeviceText } from '../mfa-device-text.ts';
import { day, minute } from '../report/text.ts';
import { html, type Markup } from './markup.ts';
import type { Row } from './rows.ts';

const NOT_READ = 'not known';

/**
 * Everything that is known of a user, folded. What could not be read is said. It is a line of text for each fact: more elements would
 * make thousands of users slow.
 */
export function userDetails({ user, report }: Row): Markup {
  const {
    name,
    arn,
    reasons,
    createdAt,
    blocked,
    blockedSince,
    refusedSince,
    exemption,
    enrolmentProblem,
  } = user;
  const facts = [
    `Why: ${reasons.map(({ text }) => text).join(', ')}`,
    ...(enrolmentProblem === null ? [] : [`Enrolment: ${enrolmentProblem.text}`]),
    `User since: ${createdAt === null ? 'unknown' : day(createdAt)}`,
    `Password: ${passwordText(user)}`,
    `Access keys: ${keysText(user.credentials)}`,
    `MFA devices: ${devicesText(user)}`,
    `Other credentials: ${othersText(user)}`,
    ...(blocked ? [`Blocked since: ${blockedSince ? minute(blockedSince) : 'unknown'}`] : []),
    ...(refusedSince ? [`Beyond the block limit since: ${minute(refusedSince)}`] : []),
    ...(exemption === null ? [] : [`Exemption: ${exemptionText(exemption)}`]),
  ];
  const address = userUrl(partitionNamed(report.partition), name);
  return html`<details><summary><span class="hidden">Details of ${name}</span></summary><code>${arn}</code>
<p>${facts.map((fact) => html`${fact}`)}</p><a href="${address}">Page in the IAM console (sign in to account ${report.account} first)</a></details>`;
}

function passwordText({ hasPassword, credentials }: ReportedUser): string {
  if (!hasPassword) return 'none';
  if (credentials === null) return `yes; last sign-in ${NOT_READ}`;
  const { lastSignInAt, passwordChangedAt } = credentials;
  const used =
    lastSignInAt === null ? 'no sign-in on record' : `last sign-in ${minute(lastSignInAt)}`;
  return passwordChangedAt === null ? used : `${used}, changed ${day(passwordChangedAt)}`;
}

function keysText(credentials: ReportedCredentials | null): string {
  if (credentials === null) return NOT_READ;
  return credentials.accessKeys.map(keyText).join('; ') || 'none';
}

function keyText({ number, active, lastRotatedAt, lastUsedAt, ...last }: ReportedKey): string {
  const where = [last.lastUsedService, last.lastUsedRegion].filter((part) => part !== null);
  const used =
    lastUsedAt === null
      ? 'no use on record'
      : `last used ${minute(lastUsedAt)}${where.length === 0 ? '' : ` (${where.join(', ')})`}`;
  const made = lastRotatedAt === null ? '' : `, made ${day(lastRotatedAt)}`;
  return `key ${number} ${activeText(active)}, ${used}${made}`;
}

const activeText = (active: boolean) => (active ? 'active' : 'inactive');

function devicesText({ devices, devicesFrom }: ReportedUser): string {
  const others = devicesFrom === 'virtual-devices' ? ['others not asked for'] : [];
  return [...devices.map(deviceText), ...others].join('; ') || 'none';
}

function deviceText({ serial, kind, enrolledAt }: ReportedDevice): string {
  const since = enrolledAt === null ? '' : ` since ${day(enrolledAt)}`;
  return `${mfaDeviceText[kind]}${serial === null ? '' : ` ${serial}`}${since}`;
}

/** Credentials beside password and access keys, active or not. */
function othersText({ serviceCredentials, sshKeys, credentials, devices }: ReportedUser): string {
  const certificates = credentials?.signingCertificates ?? null;
  const unread = [
    ...(serviceCredentials === null ? [`service-specific credentials ${NOT_READ}`] : []),
    // For a user with an MFA device they are not asked for.
    ...(sshKeys === null
      ? [devices.length > 0 ? 'SSH keys not asked for' : `SSH keys ${NOT_READ}`]
      : []),
    ...(certificates === null ? [`signing certificates ${NOT_READ}`] : []),
  ];
  const found = [
    ...(serviceCredentials ?? []).map(
      ({ id, service, status, expiresAt }) =>
        `${serviceCredentialName(service)} ${id} ${status}${expiresAt === null ? '' : `, expires ${day(expiresAt)}`}`,
    ),
    ...(sshKeys ?? []).map(({ id, active }) => `SSH key ${id} ${activeText(active)}`),
    ...(certificates ?? []).map(
      ({ number, active }) => `signing certificate ${number} ${activeText(active)}`,
    ),
  ];
  return [...found, ...unread].join('; ') || 'none';
}

function exemptionText({ inForce, reason, until }: NonNullable<ReportedUser['exemption']>): string {
  return `${reason.text}${inForce ? '' : ' (not in force)'}, ${until === null ? 'without an end' : `until ${until}`}`;
}
