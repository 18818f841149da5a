import type { Report } from '../../events/report.ts';

interface Channel {
  readonly name: string;
  readonly value: number;
  /** Values above it are an error. PRTG reads limits only when it first creates the channel. */
  readonly maxError?: number;
}

// PRTG, "Custom Sensors": the text has at most 2,000 characters and no '#'.
const TEXT_AT_MOST = 2000;

/**
 * A report as the XML of PRTG's EXE/Script Advanced sensor. The first channel keeps the name of the sensor
 * this project began with: users with a password, no MFA device and no exemption; the text names them.
 */
export function prtgXml(report: Report): string {
  const unprotected = report.users.filter(
    ({ state, hasPassword, devices }) => hasPassword && devices.length === 0 && state !== 'exempt',
  );
  const { held, exposed, exempt } = report.totals;
  const channels: Channel[] = [
    {
      name: 'Number of users without MFA devices registered',
      value: unprotected.length,
      maxError: 0,
    },
    { name: 'Users held by ForceMFA', value: held },
    { name: 'Users exposed', value: exposed, maxError: 0 },
    { name: 'Users exempt', value: exempt },
    { name: 'Root without MFA', value: report.rootMfa ? 0 : 1, maxError: 0 },
  ];
  const names = unprotected.map(({ name }) => name);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<prtg>',
    ...channels.map(channelXml),
    `  <text>${escapeXml(names.length > 0 ? joinWithin(names, TEXT_AT_MOST) : 'Every user with a password has MFA')}</text>`,
    '</prtg>',
    '',
  ].join('\n');
}

/** What a monitor is told that could not see everything: never a smaller number. */
export function prtgErrorXml(problem: string): string {
  const text = escapeXml(problem.replaceAll('#', '').slice(0, TEXT_AT_MOST));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<prtg>\n  <error>1</error>\n  <text>${text}</text>\n</prtg>\n`;
}

function channelXml({ name, value, maxError }: Channel): string {
  const limits =
    maxError === undefined
      ? []
      : ['<limitmode>1</limitmode>', `<limitmaxerror>${maxError}</limitmaxerror>`];
  return [
    '  <result>',
    `    <channel>${escapeXml(name)}</channel>`,
    `    <value>${value}</value>`,
    '    <unit>Count</unit>',
    ...limits.map((limit) => `    ${limit}`),
    '  </result>',
  ].join('\n');
}

/** Names joined by "; ", cut with "and N more" where they would be longer than PRTG takes. */
function joinWithin(names: readonly string[], most: number): string {
  const all = names.join('; ');
  if (all.length <= most) return all;
  const room = most - `; and ${names.length} more`.length;
  let text = '';
  let shown = 0;
  for (const name of names) {
    const next = shown === 0 ? name : `${text}; ${name}`;
    if (next.length > room) break;
    text = next;
    shown += 1;
  }
  return `${text}; and ${names.length - shown} more`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
