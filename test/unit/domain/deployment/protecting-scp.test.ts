import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { protectingScp } from '../../../../functions/domain/deployment/protecting-scp.ts';
import { sampleNames } from '../../../../infra/docs/sample-scp.ts';

describe('the SCP that protects the enforcer', () => {
  it('is the sample in infra/scp, where the names are the sample’s (npm run docs)', () => {
    const sample = JSON.parse(
      readFileSync('infra/scp/protect-mfa-enforcer.json', 'utf8'),
    ) as object;
    expect(protectingScp(sampleNames)).toEqual(sample);
  });

  it('has the names of a deployment', () => {
    const text = JSON.stringify(
      protectingScp({
        ...sampleNames,
        stack: 'mfa',
        policyName: 'MustHaveMfa',
        exemptKeys: ['team', 'mfa-exempt-until', 'team'],
        parameters: ['/team/webhook', '/team/mail-text'],
        admins: ['role/Security', 'role/aws-reserved/sso.amazonaws.com/*Admin_*'],
      }),
    );
    expect(text).not.toMatch(/iam-mfa-enforcer|ForceMFA|SecurityAdmin|userType/);
    expect(text).toContain('"aws:TagKeys":["team","mfa-exempt-until","mfa-enforcer:break-glass"]');
    expect(text).toContain(
      '"arn:*:ssm:*:*:parameter/team/webhook","arn:*:ssm:*:*:parameter/team/mail-text"',
    );
    // The bus has the stack's own name.
    expect(text).toContain('"arn:*:events:*:*:event-bus/mfa*"');
    const admins =
      '"arn:*:iam::*:role/Security","arn:*:iam::*:role/aws-reserved/sso.amazonaws.com/*Admin_*"';
    // Eight statements except them, and one protects them, too.
    expect(text.split(admins)).toHaveLength(10);
  });

  it.each([
    ['boundaryDeny', 'inlineDeny', ['iam:PutUserPolicy', 'iam:DeleteUserPolicy']],
    [
      'inlineDeny',
      'boundaryDeny',
      ['iam:PutUserPermissionsBoundary', 'iam:DeleteUserPermissionsBoundary'],
    ],
  ])(
    'leaves calls to others that no block of the deployment needs: only %s',
    (on, off, actions) => {
      const given = protectingScp({ ...sampleNames, [on]: true, [off]: false });
      expect(given.Statement.every(({ Effect }) => Effect === 'Deny')).toBe(true);
      const all = given.Statement.flatMap(({ Action = [] }) => Action);
      const sample = protectingScp(sampleNames).Statement.flatMap(({ Action = [] }) => Action);
      expect(all.toSorted()).toEqual(
        sample.filter((action) => !actions.includes(action)).toSorted(),
      );
    },
  );
});
