import type { Reason } from '../../../events/outcome.ts';
import type {
  OrganizationPlan,
  Plan,
  PlannedBlock,
  PlannedCredential,
} from '../../../events/plan.ts';
import { madeByConsole } from '../../domain/rules/exempt-users.ts';
import {
  accountText,
  countOf,
  hubSettingsLine,
  minute,
  notReadLines,
  oneLine,
  settingsLine,
} from './text.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
// A key used in this time is most likely still in use.
const IN_USE_DAYS = 90;

/**
 * A plan for a person: which users would be blocked or unblocked, why, and which access keys would stop working.
 * @param now the time from which a key's age is counted
 */
export function planText(made: Plan, now: Date): string {
  const { blocks, unblocks } = made;
  const lines = [...planLines(made, now)];
  if (blocks.length + unblocks.length === 0) lines.push('No changes needed.');
  lines.push(...made.notes.map(({ text }) => text), settingsLine(made));
  return `${lines.join('\n').trimEnd()}\n`;
}

/** The plan in lines, without the settings; none where no changes are needed. */
function planLines(made: Plan, now: Date): string[] {
  const { blocks, unblocks } = made;
  const lines: string[] = [];
  if (!made.policyDeployed) {
    lines.push(
      `${made.policyArn} does not exist: no user can be blocked until it is deployed.`,
      '',
    );
  }
  if (blocks.length > 0) {
    lines.push(blockedHeading(made));
    for (const block of blocks) lines.push(...blockLines(block, now));
    lines.push('');
  }
  const { inGrace = [] } = made;
  if (inGrace.length > 0) {
    lines.push(
      `${countOf(inGrace.length, 'user')} without MFA ${inGrace.length === 1 ? 'has' : 'have'} time to enrol:`,
    );
    for (const { user, until, email } of inGrace) {
      lines.push(`  ${user}: would be blocked at ${minute(until)}`, ...mailTo(email));
    }
    lines.push('');
  }
  if (unblocks.length > 0) {
    lines.push(`${countOf(unblocks.length, 'user')} would be unblocked:`);
    for (const { user, reasons, email } of unblocks) {
      lines.push(`  ${user}: ${textOf(reasons)}`, ...mailTo(email));
    }
    lines.push('');
  }
  if (blocks.length > 0) lines.push(keysLine(blocks, now), ...notReadOf(made));
  lines.push(...mailsLine(made));
  return lines;
}

function blockedHeading({ blocks, beyondLimit, policyDeployed }: Plan): string {
  if (!policyDeployed) return `${countOf(blocks.length, 'user')} without MFA should be blocked:`;
  if (beyondLimit.users === 0) return `${countOf(blocks.length, 'user')} would be blocked:`;
  const now = blocks.length - beyondLimit.users;
  return (
    `${countOf(blocks.length, 'user')} without MFA should be blocked; ${now} would be, because the block limit is ` +
    `${countOf(beyondLimit.limit, 'user')} (--block-limit):`
  );
}

/** @param email undefined with NotifyUsers=no */
function mailTo(email: string | null | undefined): string[] {
  if (email === undefined) return [];
  return [email === null ? '      no mail: no address' : `      mail to ${email}`];
}

/** How many users would get a mail; nothing with NotifyUsers=no. */
function mailsLine({ blocks, unblocks, inGrace = [] }: Plan): string[] {
  const asked = [...blocks, ...unblocks, ...inGrace].filter(({ email }) => email !== undefined);
  if (asked.length === 0) return [];
  const without = asked.filter(({ email }) => email === null).length;
  const got = `${countOf(asked.length - without, 'user')} would get a mail`;
  if (without === 0) return [`${got}.`];
  return [
    `${got}, ${countOf(without, 'user')} would not: without an address in the tag (NotifyTag) or as the name (NotifyDomains).`,
  ];
}

function keysLine(blocks: readonly PlannedBlock[], now: Date): string {
  const broken = blocks.flatMap(({ accessKeys }) =>
    accessKeys.filter(({ lastUsedAt }) => isKeyInUse(lastUsedAt, now)),
  ).length;
  return broken === 0
    ? 'No access key that was used in the last 90 days would stop working.'
    : `${countOf(broken, 'access key')} in use would stop working. If a service uses such a key, tag its user as exempt first.`;
}

/** The credentials that could not be read, and why: users may have some that are not listed. */
function notReadOf({ sources }: Plan): string[] {
  const all = [
    ['service-specific credentials', sources?.serviceCredentials],
    ['SSH keys', sources?.sshKeys],
    ['signing certificates', sources?.credentialReport],
  ] as const;
  return all.flatMap(([what, source]) =>
    source?.status === 'not-read' ? [`Not read: ${what} (${oneLine(source.problem.text)}).`] : [],
  );
}

function blockLines(
  { user, reasons, email, canEnrol, accessKeys, otherCredentials, enrolmentProblem }: PlannedBlock,
  now: Date,
): string[] {
  return [
    `  ${user}: ${textOf(reasons)}`,
    ...mailTo(email),
    ...consoleHint(user),
    ...(canEnrol || accessKeys.length === 0 ? [] : [CANNOT_ENROL]),
    ...(enrolmentProblem === null ? [] : [`    ! The user ${oneLine(enrolmentProblem.text)}.`]),
    ...accessKeys.map(({ id, lastUsedAt, service, region }) => {
      if (lastUsedAt === null) return `      key ${id}: never used`;
      const days = Math.floor((now.getTime() - Date.parse(lastUsedAt)) / DAY_MS);
      const when = `last used ${days === 0 ? 'today' : `${countOf(days, 'day')} ago`} (${lastUsedAt.slice(0, 10)})`;
      const mark = isKeyInUse(lastUsedAt, now) ? '! ' : '  ';
      return `    ${mark}key ${id}: ${when} for ${service} in ${region}`;
    }),
    ...otherCredentials.map(
      ({ name, id, block }) =>
        `      ${id === null ? name : `${name} ${id}`}: ${blockTexts[block]}`,
    ),
  ];
}

const blockTexts: Readonly<Record<PlannedCredential['block'], string>> = {
  'stops-it': 'would stop working',
  'not-known': 'not known whether it would stop working',
};

const CANNOT_ENROL =
  '    ! The user has access keys but no console password and cannot enrol alone: an administrator can assign a device, a tag ' +
  'can exempt the user, or --enrol-with console-and-keys lets the keys enrol.';

/** A warning about a user whose name is one that an AWS console gives to the users it creates. */
function consoleHint(user: string): string[] {
  const made = madeByConsole(user);
  if (made === null) return [];
  const { service, stops, pattern } = made;
  return [
    `    ! The ${service} console creates users with such names: ${stops} would stop working. Exempt the user by a tag, or such names by ` +
      `--exempt-users '${pattern}' (docs/faq.md).`,
  ];
}

/** Whether an access key was used so lately that it is most likely still in use. */
export function isKeyInUse(lastUsedAt: string | null, now: Date): boolean {
  return lastUsedAt !== null && now.getTime() - Date.parse(lastUsedAt) < IN_USE_DAYS * DAY_MS;
}

const textOf = (reasons: readonly Reason[]) => reasons.map(({ text }) => text).join(', ');

/**
 * What a sweep would do in every account, for a person: first the accounts that could not be read, then each account.
 * @param now the time from which a key's age is counted
 */
export function organizationPlanText(made: OrganizationPlan, now: Date): string {
  const { accounts, totals, counts, organization } = made;
  const notRead = accounts.filter((one) => one.status === 'not-read');
  const read = accounts.filter((one) => one.status === 'read');
  const nothing = read.filter(
    ({ plan }) => plan.blocks.length + plan.unblocks.length === 0 && plan.policyDeployed,
  );
  const lines = [
    ...notReadLines(notRead, counts),
    `Organization ${organization}, ${countOf(counts.read, 'account')} read: ` +
      `${countOf(totals.blocks, 'user')} would be blocked, ${totals.unblocks} unblocked.`,
    '',
    ...read
      .filter((one) => !nothing.includes(one))
      .flatMap(({ plan, mode, ...place }) => [
        `${accountText(place)}${mode === 'observe' ? ', in observe mode: nothing would be done' : ''}`,
        ...planLines(plan, now).map((line) => (line === '' ? '' : `  ${line}`)),
        '',
      ]),
    ...(nothing.length === 0
      ? []
      : [`No changes needed in ${countOf(nothing.length, 'account')}.`]),
    ...new Set(read.flatMap(({ plan }) => plan.notes.map(({ text }) => text))),
    hubSettingsLine(made),
  ];
  return `${lines.join('\n').replaceAll(/\n{3,}/g, '\n\n')}\n`;
}
