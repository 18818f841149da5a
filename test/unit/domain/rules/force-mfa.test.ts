import { describe, expect, it } from 'vitest';
import {
  carriesDenial,
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
} from '../../../../functions/domain/rules/force-mfa.ts';
import { partitionNames } from '../../../../functions/domain/rules/partition.ts';
import { deployedSpoke } from '../../../fakes/deployed.ts';

const enrolWiths = ['console', 'console-and-keys'] as const;

describe.each(partitionNames)('in the partition %s', (partition) => {
  const ownUser = [
    `arn:${partition}:iam::*:user/\${aws:username}`,
    `arn:${partition}:iam::*:user/*/\${aws:username}`,
  ];
  const toEnrol = [
    'iam:ChangePassword',
    'iam:EnableMFADevice',
    'iam:GetMFADevice',
    'iam:GetUser',
    'iam:ListMFADevices',
    'iam:ResyncMFADevice',
  ];
  const toSignIn = [
    'signin:Authenticate',
    'signin:AuthorizeOAuth2Access',
    'signin:CreateOAuth2Token',
  ];
  const withoutMfa = {
    BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false', 'aws:ViaAWSService': 'false' },
  };
  const enrolling = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'SeeWhatEnrollingNeeds',
        Effect: 'Allow',
        Action: ['iam:GetAccountPasswordPolicy', 'iam:ListVirtualMFADevices'],
        Resource: '*',
      },
      { Sid: 'EnrolOwnDevice', Effect: 'Allow', Action: toEnrol, Resource: ownUser },
      {
        Sid: 'CreateDeviceOfAnyName',
        Effect: 'Allow',
        Action: ['iam:CreateVirtualMFADevice'],
        Resource: `arn:${partition}:iam::*:mfa/*`,
      },
      {
        Sid: 'DenyAllButEnrollingWithoutMfa',
        Effect: 'Deny',
        NotAction: [
          'iam:ChangePassword',
          'iam:CreateVirtualMFADevice',
          'iam:EnableMFADevice',
          'iam:GetAccountPasswordPolicy',
          'iam:GetMFADevice',
          'iam:GetUser',
          'iam:ListMFADevices',
          'iam:ListVirtualMFADevices',
          'iam:ResyncMFADevice',
          ...toSignIn,
          'sts:GetSessionToken',
        ],
        Resource: '*',
        Condition: withoutMfa,
      },
      {
        Sid: 'DenyAllButOwnUserAndConsoleWithoutMfa',
        Effect: 'Deny',
        Action: [...toEnrol, ...toSignIn],
        NotResource: [...ownUser, `arn:${partition}:signin:::console/*`],
        Condition: withoutMfa,
      },
    ],
  };
  const notWithKeys = {
    Sid: 'DenyEnrollingWithAccessKeys',
    Effect: 'Deny',
    Action: ['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice'],
    Resource: '*',
    Condition: {
      Null: { 'aws:MultiFactorAuthPresent': 'true' },
      BoolIfExists: { 'aws:ViaAWSService': 'false' },
    },
  };

  it('the managed policy grants enrolling, and denies the rest without MFA', () => {
    expect(forceMfaPolicy(partition, 'console-and-keys')).toEqual(enrolling);
  });

  it('the managed policy denies enrolling with access keys where only the console may', () => {
    expect(forceMfaPolicy(partition, 'console')).toEqual({
      ...enrolling,
      Statement: [...enrolling.Statement, notWithKeys],
    });
  });
});

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
