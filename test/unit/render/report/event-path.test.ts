import { describe, expect, it } from 'vitest';
import type { OrganizationReport } from '../../../../events/organization-report.ts';
import type { ReportedPath } from '../../../../events/outcome.ts';
import {
  eventPathLevel,
  eventPathLines,
  eventPathText,
} from '../../../../functions/render/report/event-path.ts';
import {
  findingsOf,
  organizationFindings,
  readIn,
} from '../../../../functions/render/report/findings.ts';
import {
  nagios,
  nagiosStatus,
  organizationNagios,
} from '../../../../functions/render/report/nagios.ts';
import { prometheus } from '../../../../functions/render/report/prometheus.ts';
import { organizationPrtg, prtgReading } from '../../../../functions/render/report/prtg.ts';
import { sourceLines } from '../../../../functions/render/report/source-lines.ts';
import {
  accountOf,
  accountRead,
  organizationOf,
  pathOf,
} from '../../../fakes/organization-report.ts';
import { reportedUser, reportOf } from '../../../fakes/report.ts';

const why = (code: string) => ({ code, text: 'the reason' });

const cases: readonly [ReportedPath, 'ok' | 'warning' | 'critical', string][] = [
  [
    pathOf({ latencyMs: 2100 }),
    'ok',
    'IAM events arrive: the last took 2.1 s at 2026-03-01 03:00 UTC',
  ],
  [
    pathOf({ state: 'unproven', sweeps: 1 }),
    'warning',
    'The event of the last probe did not arrive, since 2026-03-01 03:00 UTC',
  ],
  [
    pathOf({ state: 'unproven', sweeps: 2 }),
    'critical',
    'IAM events do not arrive: no probe came back in 2 sweeps, since 2026-03-01 03:00 UTC',
  ],
  [
    pathOf({ state: 'not-probed', sweeps: 3, why: why('denied') }),
    'warning',
    'Event path not probed since 2026-03-01 03:00 UTC (the reason)',
  ],
  [
    pathOf({ state: 'not-probed', why: why('off') }),
    'ok',
    'Event path not probed since 2026-03-01 03:00 UTC (the reason)',
  ],
  [
    pathOf({ state: 'not-probed', since: null, why: why('never') }),
    'ok',
    'Event path not probed (the reason)',
  ],
  [
    pathOf({ state: 'not-probed', since: null, why: why('waiting') }),
    'ok',
    'Event path not probed (the reason)',
  ],
  [
    pathOf({ state: 'unknown', since: null, why: why('denied') }),
    'warning',
    'Event path not known (the reason)',
  ],
];

describe('the event path of an account', () => {
  it.each(cases)('is shown, and is as severe as it is: %j %s', (eventPath, level, text) => {
    const report = { ...reportOf([]), eventPath };
    expect(eventPathLevel(report)).toBe(level);
    expect(eventPathText(report)).toBe(text);
    expect(sourceLines(report)).toContain(`${text}.`);
    expect(findingsOf(report)).toMatchObject({ level, eventPath: level === 'ok' ? null : text });
    expect(nagiosStatus(report)).toBe({ ok: 0, warning: 1, critical: 2 }[level]);
    if (level !== 'ok') {
      expect(nagios.render(report)).toContain(text);
      expect(prtgReading(report).text).toContain(text);
    }
    const known = eventPath.state === 'proven' || (level !== 'ok' && eventPath.state !== 'unknown');
    const value = level === 'ok' ? 0 : 1;
    expect(nagios.render(report)).toContain(
      ` 'event paths not proven'=${known ? value : 'U'};0;;0\n`,
    );
    const name = 'Event paths not proven';
    const channels = prtgReading(report).channels.filter((one) => one.name === name);
    expect(channels).toEqual(known ? [{ name, value, maxWarning: 0 }] : []);
  });

  it('is in no report that does not have it, or that knows no state table', () => {
    const unknown = pathOf({ state: 'unknown', since: null, why: why('no-state-table') });
    expect(eventPathText(reportOf([]))).toBeNull();
    expect(sourceLines({ ...reportOf([]), eventPath: unknown }).join()).not.toContain('IAM events');
  });

  it.each<[ReportedPath, RegExp[]]>([
    [
      pathOf({ latencyMs: 2100 }),
      [
        /^mfa_enforcer_event_path_proven\{.*\} 1$/m,
        /^mfa_enforcer_event_path_latency_seconds\{.*\} 2\.1$/m,
      ],
    ],
    [pathOf({ state: 'unproven', sweeps: 1 }), [/^mfa_enforcer_event_path_proven\{.*\} 0$/m]],
  ])('is a gauge where it is known: %j', (eventPath, lines) => {
    const text = prometheus.render({ ...reportOf([]), eventPath });
    for (const line of lines) expect(text).toMatch(line);
  });

  it('is no gauge where it is not known', () => {
    const eventPath = pathOf({ state: 'unknown', since: null, why: why('denied') });
    expect(prometheus.render({ ...reportOf([]), eventPath })).not.toContain('event_path');
  });
});

describe('the event paths of an organization', () => {
  const silent = (sweeps: number) => pathOf({ state: 'unproven', sweeps });
  const denied = pathOf({ state: 'not-probed', sweeps: 1, why: why('denied') });
  const paths: readonly (readonly [string, ReportedPath])[] = [
    ['one', pathOf({ latencyMs: 900 })],
    ['two', pathOf({ latencyMs: 4200 })],
    ['three', silent(1)],
    ['four', denied],
  ];
  const of = (...named: typeof paths) =>
    organizationOf(
      named.map(([name, eventPath], index) =>
        accountRead(name, reportOf([], { account: accountOf(index), eventPath })),
      ),
    );

  const linesOf = (report: OrganizationReport) =>
    eventPathLines(
      readIn(report).map(({ name, account, report: { eventPath } }) => ({
        name,
        account,
        eventPath,
      })),
    );

  it('are named to Nagios and PRTG by what is true of each', () => {
    const report = of(...paths);
    const text =
      '1 account whose last probe did not come back: three since 2026-03-01, 1 event path not probed: four (the reason)';
    expect(organizationNagios(report)).toContain(`MFA WARNING: ${text} | `);
    expect(organizationNagios(report)).toContain(` 'event paths not proven'=2;0;;0\n`);
    expect(organizationPrtg(report)).toMatchObject({
      level: 'warning',
      text: `Every user with a password has an MFA device. ${text.replace(', 1', '. 1')}`,
    });
    expect(organizationPrtg(report).channels.at(-1)).toMatchObject({ value: 2, maxWarning: 0 });
  });

  it.each([
    ['silent in one sweep', silent(1), 'warning'],
    ['silent in two', silent(2), 'critical'],
    ['not probed', denied, 'warning'],
    ['proven', pathOf({ latencyMs: 1 }), 'ok'],
  ] as const)('are as severe as the worst of them: %s', (_, path, level) => {
    expect(organizationFindings(of(['one', path])).level).toBe(level);
    expect(organizationPrtg(of(['one', path])).level).toBe(level);
  });

  it('are not counted where one is not known: the number would be too small', () => {
    const report = of(...paths, ['five', pathOf({ state: 'unknown', why: why('denied') })]);
    expect(organizationNagios(report)).toContain(` 'event paths not proven'=U;0;;0\n`);
    const names = organizationPrtg(report).channels.map(({ name }) => name);
    expect(names).not.toContain('Event paths not proven');
  });

  it('are in the table, the findings first, then the slowest, then what is not known', () => {
    const unread = pathOf({ state: 'unknown', since: null, why: why('denied') });
    const report = of(...paths, ['five', unread], ['six', unread]);
    expect(linesOf(report)).toEqual([
      `three (${accountOf(2)}): The event of the last probe did not arrive, since 2026-03-01 03:00 UTC.`,
      `four (${accountOf(3)}): Event path not probed since 2026-03-01 03:00 UTC (the reason).`,
      '2 accounts: Event path not known (the reason).',
      `IAM events arrive from 2 accounts; the slowest took 4.2 s: two (${accountOf(1)}).`,
    ]);
  });

  it('are in one line where Probe is off, whenever each account was swept', () => {
    const off = (minute: string) =>
      pathOf({ state: 'not-probed', since: `2026-03-01T03:${minute}:00.000Z`, why: why('off') });
    expect(linesOf(of(['one', off('01')], ['two', off('02')]))).toEqual([
      '2 accounts: Event path not probed (the reason).',
    ]);
  });

  it('are in one line where they were not probed for the same reason', () => {
    expect(linesOf(of(['one', denied], ['two', denied]))).toEqual([
      `2 accounts: Event path not probed (the reason): one (${accountOf(0)}); two (${accountOf(1)}).`,
    ]);
  });

  it('are named to Nagios and PRTG where they could not be read, which is never ok', () => {
    const report = of(['one', pathOf({ state: 'unknown', since: null, why: why('denied') })]);
    const text = '1 event path not known: one (the reason)';
    expect(organizationNagios(report)).toContain(`MFA WARNING: ${text} | `);
    expect(organizationPrtg(report)).toMatchObject({ level: 'warning' });
    expect(organizationPrtg(report).text).toContain(text);
  });

  it('are named to PRTG behind the users, too', () => {
    const user = reportedUser('dana', { state: 'blocked', hasPassword: true, devices: [] });
    const report = { ...reportOf([user]), eventPath: denied };
    const path = 'Event path not probed since 2026-03-01 03:00 UTC (the reason)';
    expect(prtgReading(report).text).toBe(`dana. ${path}`);
    const crowd = { ...reportOf(Array(500).fill(user)), eventPath: denied };
    expect(prtgReading(crowd).text).toContain(`more. ${path}`);
    expect(prtgReading(crowd).text.length).toBeLessThanOrEqual(2000);
  });

  it('are in no table where no stack was read, nor where no account was', () => {
    const noTable = pathOf({ state: 'unknown', since: null, why: why('no-state-table') });
    expect(linesOf(of(['one', noTable]))).toEqual([]);
    expect(eventPathLines([])).toEqual([]);
  });
});
