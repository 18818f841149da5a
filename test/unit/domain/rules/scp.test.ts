import { describe, expect, it } from 'vitest';
import { forceMfaInline } from '../../../../functions/domain/rules/force-mfa.ts';
import { partitionNames } from '../../../../functions/domain/rules/partition.ts';
import { forceMfaScp, scpLimits, splitScp } from '../../../../functions/domain/rules/scp.ts';

const settings = { enrolWith: 'console', exemptTags: [], exemptUsers: [] } as const;
const breakGlass = { 'aws:PrincipalTag/mfa-enforcer:break-glass': ['true'] };

describe.each(partitionNames)('the SCP in the partition %s', (partition) => {
  it.each(['console', 'console-and-keys'] as const)(
    'has the denials of ForceMFA for IAM users only, with EnrolWith %s',
    (enrolWith) => {
      const denials = forceMfaInline(partition, enrolWith).Statement;
      expect(denials.length).toBeGreaterThan(1);
      expect(forceMfaScp(partition, { ...settings, enrolWith })).toEqual({
        Version: '2012-10-17',
        Statement: denials.map((statement) => ({
          ...statement,
          Condition: {
            ...statement.Condition,
            ArnLike: { 'aws:PrincipalArn': `arn:${partition}:iam::*:user/*` },
            StringNotEqualsIgnoreCase: breakGlass,
          },
        })),
      });
    },
  );

  it('does not bind exempt users', () => {
    const users = `arn:${partition}:iam::*:user`;
    const exempting = {
      ...settings,
      exemptTags: [
        { key: 'userType', value: 'Service' },
        { key: 'team', value: 'robots' },
        { key: 'userType', value: 'Machine' },
      ],
      exemptUsers: ['BedrockAPIKey-*', '/machines/*', '/odd?/$*'],
    };
    for (const { Condition } of forceMfaScp(partition, exempting).Statement) {
      expect(Condition).toMatchObject({
        ArnLike: { 'aws:PrincipalArn': `${users}/*` },
        ArnNotLike: {
          'aws:PrincipalArn': [
            `${users}/BedrockAPIKey-*`,
            `${users}/*/BedrockAPIKey-*`,
            `${users}/machines/*`,
            // IAM's escapes of characters that have a meaning in patterns.
            `${users}/odd\${?}/\${$}*`,
          ],
        },
        StringNotEqualsIgnoreCase: {
          ...breakGlass,
          'aws:PrincipalTag/userType': ['Service', 'Machine'],
          'aws:PrincipalTag/team': ['robots'],
        },
      });
    }
  });
});

describe('the limits of the SCP', () => {
  const always = [
    'An SCP binds no user of the management account.',
    'An SCP grants nothing: a user whose own policies do not allow enrolling cannot enrol until ForceMFA is attached.',
  ];
  const date =
    'It cannot read the date in mfa-exempt-until: an exemption that has ended stays one here.';
  const password = 'It does not know who has a password: here a password ends no exemption.';
  const ofCase = 'It compares names with their case. The enforcer ignores the case of ExemptUsers.';
  const exemptTags = [{ key: 'userType', value: 'Service' }];
  const exemptUsers = ['bot-*'];

  it.each([
    ['nobody is exempt', {}, []],
    [
      'a password would end exemptions, and nobody is exempt',
      { exemptPassword: 'ends-exemption' },
      [],
    ],
    ['tags exempt', { exemptTags }, [date]],
    ['names exempt', { exemptUsers }, [date, ofCase]],
    [
      'a password ends exemptions',
      { exemptTags, exemptPassword: 'ends-exemption' },
      [date, password],
    ],
  ] as const)('where %s', (_, change, more) => {
    const given = { exemptTags: [], exemptUsers: [], exemptPassword: 'keep', ...change } as const;
    expect(scpLimits(given)).toEqual([...always, ...more]);
  });
});

describe('splitting an SCP', () => {
  const Version = '2012-10-17';
  const around = JSON.stringify({ Version, Statement: [] }).length;
  const statement = (Sid: string, size: number) => {
    const given = { Sid, Effect: 'Deny', Action: '' } as const;
    return { ...given, Action: 'x'.repeat(size - JSON.stringify(given).length) };
  };

  it.each([
    ['stays whole where it has 5,120 characters', [2000, 5120 - around - 2001], [2]],
    ['has another part from 5,121 on', [2000, 5120 - around - 2000], [1, 1]],
    ['fills each part, in order', [2000, 2000, 2000, 500, 4900], [2, 2, 1]],
  ])('%s', (_, sizes, statements) => {
    const Statement = sizes.map((size, index) => statement(`S${index}`, size));
    const parts = splitScp({ Version, Statement });
    expect(parts.map((part) => part.Statement.length)).toEqual(statements);
    expect(parts.flatMap((part) => part.Statement)).toEqual(Statement);
    expect(parts.every((part) => part.Version === Version)).toBe(true);
    for (const part of parts) expect(JSON.stringify(part).length).toBeLessThanOrEqual(5120);
  });

  it('is refused for a statement that fits into no SCP', () => {
    const Statement = [statement('Short', 100), statement('Long', 5200)];
    expect(() => splitScp({ Version, Statement })).toThrow(
      'The statement Long does not fit into an SCP of 5120 characters. Use fewer or shorter ExemptTags and ExemptUsers.',
    );
    const thrown = (() => {
      try {
        return splitScp({ Version, Statement });
      } catch (error) {
        return (error as Error).name;
      }
    })();
    expect(thrown).toBe('ScpTooLong');
  });
});
