import { describe, expect, it } from 'vitest';
import {
  BadConfiguration,
  iamEventRegionOf,
  iamEventRegions,
  reviewConfig,
  slackConfig,
  sweepConfig,
} from '../../functions/setup/config.ts';

const good = {
  AWS_REGION: 'us-east-1',
  MFA_ENFORCER_POLICY_ARN: 'arn:aws:iam::111122223333:policy/ForceMFA',
  MFA_ENFORCER_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/q',
  MFA_ENFORCER_OUTCOME_BUS: 'bus',
  MFA_ENFORCER_STACK: 'stack',
  MFA_ENFORCER_ROLE: 'role',
  MFA_ENFORCER_BOUNDARY_ARN: 'arn:aws:iam::111122223333:policy/ForceMFA-boundary',
  MFA_ENFORCER_DENY_GROUP: 'ForceMFA',
  MFA_ENFORCER_MEMORY_TABLE: 'memory',
};

describe('the configuration', () => {
  it('has safe defaults', () => {
    expect(reviewConfig(good)).toEqual({
      settings: {
        mode: 'enforce',
        scope: 'all-users',
        release: 'on-enrolment',
        exemptTags: [{ key: 'userType', value: 'Service' }],
        exemptPassword: 'keep',
        holdLimit: 'auto',
        account: '111122223333',
        enforcerRole: 'role',
        boundaryArn: 'arn:aws:iam::111122223333:policy/ForceMFA-boundary',
        denyGroup: 'ForceMFA',
        inlinePolicyName: 'ForceMFA',
        boundaryDeny: true,
        inlineDeny: false,
        slackMentions: false,
        policyArn: 'arn:aws:iam::111122223333:policy/ForceMFA',
      },
      queueUrl: good.MFA_ENFORCER_QUEUE_URL,
      outcomeBus: 'bus',
      memoryTable: 'memory',
      organization: null,
      stack: 'stack',
    });
  });

  it('takes what is set', () => {
    const { settings } = reviewConfig({
      ...good,
      MFA_ENFORCER_MODE: 'observe',
      MFA_ENFORCER_SCOPE: 'console-users',
      MFA_ENFORCER_RELEASE: 'never',
      MFA_ENFORCER_EXEMPT_TAGS: 'team:robots:night',
      MFA_ENFORCER_HOLD_LIMIT: '25',
      MFA_ENFORCER_POLICY_ARN: 'arn:aws-us-gov:iam::111122223333:policy/path/ForceMFA',
    });
    expect(settings).toMatchObject({
      mode: 'observe',
      scope: 'console-users',
      release: 'never',
      exemptTags: [{ key: 'team', value: 'robots:night' }],
      holdLimit: 25,
      account: '111122223333',
    });
  });

  it.each(iamEventRegions)('is good in %s', (region) => {
    expect(() => reviewConfig({ ...good, AWS_REGION: region })).not.toThrow();
  });

  it.each([
    [
      'AWS_REGION',
      'eu-west-1',
      "must be one of us-east-1, us-gov-west-1, cn-north-1: IAM's events are delivered nowhere else",
    ],
    ['AWS_REGION', undefined, 'is not set'],
    ['MFA_ENFORCER_MODE', 'audit', 'observe'],
    ['MFA_ENFORCER_SCOPE', 'everyone', 'console-users'],
    ['MFA_ENFORCER_RELEASE', 'no', 'never'],
    [
      'MFA_ENFORCER_EXEMPT_TAGS',
      'userType',
      '"userType" is no key:value pair, as in userType:Service',
    ],
    ['MFA_ENFORCER_HOLD_LIMIT', 'many', 'must be "auto" or a number of users, 0 to 9999'],
    ['MFA_ENFORCER_HOLD_LIMIT', '-1', 'must be "auto"'],
    ['MFA_ENFORCER_POLICY_ARN', 'ForceMFA', 'must be the ARN of the ForceMFA policy'],
    ['MFA_ENFORCER_POLICY_ARN', undefined, 'is not set'],
    ['MFA_ENFORCER_QUEUE_URL', undefined, 'is not set'],
    ['MFA_ENFORCER_OUTCOME_BUS', undefined, 'is not set'],
    ['MFA_ENFORCER_STACK', undefined, 'is not set'],
    ['MFA_ENFORCER_ROLE', undefined, 'is not set'],
    ['MFA_ENFORCER_DENY_GROUP', undefined, 'is not set'],
    ['MFA_ENFORCER_BOUNDARY_ARN', 'x', 'must be the ARN of the boundary policy'],
    ['MFA_ENFORCER_INLINE_DENY', 'maybe', 'yes'],
    ['MFA_ENFORCER_BOUNDARY_DENY', 'maybe', 'no'],
    ['MFA_ENFORCER_MEMORY_TABLE', undefined, 'is not set'],
    [
      'MFA_ENFORCER_ORGANIZATION',
      'acme',
      'must be the id of an organization, as in o-a1b2c3d4e5, or empty',
    ],
  ])('is refused with %s=%s, saying why', (name, value, why) => {
    const read = () => reviewConfig({ ...good, [name]: value });
    expect(read).toThrow(BadConfiguration);
    expect(read).toThrow(`${name} `);
    expect(read).toThrow(why);
  });
});

it.each([
  ['', null],
  [undefined, null],
  ['o-a1b2c3d4e5', 'o-a1b2c3d4e5'],
])('the organization %j is %j', (MFA_ENFORCER_ORGANIZATION, organization) => {
  expect(reviewConfig({ ...good, MFA_ENFORCER_ORGANIZATION })).toMatchObject({ organization });
});

describe('the configuration of nightly-sweep', () => {
  const MFA_ENFORCER_SWEEPS_QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/111122223333/sweeps';

  it('has the queue of sweeps besides', () => {
    expect(sweepConfig({ ...good, MFA_ENFORCER_SWEEPS_QUEUE_URL })).toEqual({
      ...reviewConfig(good),
      sweepsQueueUrl: MFA_ENFORCER_SWEEPS_QUEUE_URL,
    });
  });

  it('is refused without it', () => {
    expect(() => sweepConfig(good)).toThrow('MFA_ENFORCER_SWEEPS_QUEUE_URL is not set');
  });
});

describe('the configuration of notify-slack', () => {
  const slack = {
    AWS_REGION: 'us-east-1',
    MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER: '/p',
    MFA_ENFORCER_OUTCOMES_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/outcomes',
    MFA_ENFORCER_OUTCOMES_FAILED_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/failed',
    MFA_ENFORCER_MEMORY_TABLE: 'memory',
  };

  it.each([
    [undefined, false],
    ['http://127.0.0.1:4566', true],
    ['https://vpce.example.com', false],
  ])('allows a webhook on loopback only beside a local AWS: %s', (endpoint, allowLoopback) => {
    expect(slackConfig({ ...slack, AWS_ENDPOINT_URL: endpoint })).toEqual({
      webhookParameter: '/p',
      queueUrl: slack.MFA_ENFORCER_OUTCOMES_QUEUE_URL,
      deadLettersUrl: slack.MFA_ENFORCER_OUTCOMES_FAILED_URL,
      memoryTable: 'memory',
      partition: 'aws',
      exemptTags: [{ key: 'userType', value: 'Service' }],
      allowLoopback,
    });
  });

  it.each([
    ['us-east-1', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
  ])('knows the partition of its Region: %s', (AWS_REGION, partition) => {
    expect(slackConfig({ ...slack, AWS_REGION })).toMatchObject({ partition });
  });

  it.each(Object.keys(slack))('is refused without %s', (name) => {
    expect(() => slackConfig({ ...slack, [name]: undefined })).toThrow(`${name} is not set`);
  });
});

it.each([
  ['aws', 'us-east-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-cn', 'cn-north-1'],
])('the deployment of partition %s is in %s', (partition, region) => {
  expect(iamEventRegionOf(partition)).toBe(region);
});
