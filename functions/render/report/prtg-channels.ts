import type { Report } from '../../../events/report.ts';
import { type Findings, findingsOf, type Level } from './findings.ts';
import { countOf, joinWithin, oneLine, shorten } from './text.ts';

/** One number of a PRTG sensor. A sensor has at most 50, with names of their own. */
export interface PrtgChannel {
  readonly name: string;
  readonly value: number;
  /**
   * A value above it is an error ("overrun", PRTG Manual, Custom Sensors). 0 is right for whole numbers: 0 is fine
   * and 1 alarms. PRTG reads limits only when it first creates the channel.
   */
  readonly maxError?: number;
}

/** What each of PRTG's three formats shows. */
export interface PrtgReading {
  readonly level: Level;
  readonly channels: readonly PrtgChannel[];
  readonly text: string;
}

// PRTG Manual, Custom Sensors; the schema of Script v2 has the same number.
export const PRTG_TEXT_AT_MOST = 2000;

/**
 * A report as PRTG's channels and text. The first channel keeps the name of the sensor this project began with:
 * users with a password, no MFA device and no exemption; the text names them.
 */
export function prtgReading(report: Report): PrtgReading {
  const findings = findingsOf(report);
  const { held, exposed, exempt } = report.totals;
  return {
    level: findings.level,
    channels: [
      {
        name: 'Number of users without MFA devices registered',
        value: findings.withoutMfa.length,
        maxError: 0,
      },
      { name: 'Users held by ForceMFA', value: held },
      { name: 'Users exposed', value: exposed, maxError: 0 },
      { name: 'Users exempt', value: exempt },
      { name: 'Root without MFA', value: findings.rootWithoutMfa ? 1 : 0, maxError: 0 },
      {
        name: 'Status (0 = ok, 1 = findings)',
        value: findings.level === 'critical' ? 1 : 0,
        maxError: 0,
      },
    ],
    text: textOf(findings),
  };
}

/** Why there is no report, as PRTG's text. */
export function prtgProblem(problem: string): string {
  return shorten(asPrtgText(problem), PRTG_TEXT_AT_MOST);
}

function textOf({
  level,
  withoutMfa,
  exemptWithPassword,
  exposed,
  rootWithoutMfa,
}: Findings): string {
  if (withoutMfa.length > 0) return joinWithin(withoutMfa.map(asPrtgText), PRTG_TEXT_AT_MOST);
  if (level === 'critical') {
    return [
      rootWithoutMfa ? 'The root user has no MFA device' : '',
      exposed > 0 ? `${countOf(exposed, 'user')} without MFA and not held` : '',
    ]
      .filter((part) => part !== '')
      .join('; ');
  }
  return exemptWithPassword.length > 0
    ? 'Every user with a password has MFA or is exempt'
    : 'Every user with a password has MFA';
}

/** PRTG ends a message at a number sign (PRTG Manual, Custom Sensors). */
export function asPrtgText(text: string): string {
  return oneLine(text).replaceAll('#', '');
}
