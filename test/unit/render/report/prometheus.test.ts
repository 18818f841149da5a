import { describe, expect, it } from 'vitest';
import { exposition, prometheus } from '../../../../functions/render/report/prometheus.ts';
import { emptyAccount, everyState, fiveThousand, HOSTILE_PROBLEM } from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';
import { promtoolProblems } from './promtool.ts';

describe('Prometheus’s text', () => {
  it.each([
    ['every state', everyState, 'report.prom'],
    ['an empty account', emptyAccount, 'report.empty.prom'],
  ])('is as in the golden file: %s', async (_, report, file) => {
    await expectGolden(prometheus.render(report), file);
  });

  it('of a reading that failed has no other series than that it failed', async () => {
    const text = prometheus.failure('AccessDenied: iam:ListUsers');
    await expectGolden(text, 'report.failure.prom');
    expect(text.match(/^[a-z].*$/gm)).toEqual(['mfa_enforcer_report_success 0']);
  });

  it('is legal', () => {
    for (const text of [
      ...[everyState, emptyAccount, fiveThousand].map((report) => prometheus.render(report)),
      prometheus.failure(HOSTILE_PROBLEM),
    ]) {
      expect(promtoolProblems(text)).toEqual([]);
    }
  });

  it('counts', () => {
    const lines = prometheus.render(everyState).split('\n');
    const account = 'account="111122223333"';
    for (const line of [
      `mfa_enforcer_users{${account},state="protected"} 3`,
      `mfa_enforcer_users{${account},state="blocked"} 3`,
      `mfa_enforcer_users{${account},state="unprotected"} 3`,
      `mfa_enforcer_users{${account},state="exempt"} 2`,
      `mfa_enforcer_users{${account},state="out-of-scope"} 1`,
      `mfa_enforcer_users_without_mfa{${account}} 4`,
      `mfa_enforcer_root_mfa{${account}} 0`,
      'mfa_enforcer_report_success 1',
      'mfa_enforcer_report_timestamp_seconds 1772366400',
    ]) {
      expect(lines).toContain(line);
    }
  });

  it('escapes labels and help', () => {
    const text = exposition([
      { name: 'x', help: 'a\\b\nc', samples: [{ labels: { a: '\\n"\n}', b: '' }, value: 1 }] },
    ]);
    expect(text).toBe('# HELP x a\\\\b\\nc\n# TYPE x gauge\nx{a="\\\\n\\"\\n}",b=""} 1\n');
    expect(promtoolProblems(text)).toEqual([]);
  });
});

const front = '# HELP x y\n# TYPE x gauge\n';
const bad: readonly [what: string, text: string][] = [
  ['no newline at the end', `${front}x 1`],
  ['no HELP', '# TYPE x gauge\nx 1\n'],
  ['no TYPE', '# HELP x y\nx 1\n'],
  ['TYPE after a sample', '# HELP x y\nx 1\n# TYPE x gauge\n'],
  ['TYPE twice', `${front}# TYPE x gauge\nx 1\n`],
  ['an unknown type', '# HELP x y\n# TYPE x number\nx 1\n'],
  ['HELP with a bare backslash', '# HELP x a\\b\n# TYPE x gauge\nx 1\n'],
  ['two groups of a metric', `${front}x 1\n# HELP z y\n# TYPE z gauge\nz 1\nx{a="b"} 1\n`],
  ['a group begun again', `${front}x 1\n# HELP z y\n# TYPE z gauge\nz 1\n${front}x{a="b"} 1\n`],
  ['a sample of no group', `${front}z 1\n`],
  ['an illegal metric name', '# HELP x-y z\n# TYPE x-y gauge\nx-y 1\n'],
  ['an illegal label name', `${front}x{a-b="c"} 1\n`],
  ['a reserved label name', `${front}x{__a="c"} 1\n`],
  ['a label twice', `${front}x{a="b",a="c"} 1\n`],
  ['a label without quotes', `${front}x{a=b} 1\n`],
  ['a quote in a label', `${front}x{a="b"c"} 1\n`],
  ['a bare backslash in a label', `${front}x{a="b\\c"} 1\n`],
  ['a line break in a label', `${front}x{a="b\nc"} 1\n`],
  ['a series twice', `${front}x{a="b",c="d"} 1\nx{c="d",a="b"} 2\n`],
  ['no value', `${front}x{a="b"}\n`],
  ['a value that is none', `${front}x one\n`],
  ['undefined', `${front}x undefined\n`],
  ['an empty line', `${front}\nx 1\n`],
  ['something else', `${front}x 1\nhello there\n`],
];

describe('the check of Prometheus’s text', () => {
  it.each(bad)('finds %s', (_, text) => {
    expect(promtoolProblems(text)).not.toEqual([]);
  });

  it('finds nothing in what is right', () => {
    expect(promtoolProblems(`# a comment\n${front}x{a="\\"\\\\\\n"} 1\nx -1.5e3\n`)).toEqual([]);
  });
});
