import type { OrganizationReport } from '../../../events/organization-report.ts';
import type { Report } from '../../../events/report.ts';
import {
  type Findings,
  findingsOf,
  type Level,
  type OrganizationFindings,
  organizationFindings,
  readIn,
} from './findings.ts';
import type { MonitorFormat } from './format.ts';
import { jsonText } from './json.ts';
import { ageNote } from './source-lines.ts';
import { countOf, joinWithin, named, oneLine, shorten } from './text.ts';

/** One number of a PRTG sensor. A sensor has at most 50, with names of their own. */
interface PrtgChannel {
  readonly name: string;
  readonly value: number;
  /**
   * A value above it is an error ("overrun", PRTG Manual, Custom Sensors). 0 is right for whole numbers: 0 is fine
   * and 1 alarms. PRTG reads limits only when it first creates the channel.
   */
  readonly maxError?: number;
  /** A value above it is a warning. */
  readonly maxWarning?: number;
}

/** What each of PRTG's three formats shows. */
export interface PrtgReading {
  readonly level: Level;
  readonly channels: readonly PrtgChannel[];
  readonly text: string;
}

// PRTG Manual, Custom Sensors; the schema of Script v2 has the same number.
const PRTG_TEXT_AT_MOST = 2000;
// The other parts are short, so that the users with a password and no MFA device have most of the room.
const PART_AT_MOST = 400;

/**
 * A report as PRTG's channels and text. The first channel keeps the name of the sensor this project began with:
 * users with a password, no MFA device and no exemption; the text names them.
 */
export function prtgReading(report: Report): PrtgReading {
  const findings = findingsOf(report);
  const { blocked, unprotected, exempt } = report.totals;
  return {
    level: findings.level,
    channels: [
      {
        name: 'Number of users without MFA devices registered',
        value: findings.withoutMfa.length,
        maxError: 0,
      },
      { name: 'Users blocked', value: blocked },
      { name: 'Users unprotected', value: unprotected, maxError: 0 },
      { name: 'Users exempt', value: exempt },
      { name: 'Root without MFA', value: findings.rootWithoutMfa ? 1 : 0, maxError: 0 },
      {
        name: 'Status (0 = ok, 1 = findings)',
        value: findings.level === 'critical' ? 1 : 0,
        maxError: 0,
      },
      ...notProvenChannel(findings),
    ],
    text: withAge([report], (most) => textOf(findings, most)),
  };
}

/** A text that leaves room for how old the facts are, and then says it. */
function withAge(reports: readonly Report[], textWithin: (most: number) => string): string {
  const note = shorten(asPrtgText(ageNote(reports)), PART_AT_MOST);
  const end = note === '' ? '' : `. ${note}`;
  return textWithin(PRTG_TEXT_AT_MOST - end.length) + end;
}

/**
 * A path that is silent for two sweeps is critical, which the channel Status shows. Where the number is not known there is no
 * channel: PRTG knows no such value.
 */
function notProvenChannel({ pathsNotProven }: Pick<Findings, 'pathsNotProven'>): PrtgChannel[] {
  if (pathsNotProven === null) return [];
  return [{ name: 'Event paths not proven', value: pathsNotProven, maxWarning: 0 }];
}

/** Why there is no report, as PRTG's text. */
export function prtgProblem(problem: string): string {
  return shorten(asPrtgText(problem), PRTG_TEXT_AT_MOST);
}

function textOf(findings: Findings, most: number): string {
  const { level, withoutMfa, unprotected, rootWithoutMfa } = findings;
  const path = asPrtgText(findings.eventPath ?? '');
  if (withoutMfa.length > 0) {
    const end = path === '' ? '' : `. ${shorten(path, PART_AT_MOST)}`;
    return joinWithin(withoutMfa.map(asPrtgText), most - end.length) + end;
  }
  if (level === 'critical') {
    return [
      rootWithoutMfa ? 'The root user has no MFA device' : '',
      unprotected > 0 ? unprotectedText(unprotected) : '',
      path,
    ]
      .filter((one) => one !== '')
      .join('. ');
  }
  return textWithoutCritical(findings, path);
}

/**
 * The text where nothing is critical: the sensor may show a warning, and names its users.
 * @param paths the event paths that are not proven
 */
function textWithoutCritical(
  {
    exemptWithPassword,
    blockedWithoutNeed,
  }: Pick<Findings, 'exemptWithPassword' | 'blockedWithoutNeed'>,
  paths: string,
): string {
  const orExempt = exemptWithPassword.length > 0 ? ' or is exempt' : '';
  return [
    `Every user with a password has an MFA device${orExempt}`,
    part('exempt user', 'with a password and no MFA device', exemptWithPassword),
    part('user', 'blocked without need', blockedWithoutNeed),
    paths,
  ]
    .filter((one) => one !== '')
    .join('. ');
}

function unprotectedText(unprotected: number): string {
  return `${countOf(unprotected, 'user')} unprotected (no MFA device, not blocked)`;
}

function part(thing: string, what: string, names: readonly string[]): string {
  return named(thing, what, names.map(asPrtgText), PART_AT_MOST);
}

/** PRTG ends a message at a number sign (PRTG Manual, Custom Sensors). */
function asPrtgText(text: string): string {
  return oneLine(text).replaceAll('#', '');
}

/**
 * An organization as PRTG's channels: those of an account, summed, in the same order, and behind them how many
 * accounts there are. An account that could not be read is an error of its own: PRTG knows no "unknown".
 */
export function organizationPrtg(report: OrganizationReport): PrtgReading {
  const findings = organizationFindings(report);
  const { totals, counts } = report;
  const bad = findings.level === 'critical' || findings.level === 'unknown';
  return {
    level: findings.level === 'unknown' ? 'critical' : findings.level,
    channels: [
      {
        name: 'Number of users without MFA devices registered',
        value: findings.withoutMfa.length,
        maxError: 0,
      },
      { name: 'Users blocked', value: totals.blocked },
      { name: 'Users unprotected', value: totals.unprotected, maxError: 0 },
      { name: 'Users exempt', value: totals.exempt },
      { name: 'Root without MFA', value: findings.rootWithoutMfa.length, maxError: 0 },
      { name: 'Status (0 = ok, 1 = findings)', value: bad ? 1 : 0, maxError: 0 },
      { name: 'Accounts read', value: counts.read },
      { name: 'Accounts not read', value: counts.notRead, maxError: 0 },
      ...notProvenChannel(findings),
    ],
    text: withAge(
      readIn(report).map((one) => one.report),
      (most) => organizationText(findings, most),
    ),
  };
}

function organizationText(findings: OrganizationFindings, most: number): string {
  const { notRead, rootWithoutMfa, unprotected, withoutMfa } = findings;
  const paths = [
    part('account', 'whose IAM events do not arrive', findings.silentPaths),
    part('account', 'whose last probe did not come back', findings.latePaths),
    part('event path', 'not probed', findings.notProbedPaths),
    part('event path', 'not known', findings.unknownPaths),
  ].filter((one) => one !== '');
  const pathsText = shorten(paths.join('. '), 2 * PART_AT_MOST);
  if (findings.level !== 'critical' && findings.level !== 'unknown') {
    return textWithoutCritical(findings, pathsText);
  }
  const parts = [
    part('account', 'could not be read', notRead),
    part('root user', 'without an MFA device', rootWithoutMfa),
    pathsText,
    withoutMfa.length === 0 && unprotected > 0 ? unprotectedText(unprotected) : '',
  ].filter((one) => one !== '');
  const before = parts.join('. ');
  if (withoutMfa.length > 0) {
    const front = before === '' ? '' : `${before}. Users with a password and no MFA device: `;
    return front + joinWithin(withoutMfa.map(asPrtgText), most - front.length);
  }
  return before;
}

/**
 * The XML of PRTG's EXE/Script Advanced and SSH Script Advanced sensors (PRTG Manual, Custom Sensors, "Advanced
 * Script, HTTP Data, and REST Custom Sensors: Elements").
 */
export const prtg: MonitorFormat = {
  render: (report) => prtgXml(prtgReading(report)),
  failure(problem) {
    return xmlDocument(['  <error>1</error>', `  <text>${escapeXml(prtgProblem(problem))}</text>`]);
  },
};

/** A reading as the sensor's XML. */
export function prtgXml({ channels, text }: PrtgReading): string {
  return xmlDocument([...channels.map(result), `  <text>${escapeXml(text)}</text>`]);
}

function xmlDocument(elements: readonly string[]): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<prtg>', ...elements, '</prtg>', ''].join(
    '\n',
  );
}

function result(channel: PrtgChannel): string {
  const { name, value } = channel;
  const limits = Object.entries(limitsOf(channel)).map(
    ([element, limit]) => `    <${element}>${limit}</${element}>`,
  );
  return [
    '  <result>',
    `    <channel>${escapeXml(name)}</channel>`,
    `    <value>${value}</value>`,
    '    <unit>Count</unit>',
    ...limits,
    '  </result>',
  ].join('\n');
}

function limitsOf({ maxError, maxWarning }: PrtgChannel): Readonly<Record<string, number>> {
  return {
    ...(maxError === undefined ? {} : { limitmode: 1, limitmaxerror: maxError }),
    ...(maxWarning === undefined ? {} : { limitmode: 1, limitmaxwarning: maxWarning }),
  };
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The JSON of PRTG's EXE/Script Advanced sensor: the elements of its XML under the same names. */
export const prtgJson: MonitorFormat = {
  render: (report) => prtgJsonText(prtgReading(report)),
  failure: (problem) => jsonText({ prtg: { error: 1, text: prtgProblem(problem) } }),
};

/** A reading as the sensor's JSON. */
export function prtgJsonText({ channels, text }: PrtgReading): string {
  const result = channels.map((channel) => ({
    channel: channel.name,
    value: channel.value,
    unit: 'Count',
    ...limitsOf(channel),
  }));
  return jsonText({ prtg: { result, text } });
}

// PRTG Manual, Script v2 Sensor: channel ids begin at 10.
const FIRST_ID = 10;

const statuses: Readonly<Record<Level, string>> = {
  ok: 'ok',
  warning: 'warning',
  critical: 'error',
};

/**
 * The JSON of PRTG's Script v2 sensor (Paessler Knowledge Base 91280). It has no limits: the sensor's status is what
 * `status` says. A channel is known by its id, so a new one goes to the end of the list.
 */
export const prtgV2: MonitorFormat = {
  render: (report) => prtgV2Text(prtgReading(report)),
  failure: (problem) => jsonText({ version: 2, status: 'error', message: prtgProblem(problem) }),
};

/** A reading as the sensor's JSON. */
export function prtgV2Text({ level, channels, text }: PrtgReading): string {
  return jsonText({
    version: 2,
    status: statuses[level],
    message: text,
    channels: channels.map(({ name, value }, index) => ({
      id: FIRST_ID + index,
      name,
      type: 'integer',
      value,
    })),
  });
}
