import { BREAK_GLASS, UNTIL_KEY } from './exemption.ts';
import { forceMfaInline, type PolicyDocument, type PolicyStatement } from './force-mfa.ts';
import type { Settings } from './settings.ts';

/** An SCP may have so many characters (AWS Organizations User Guide, "Quotas and service limits"). */
export const SCP_CHARACTERS = 5120;

type ScpSettings = Pick<Settings, 'enrolWith' | 'exemptTags' | 'exemptUsers'>;

/**
 * The service control policy (SCP) that denies what ForceMFA denies, to all IAM users of an organization's member accounts in
 * sessions without MFA, except exempt users. Each request carries what decides: no event is needed, and nobody can detach it.
 * Sessions of roles are not bound. Federation tokens are neither, but without MFA no user gets one.
 * @param partition one of partition.ts
 */
export function forceMfaScp(partition: string, settings: ScpSettings): PolicyDocument {
  const { Version, Statement } = forceMfaInline(partition, settings.enrolWith);
  const bound = boundUsers(partition, settings);
  return {
    Version,
    Statement: Statement.map((statement) => ({
      ...statement,
      Condition: { ...statement.Condition, ...bound },
    })),
  };
}

/**
 * Conditions that are true for IAM users who are not exempt. A missing tag satisfies StringNotEquals (IAM User Guide, "IAM JSON
 * policy elements: Condition operators").
 */
function boundUsers(
  partition: string,
  { exemptTags, exemptUsers }: ScpSettings,
): NonNullable<PolicyStatement['Condition']> {
  const values: Record<string, string[]> = {};
  for (const { key, value } of [BREAK_GLASS, ...exemptTags]) {
    const tag = `aws:PrincipalTag/${key}`;
    values[tag] = [...(values[tag] ?? []), value];
  }
  const users = `arn:${partition}:iam::*:user`;
  const exemptArns = exemptUsers.flatMap((pattern) =>
    pattern.startsWith('/')
      ? [`${users}${literal(pattern)}`]
      : [`${users}/${literal(pattern)}`, `${users}/*/${literal(pattern)}`],
  );
  return {
    ArnLike: { 'aws:PrincipalArn': `${users}/*` },
    StringNotEqualsIgnoreCase: values,
    ...(exemptArns.length === 0 ? {} : { ArnNotLike: { 'aws:PrincipalArn': exemptArns } }),
  };
}

/** A pattern of ExemptUsers, in which only "*" has a meaning. */
function literal(pattern: string): string {
  return pattern.replaceAll(/[?$]/g, '${$&}');
}

/**
 * What the SCP does not do as the enforcer does, for the person who attaches it.
 * @returns sentences
 */
export function scpLimits({
  exemptTags,
  exemptUsers,
  exemptPassword,
}: Pick<Settings, 'exemptTags' | 'exemptUsers' | 'exemptPassword'>): string[] {
  const exempts = exemptTags.length + exemptUsers.length > 0;
  return [
    'An SCP binds no user of the management account.',
    'An SCP grants nothing: a user whose own policies do not allow enrolling cannot enrol until ForceMFA is attached.',
    ...(exempts
      ? [`It cannot read the date in ${UNTIL_KEY}: an exemption that has ended stays one here.`]
      : []),
    ...(exempts && exemptPassword === 'ends-exemption'
      ? ['It does not know who has a password: here a password ends no exemption.']
      : []),
    ...(exemptUsers.length > 0
      ? ['It compares names with their case. The enforcer ignores the case of ExemptUsers.']
      : []),
  ];
}

/** A statement is longer than an SCP may be. */
export class ScpTooLong extends Error {
  override readonly name = 'ScpTooLong';
}

/**
 * Splits a document into as few SCPs as its statements fit in, in order.
 * @throws ScpTooLong for a statement that fits in none
 */
export function splitScp({ Version, Statement }: PolicyDocument): PolicyDocument[] {
  const parts: PolicyStatement[][] = [];
  const fits = (statements: readonly PolicyStatement[]) =>
    JSON.stringify({ Version, Statement: statements }).length <= SCP_CHARACTERS;
  for (const statement of Statement) {
    const last = parts.at(-1);
    if (last !== undefined && fits([...last, statement])) last.push(statement);
    else if (fits([statement])) parts.push([statement]);
    else {
      throw new ScpTooLong(
        `The statement ${statement.Sid} does not fit into an SCP of ${SCP_CHARACTERS} characters. Use fewer or shorter ` +
          'ExemptTags and ExemptUsers.',
      );
    }
  }
  return parts.map((statements) => ({ Version, Statement: statements }));
}
