import { describe, expect, it } from 'vitest';
import {
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
