import { describe, expect, it } from 'vitest';
import {
  carriesDenial,
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
} from '../../functions/domain/force-mfa.ts';
import { deployedSpoke } from '../infra/deployed.ts';

describe('the spoke’s policies', () => {
  const spoke = deployedSpoke();

  it('are the hub’s documents, and so is the group’s', () => {
    expect(spoke.propertiesOf('ForceMfaPolicy').PolicyDocument).toEqual(forceMfaPolicy('aws'));
    expect(spoke.propertiesOf('ForceMfaBoundary').PolicyDocument).toEqual(forceMfaBoundary('aws'));
    expect(spoke.propertiesOf('ForceMfaGroup').Policies).toEqual([
      { PolicyName: 'ForceMFA', PolicyDocument: forceMfaPolicy('aws') },
    ]);
  });
});

describe('the inline deny', () => {
  it('denies what the policy and the boundary deny, and grants nothing', () => {
    const denies = forceMfaPolicy('aws').Statement.filter(({ Effect }) => Effect === 'Deny');
    expect(forceMfaInline('aws')).toEqual({ Version: '2012-10-17', Statement: denies });
    expect(forceMfaBoundary('aws').Statement.filter(({ Effect }) => Effect === 'Deny')).toEqual(
      denies,
    );
  });
});

describe('a document that blocks as ours do', () => {
  const statement = { Sid: 'DenyAllButEnrollingWithoutMfa', Effect: 'Deny' };

  it.each([
    ['the policy', forceMfaPolicy('aws-cn')],
    ['the boundary', forceMfaBoundary('aws')],
    ['the inline deny', forceMfaInline('aws')],
    ['one of another release, with the statement alone', { Statement: statement }],
  ])('is known by its statement: %s', (_, document) => {
    expect(carriesDenial(document)).toBe(true);
  });

  it.each([
    ['AWS’s own sample', { Statement: [{ ...statement, Sid: 'DenyAllExceptListedIfNoMFA' }] }],
    ['one that allows', { Statement: [{ ...statement, Effect: 'Allow' }] }],
    ['one without a statement', {}],
    ['one with an empty statement', { Statement: [null] }],
    ['none', null],
  ])('is not known in another: %s', (_, document) => {
    expect(carriesDenial(document)).toBe(false);
  });
});
