import { describe, expect, it } from 'vitest';
import {
  carriesDenial,
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
} from '../../functions/domain/force-mfa.ts';
import { deployedSpoke } from '../infra/deployed.ts';

const enrolWiths = ['console', 'console-and-keys'] as const;

describe.each(enrolWiths)('with EnrolWith %s', (enrolWith) => {
  const policy = forceMfaPolicy('aws', enrolWith);

  it('the spoke’s policies are the hub’s documents, and so is the group’s', () => {
    const spoke = deployedSpoke({ EnrolWith: enrolWith });
    expect(spoke.propertiesOf('ForceMfaPolicy').PolicyDocument).toEqual(policy);
    expect(spoke.propertiesOf('ForceMfaBoundary').PolicyDocument).toEqual(
      forceMfaBoundary('aws', enrolWith),
    );
    expect(spoke.propertiesOf('ForceMfaGroup').Policies).toEqual([
      { PolicyName: 'ForceMFA', PolicyDocument: policy },
    ]);
  });

  it('the inline deny denies what the policy and the boundary deny, and grants nothing', () => {
    const denies = policy.Statement.filter(({ Effect }) => Effect === 'Deny');
    expect(forceMfaInline('aws', enrolWith)).toEqual({ Version: '2012-10-17', Statement: denies });
    const ofBoundary = forceMfaBoundary('aws', enrolWith).Statement;
    expect(ofBoundary.filter(({ Effect }) => Effect === 'Deny')).toEqual(denies);
  });
});

describe('a document that blocks as ours do', () => {
  const statement = { Sid: 'DenyAllButEnrollingWithoutMfa', Effect: 'Deny' };

  it.each([
    ['the policy', forceMfaPolicy('aws-cn', 'console')],
    ['the boundary', forceMfaBoundary('aws', 'console')],
    ['the inline deny', forceMfaInline('aws', 'console')],
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
