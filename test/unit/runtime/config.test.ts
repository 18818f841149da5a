import { describe, expect, it } from 'vitest';
import { iamEventRegions } from '../../../functions/domain/rules/partition.ts';
import {
  BadConfiguration,
  commandSettings,
  type DeployedParameters,
  overriddenBy,
  reviewConfig,
  slackConfig,
  sweepConfig,
} from '../../../functions/runtime/config.ts';
import { deployedStack } from '../../fakes/iam-endpoint.ts';
import { templateParameters } from '../../fakes/release.ts';
import { runbookUrls } from '../../fakes/runbook-urls.ts';

const good = {
  AWS_REGION: 'us-east-1',
  MFA_ENFORCER_POLICY_ARN: 'arn:aws:iam::111122223333:policy/ForceMFA',
  MFA_ENFORCER_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/q',
  MFA_ENFORCER_SWEEPS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/sweeps',
  MFA_ENFORCER_OUTCOME_BUS: 'bus',
  MFA_ENFORCER_STACK: 'stack',
  MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER: '/webhook',
  MFA_ENFORCER_NOTIFY_TEXT_PARAMETER: '/mail-text',
  MFA_ENFORCER_ROLE: 'role',
  MFA_ENFORCER_SWEEP_ROLE_ARN: 'arn:aws:iam::111122223333:role/sweep',
  MFA_ENFORCER_BOUNDARY_ARN: 'arn:aws:iam::111122223333:policy/ForceMFA-boundary',
  MFA_ENFORCER_DENY_GROUP: 'ForceMFA',
  MFA_ENFORCER_STATE_TABLE: 'memory',
};

describe('the configuration', () => {
  it('has safe defaults', () => {
    expect(reviewConfig(good)).toEqual({
      settings: {
        mode: 'observe',
        scope: 'all-users',
        unblock: 'on-enrolment',
        exemptTags: [{ key: 'userType', value: 'Service' }],
        exemptUsers: [],
        enrolWith: 'console',
        exemptPassword: 'keep',
        graceHours: 0,
        blockLimit: 'auto',
        account: '111122223333',
        enforcerRole: 'role',
        boundaryArn: 'arn:aws:iam::111122223333:policy/ForceMFA-boundary',
        denyGroup: 'ForceMFA',
        inlinePolicyName: 'ForceMFA',
        boundaryDeny: false,
        inlineDeny: false,
        reportCredentials: true,
        orphanDevices: 'report',
        slackMentions: false,
        notifyUsers: null,
        policyArn: 'arn:aws:iam::111122223333:policy/ForceMFA',
      },
      queueUrl: good.MFA_ENFORCER_QUEUE_URL,
      sweepsQueueUrl: good.MFA_ENFORCER_SWEEPS_QUEUE_URL,
      outcomeBus: 'bus',
      stateTable: 'memory',
      organization: null,
      stack: 'stack',
      hub: { account: '111122223333', stack: 'stack', parameters: ['/webhook', '/mail-text'] },
      sweepRoleArn: 'arn:aws:iam::111122223333:role/sweep',
    });
  });

  it('takes what is set', () => {
    const { settings } = reviewConfig({
      ...good,
      MFA_ENFORCER_MODE: 'observe',
      MFA_ENFORCER_SCOPE: 'console-users',
      MFA_ENFORCER_UNBLOCK: 'never',
      MFA_ENFORCER_EXEMPT_TAGS: 'team=robots:night',
      MFA_ENFORCER_BLOCK_LIMIT: '25',
      MFA_ENFORCER_POLICY_ARN: 'arn:aws-us-gov:iam::111122223333:policy/path/ForceMFA',
    });
    expect(settings).toMatchObject({
      mode: 'observe',
      scope: 'console-users',
      unblock: 'never',
      exemptTags: [{ key: 'team', value: 'robots:night' }],
      blockLimit: 25,
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
      "must be one of us-east-1, us-gov-west-1, cn-north-1, the Regions where IAM's events are delivered",
    ],
    ['AWS_REGION', undefined, 'is not set'],
    ['MFA_ENFORCER_MODE', 'audit', 'observe'],
    ['MFA_ENFORCER_SCOPE', 'everyone', 'console-users'],
    ['MFA_ENFORCER_UNBLOCK', 'no', 'never'],
    ['MFA_ENFORCER_ENROL_WITH', 'keys', 'console-and-keys'],
    [
      'MFA_ENFORCER_EXEMPT_TAGS',
      'userType',
      '"userType" is not a key=value or key:value pair like userType=Service',
    ],
    ['MFA_ENFORCER_BLOCK_LIMIT', 'many', 'must be "auto" or a number of users, 0 to 9999'],
    ['MFA_ENFORCER_BLOCK_LIMIT', '-1', 'must be "auto"'],
    ['MFA_ENFORCER_POLICY_ARN', 'ForceMFA', 'must be the ARN of the ForceMFA policy'],
    ['MFA_ENFORCER_POLICY_ARN', undefined, 'is not set'],
    ['MFA_ENFORCER_QUEUE_URL', undefined, 'is not set'],
    ['MFA_ENFORCER_SWEEPS_QUEUE_URL', undefined, 'is not set'],
    ['MFA_ENFORCER_OUTCOME_BUS', undefined, 'is not set'],
    ['MFA_ENFORCER_STACK', undefined, 'is not set'],
    ['MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER', undefined, 'is not set'],
    ['MFA_ENFORCER_ROLE', undefined, 'is not set'],
    ['MFA_ENFORCER_SWEEP_ROLE_ARN', undefined, 'is not set'],
    ['MFA_ENFORCER_DENY_GROUP', undefined, 'is not set'],
    ['MFA_ENFORCER_BOUNDARY_ARN', 'x', 'must be the ARN of the boundary policy'],
    ['MFA_ENFORCER_INLINE_DENY', 'maybe', 'yes'],
    ['MFA_ENFORCER_BOUNDARY_DENY', 'maybe', 'no'],
    ['MFA_ENFORCER_STATE_TABLE', undefined, 'is not set'],
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

describe('the errors of a configuration', () => {
  const problemsOf = (change: Readonly<Record<string, string | undefined>>): unknown => {
    try {
      return reviewConfig({ ...good, ...change });
    } catch (error) {
      return (error as Error).message.replace('Invalid configuration: ', '').split('; ');
    }
  };

  it.each([
    ['MFA_ENFORCER_MODE', 'audit', 'must be enforce or observe'],
    ['MFA_ENFORCER_SCOPE', 'all', 'must be all-users, console-users or no-users'],
    ['MFA_ENFORCER_UNBLOCK', 'yes', 'must be on-enrolment or never'],
    ['MFA_ENFORCER_ENROL_WITH', 'keys', 'must be console or console-and-keys'],
    ['MFA_ENFORCER_EXEMPT_PASSWORD', 'no', 'must be keep or ends-exemption'],
    ['MFA_ENFORCER_BOUNDARY_DENY', 'true', 'must be yes or no'],
    ['MFA_ENFORCER_INLINE_DENY', '', 'must be yes or no'],
    ['MFA_ENFORCER_ORPHAN_DEVICES', 'yes', 'must be report or delete'],
    ['MFA_ENFORCER_SLACK_MENTIONS', 'maybe', 'must be yes or no'],
    ['MFA_ENFORCER_NOTIFY_USERS', 'yes', 'must be no or email'],
    ['MFA_ENFORCER_NOTIFY_TAG', '', 'must be the key of a tag'],
    ['MFA_ENFORCER_NOTIFY_DOMAINS', 'a', 'has "a", which is no domain like example.com'],
    ['MFA_ENFORCER_BLOCK_LIMIT', '10000', 'must be "auto" or a number of users, 0 to 9999'],
    ['MFA_ENFORCER_BLOCK_LIMIT', 'a25', 'must be "auto" or a number of users, 0 to 9999'],
    [
      'MFA_ENFORCER_POLICY_ARN',
      `x${good.MFA_ENFORCER_POLICY_ARN}`,
      'must be the ARN of the ForceMFA policy',
    ],
    [
      'MFA_ENFORCER_POLICY_ARN',
      'arn:aws:iam::1:policy/ForceMFA',
      'must be the ARN of the ForceMFA policy',
    ],
    [
      'MFA_ENFORCER_POLICY_ARN',
      'arn:aws:iam::111122223333:policy/',
      'must be the ARN of the ForceMFA policy',
    ],
    [
      'MFA_ENFORCER_POLICY_ARN',
      'arn:AWS:iam::111122223333:policy/F',
      'must be the ARN of the ForceMFA policy',
    ],
    [
      'MFA_ENFORCER_ORGANIZATION',
      'xo-a1b2c3d4e5',
      'must be the id of an organization, as in o-a1b2c3d4e5, or empty',
    ],
    [
      'MFA_ENFORCER_ORGANIZATION',
      'o-a1b2c3d4e5!',
      'must be the id of an organization, as in o-a1b2c3d4e5, or empty',
    ],
    [
      'MFA_ENFORCER_ORGANIZATION',
      'o-short',
      'must be the id of an organization, as in o-a1b2c3d4e5, or empty',
    ],
  ])('names %s=%s', (name, value, why) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name} ${why}`]);
  });

  it.each([
    'MFA_ENFORCER_QUEUE_URL',
    'MFA_ENFORCER_OUTCOME_BUS',
    'MFA_ENFORCER_ROLE',
    'MFA_ENFORCER_DENY_GROUP',
    'MFA_ENFORCER_STATE_TABLE',
    'MFA_ENFORCER_STACK',
    'MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER',
  ])('is that %s is empty', (name) => {
    expect(problemsOf({ [name]: '' })).toEqual([expect.stringContaining(`${name} `)]);
  });

  it('reports all wrong variables at once, by an error of its own kind', () => {
    expect(problemsOf({ MFA_ENFORCER_MODE: 'audit', MFA_ENFORCER_STACK: undefined })).toEqual([
      'MFA_ENFORCER_MODE must be enforce or observe',
      'MFA_ENFORCER_STACK is not set',
    ]);
    expect(new BadConfiguration('x').name).toBe('BadConfiguration');
  });

  it('is nothing at the limits', () => {
    for (const [limit, blockLimit] of [
      ['0', 0],
      ['9999', 9999],
      ['auto', 'auto'],
    ] as const) {
      expect(reviewConfig({ ...good, MFA_ENFORCER_BLOCK_LIMIT: limit }).settings).toMatchObject({
        blockLimit,
      });
    }
  });

  it.each([
    ['MFA_ENFORCER_BOUNDARY_DENY', 'boundaryDeny'],
    ['MFA_ENFORCER_INLINE_DENY', 'inlineDeny'],
    ['MFA_ENFORCER_SLACK_MENTIONS', 'slackMentions'],
    ['MFA_ENFORCER_REPORT_CREDENTIALS', 'reportCredentials'],
  ])('is nothing where %s is yes or no', (name, setting) => {
    expect(reviewConfig({ ...good, [name]: 'yes' }).settings).toHaveProperty(setting, true);
    expect(reviewConfig({ ...good, [name]: 'no' }).settings).toHaveProperty(setting, false);
  });
});

it('mails go to the tag and the domains of the deployment', () => {
  const notified = (change: object) =>
    reviewConfig({ ...good, MFA_ENFORCER_NOTIFY_USERS: 'email', ...change }).settings.notifyUsers;
  expect(notified({})).toEqual({ tag: 'email', domains: [] });
  expect(
    notified({ MFA_ENFORCER_NOTIFY_TAG: 'Mail', MFA_ENFORCER_NOTIFY_DOMAINS: 'a.example' }),
  ).toEqual({ tag: 'Mail', domains: ['a.example'] });
});

describe('the settings of the command line', () => {
  const where = { account: '111122223333', partition: 'aws-cn' };

  it('are the deployment’s defaults, and the policies’ ARNs are made of the account', () => {
    expect(commandSettings({}, null, where)).toEqual({
      ...reviewConfig(good).settings,
      enforcerRole: '',
      policyArn: 'arn:aws-cn:iam::111122223333:policy/ForceMFA',
      boundaryArn: 'arn:aws-cn:iam::111122223333:policy/ForceMFA-boundary',
    });
  });

  it('are without a stack what a stack of the template’s defaults has', () => {
    const { Mode, ...others } = deployedStack().parameters;
    const defaults = { ...others, Mode: String(templateParameters().Mode?.Default) };
    expect(Mode).toBe('enforce');
    expect(commandSettings({}, { stack: 'prod', parameters: defaults }, where)).toEqual(
      commandSettings({}, null, where),
    );
  });

  const given = [
    ['mode', 'Mode', 'enforce', { mode: 'enforce' }],
    ['scope', 'Scope', 'console-users', { scope: 'console-users' }],
    ['unblock', 'Unblock', 'never', { unblock: 'never' }],
    ['enrolWith', 'EnrolWith', 'console-and-keys', { enrolWith: 'console-and-keys' }],
    ['exemptTags', 'ExemptTags', 'a:b', { exemptTags: [{ key: 'a', value: 'b' }] }],
    ['exemptUsers', 'ExemptUsers', 'a-*, /b/*', { exemptUsers: ['a-*', '/b/*'] }],
    ['exemptPassword', 'ExemptPassword', 'ends-exemption', { exemptPassword: 'ends-exemption' }],
    ['blockLimit', 'BlockLimit', '7', { blockLimit: 7 }],
    [
      'policyName',
      'PolicyName',
      'Must+=,.@-_1',
      {
        policyArn: 'arn:aws-cn:iam::111122223333:policy/Must+=,.@-_1',
        boundaryArn: 'arn:aws-cn:iam::111122223333:policy/Must+=,.@-_1-boundary',
        denyGroup: 'Must+=,.@-_1',
        inlinePolicyName: 'Must+=,.@-_1',
      },
    ],
    ['boundaryDeny', 'BoundaryDeny', 'yes', { boundaryDeny: true }],
    ['inlineDeny', 'InlineDeny', 'yes', { inlineDeny: true }],
  ] as const;
  /** A stack whose parameters are all the defaults, and observes. */
  const stackWith = (change: Readonly<Record<string, string>> = {}): DeployedParameters => ({
    stack: 'prod',
    parameters: deployedStack({ Mode: 'observe', ...change }).parameters,
  });
  it.each(given)(
    'are the same by the option %s and by the stack’s %s',
    (option, name, value, says) => {
      expect(commandSettings({ [option]: value }, null, where)).toMatchObject(says);
      expect(commandSettings({}, stackWith({ [name]: value }), where)).toMatchObject(says);
      expect(commandSettings({ [option]: value }, stackWith(), where)).toMatchObject(says);
      expect(commandSettings({}, stackWith(), where)).not.toMatchObject(says);
    },
  );

  it.each(given)('say that the option %s overrides the stack’s %s', (option, name, value) => {
    const was = stackWith().parameters[name];
    expect(overriddenBy({ [option]: value }, stackWith())).toEqual({ [name]: was });
    expect(overriddenBy({ [option]: value }, stackWith({ [name]: value }))).toEqual({});
    expect(overriddenBy({}, stackWith({ [name]: value }))).toEqual({});
  });

  it('are the stack’s, not the defaults, where a parameter is empty', () => {
    expect(commandSettings({}, stackWith({ ExemptTags: '' }), where).exemptTags).toEqual([]);
  });

  it.each(given)('are those of no stack without the parameter of %s', (_, name) => {
    const { [name]: lacking, ...others } = stackWith().parameters;
    expect(lacking).toBeDefined();
    expect(() => commandSettings({}, { stack: 'other', parameters: others }, where)).toThrow(
      `The stack other has no parameter ${name}: it is another stack, or an older release.`,
    );
  });

  const name = 'must be a policy name without its path: letters, digits and +=,.@-_';
  it.each([
    [{ blockLimit: 'x' }, {}, '--block-limit must be "auto" or a number of users, 0 to 9999'],
    [{}, { Scope: 'x' }, 'Scope of the stack prod must be all-users, console-users or no-users'],
    [{ policyName: 'a/b' }, {}, `--policy-name ${name}`],
    [{ policyName: '' }, {}, `--policy-name ${name}`],
    [{ policyName: 'x'.repeat(120) }, {}, `--policy-name ${name}`],
    [{}, { PolicyName: '!a' }, `PolicyName of the stack prod ${name}`],
  ])('%j %j are refused by the name that they were given by', (options, change, why) => {
    expect(() => commandSettings(options, stackWith(change), where)).toThrow(
      new BadConfiguration(`Invalid configuration: ${why}`),
    );
  });
});

describe('the configuration of nightly-sweep', () => {
  it('says besides whether and how it probes', () => {
    expect(sweepConfig(good)).toEqual({
      ...reviewConfig(good),
      probe: 'nightly',
      probeMinutes: 30,
    });
  });

  it.each([
    ['off', '5', { probe: 'off', probeMinutes: 5 }],
    ['nightly', '360', { probe: 'nightly', probeMinutes: 360 }],
  ])('takes when it probes, and how long it waits: %s, %s minutes', (probe, minutes, expected) => {
    const set = { MFA_ENFORCER_PROBE: probe, MFA_ENFORCER_PROBE_MINUTES: minutes };
    const config = sweepConfig({ ...good, ...set });
    expect(config).toMatchObject(expected);
  });

  it.each(['4', '361', '3000', '7.5', 'soon'])('refuses to wait for %s minutes', (minutes) => {
    const set = { MFA_ENFORCER_PROBE_MINUTES: minutes };
    expect(() => sweepConfig({ ...good, ...set })).toThrow('must be a number of minutes, 5 to 360');
  });
});

describe('the configuration of notify-slack', () => {
  const slack = {
    AWS_REGION: 'us-east-1',
    MFA_ENFORCER_SLACK_WEBHOOK_PARAMETER: '/p',
    MFA_ENFORCER_OUTCOMES_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/outcomes',
    MFA_ENFORCER_OUTCOMES_FAILED_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/failed',
    MFA_ENFORCER_STATE_TABLE: 'memory',
  };

  it.each([
    [undefined, false],
    ['http://127.0.0.1:4566', true],
    ['https://vpce.example.com', false],
  ])('allows a webhook on loopback only beside a local AWS: %s', (endpoint, allowLoopback) => {
    expect(slackConfig({ ...slack, AWS_ENDPOINT_URL: endpoint })).toEqual({
      webhookParameter: '/p',
      queueUrl: slack.MFA_ENFORCER_OUTCOMES_QUEUE_URL,
      failedMessagesUrl: slack.MFA_ENFORCER_OUTCOMES_FAILED_URL,
      stateTable: 'memory',
      partition: 'aws',
      exemptTags: [{ key: 'userType', value: 'Service' }],
      enrolWith: 'console',
      unblock: 'on-enrolment',
      runbookUrl: null,
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

  it.each(runbookUrls)('takes the runbook’s URL %j: %s', (url, isTaken) => {
    const config = () => slackConfig({ ...slack, MFA_ENFORCER_RUNBOOK_URL: url });
    if (isTaken) expect(config().runbookUrl).toBe(url || null);
    else
      expect(config).toThrow('MFA_ENFORCER_RUNBOOK_URL must be an https URL without a #, or empty');
  });

  it.each(Object.keys(slack))('is refused without %s', (name) => {
    expect(() => slackConfig({ ...slack, [name]: undefined })).toThrow(`${name} is not set`);
  });
});
