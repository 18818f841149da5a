import { describe, expect, it } from 'vitest';
import { formatFindings } from '../../../functions/commands/doctor.ts';
import type { Finding } from '../../../functions/pipeline/doctor/check.ts';

const well: Finding = { check: 'region', status: 'ok', message: 'us-east-1', fix: null };
const broken: Finding = {
  check: 'failed messages',
  status: 'broken',
  message:
    'IamChangesFailed contains 2 messages: IAM changes that could not be reviewed, as it happens',
  fix: 'Find the cause in the log and in a message. Fix it, then run the last command:\naws logs tail /aws/lambda/on-iam-change --since 1d\nmfa-enforcer redrive IamChangesFailed --stack a-stack-with-a-very-long-name',
};
const unseen: Finding = {
  check: 'trail',
  status: 'unknown',
  message: 'AWS denied cloudtrail:DescribeTrails',
  fix: 'Allow cloudtrail:DescribeTrails to dana.',
};

const plain = (...findings: Finding[]) => formatFindings(findings, { columns: 80, color: false });

describe('the text of the doctor’s findings', () => {
  it('reads well at 80 columns, and breaks no command', () => {
    expect(plain(well, unseen, broken)).toBe(
      `✔ ok       region          us-east-1
? unknown  trail           AWS denied cloudtrail:DescribeTrails
  fix: Allow cloudtrail:DescribeTrails to dana.
✖ BROKEN   failed messages IamChangesFailed contains 2 messages: IAM changes
                           that could not be reviewed, as it happens
  fix: Find the cause in the log and in a message. Fix it, then run the last
       command:
       aws logs tail /aws/lambda/on-iam-change --since 1d
       mfa-enforcer redrive IamChangesFailed --stack a-stack-with-a-very-long-name

1 finding, 1 check could not run.
`,
    );
  });

  it.each([
    [[well], 'No findings.'],
    [[well, broken, broken], '2 findings.'],
    [[well, unseen], '1 check could not run.'],
  ])('ends with a summary', (findings, summary) => {
    expect(
      plain(...findings)
        .trimEnd()
        .split('\n')
        .at(-1),
    ).toBe(summary);
  });

  it('has colours only where they are wanted', () => {
    expect(plain(well, broken, unseen)).not.toContain('\u001b');
    expect(formatFindings([broken], { columns: 80, color: true })).toContain('\u001b[31m✖');
  });

  it('obeys no name from outside', () => {
    const trail = {
      ...unseen,
      message: 'trail \u001b[2Jx\nNo findings.',
      fix: 'do \u001b[2J this',
    };
    expect(plain(trail)).not.toContain('\u001b');
    expect(plain(trail)).toContain('trail  [2Jx No findings.');
  });
});
