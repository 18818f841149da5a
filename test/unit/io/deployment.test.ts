import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import {
  EventBridgeClient,
  ResourceNotFoundException as NoSuchRule,
} from '@aws-sdk/client-eventbridge';
import { LambdaClient, ResourceNotFoundException as NoSuchFunction } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { S3Client } from '@aws-sdk/client-s3';
import { QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import {
  describeStack,
  getTemplate,
  listStackResources,
} from '../../../functions/io/cloudformation.ts';
import { describeTrails, getEventSelectors, isLogging } from '../../../functions/io/cloudtrail.ts';
import { describeRule, listTargets } from '../../../functions/io/eventbridge.ts';
import {
  getEventSourceMapping,
  getFunctionConfiguration,
  getReservedConcurrency,
} from '../../../functions/io/lambda.ts';
import {
  describeOrganization,
  listAccounts,
  listAccountsBelow,
  listRoots,
  listUnits,
} from '../../../functions/io/organizations.ts';
import { deleteObjects } from '../../../functions/io/s3.ts';
import {
  deleteMessage,
  getQueueAttributes,
  receiveMessages,
  sendMessages,
} from '../../../functions/io/sqs.ts';
import { describeParameter, getParameter, readParameter } from '../../../functions/io/ssm.ts';
import { assumeRole, getCallerIdentity } from '../../../functions/io/sts.ts';
import { type Asked, script } from '../../fakes/scripted-client.ts';

const ROLE = 'arn:aws:iam::222233334444:role/ForceMFA-review';
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/111122223333/q';
const gone = { message: 'is not there', $metadata: {} };
const region = { region: 'us-east-1' };

/** A call, AWS's answers to it, and what it asked for and makes of them. An error is what it throws. */
type Case = readonly [
  what: string,
  begin: () => { readonly send: (command: never) => unknown },
  call: (client: never) => Promise<unknown>,
  answers: readonly object[],
  asks: readonly Asked[],
  gives: unknown,
];

/** A case, with its client's type. */
function of<C extends { send: (command: never) => unknown }>(
  begin: () => C,
  what: string,
  call: (client: C) => Promise<unknown>,
  answers: readonly object[],
  asks: readonly Asked[],
  gives: unknown,
): Case {
  return [what, begin, call as Case[2], answers, asks, gives];
}

const cloudFormation = () => new CloudFormationClient(region);
const cloudTrail = () => new CloudTrailClient(region);
const eventBridge = () => new EventBridgeClient(region);
const lambda = () => new LambdaClient(region);
const organizations = () => new OrganizationsClient(region);
const sqs = () => new SQSClient(region);
const ssm = () => new SSMClient(region);
const sts = () => new STSClient(region);

const asksStack: readonly Asked[] = [['DescribeStacks', { StackName: 's' }]];
const asksTemplate: readonly Asked[] = [
  ['GetTemplate', { StackName: 's', TemplateStage: 'Original' }],
];
const asksRule: readonly Asked[] = [['DescribeRule', { Name: 'r', EventBusName: 'b' }]];
const asksMapping: readonly Asked[] = [['GetEventSourceMapping', { UUID: 'u' }]];
const asksFunction: readonly Asked[] = [['GetFunctionConfiguration', { FunctionName: 'f' }]];
const asksQueue: readonly Asked[] = [
  ['GetQueueAttributes', { QueueUrl: QUEUE, AttributeNames: ['All'] }],
];
const asksParameter: readonly Asked[] = [['GetParameter', { Name: '/p', WithDecryption: true }]];
const asksRole: readonly Asked[] = [
  ['AssumeRole', { RoleArn: ROLE, RoleSessionName: 'mfa-enforcer', DurationSeconds: 3600 }],
];
const noFunction = new NoSuchFunction({ ...gone, Type: 'User' });

const stacks: readonly Case[] = [
  of(
    cloudFormation,
    'a stack',
    (client) => describeStack(client, 's'),
    [
      {
        Stacks: [
          {
            StackId: 'arn:s',
            StackStatus: 'UPDATE_COMPLETE',
            EnableTerminationProtection: true,
            Parameters: [
              { ParameterKey: 'Mode', ParameterValue: 'observe' },
              { ParameterKey: 'Bare' },
            ],
            Outputs: [{ OutputKey: 'Version', OutputValue: '0.1.0' }, { OutputKey: 'Bare' }],
          },
        ],
      },
    ],
    asksStack,
    {
      id: 'arn:s',
      status: 'UPDATE_COMPLETE',
      parameters: { Mode: 'observe', Bare: '' },
      outputs: { Version: '0.1.0', Bare: '' },
      isProtected: true,
    },
  ),
  of(
    cloudFormation,
    'a stack without parameters',
    (client) => describeStack(client, 's'),
    [{ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] }],
    asksStack,
    { id: 's', status: 'CREATE_COMPLETE', parameters: {}, outputs: {}, isProtected: false },
  ),
  of(
    cloudFormation,
    'no stack',
    (client) => describeStack(client, 's'),
    [new Error('Stack with id s does not exist')],
    asksStack,
    null,
  ),
  of(
    cloudFormation,
    'another error',
    (client) => describeStack(client, 's'),
    [new Error('what does not exist is no stack')],
    asksStack,
    new Error('what does not exist is no stack'),
  ),
  of(
    cloudFormation,
    'no answer of a stack',
    (client) => describeStack(client, 's'),
    [{ Stacks: [{}] }],
    asksStack,
    new Error('DescribeStacks answered without s'),
  ),
  of(
    cloudFormation,
    'a template',
    (client) => getTemplate(client, 's'),
    [{ TemplateBody: '{"Resources":{}}' }],
    asksTemplate,
    { Resources: {} },
  ),
  of(
    cloudFormation,
    'a template in YAML',
    (client) => getTemplate(client, 's'),
    [{ TemplateBody: 'Resources:' }],
    asksTemplate,
    new Error('The template of s is not JSON: another tool deployed it'),
  ),
  of(
    cloudFormation,
    'the resources on all pages that have come to be',
    (client) => listStackResources(client, 's'),
    [
      {
        StackResourceSummaries: [
          { LogicalResourceId: 'A', ResourceType: 'AWS::SQS::Queue', PhysicalResourceId: 'a' },
          { LogicalResourceId: 'Failed', ResourceType: 'AWS::SQS::Queue' },
          { ResourceType: 'AWS::SQS::Queue', PhysicalResourceId: 'nameless' },
        ],
        NextToken: 't',
      },
      { NextToken: 't2' },
      {
        StackResourceSummaries: [{ LogicalResourceId: 'B', PhysicalResourceId: 'b' }],
      },
    ],
    [
      ['ListStackResources', { StackName: 's' }],
      ['ListStackResources', { StackName: 's', NextToken: 't' }],
      ['ListStackResources', { StackName: 's', NextToken: 't2' }],
    ],
    new Map([
      ['A', { type: 'AWS::SQS::Queue', physicalId: 'a' }],
      ['B', { type: '', physicalId: 'b' }],
    ]),
  ),
];

const events: readonly Case[] = [
  of(
    cloudTrail,
    'the trails',
    describeTrails,
    [
      {
        trailList: [
          {
            Name: 'n',
            TrailARN: 'a',
            HomeRegion: 'h',
            IsMultiRegionTrail: true,
            IncludeGlobalServiceEvents: true,
          },
          {},
        ],
      },
    ],
    [['DescribeTrails', { includeShadowTrails: true }]],
    [
      { name: 'n', arn: 'a', homeRegion: 'h', multiRegion: true, globalServices: true },
      { name: '', arn: '', homeRegion: '', multiRegion: false, globalServices: false },
    ],
  ),
  of(
    cloudTrail,
    'no list of trails',
    describeTrails,
    [{}],
    [['DescribeTrails', { includeShadowTrails: true }]],
    new Error('DescribeTrails answered without a list'),
  ),
  of(
    cloudTrail,
    'a trail’s selectors',
    (client) => getEventSelectors(client, 'a'),
    [{ EventSelectors: [{ ReadWriteType: 'All' }], AdvancedEventSelectors: [{ Name: 'n' }] }],
    [['GetEventSelectors', { TrailName: 'a' }]],
    { basic: [{ ReadWriteType: 'All' }], advanced: [{ Name: 'n' }] },
  ),
  of(
    cloudTrail,
    'no selectors',
    (client) => getEventSelectors(client, 'a'),
    [{}],
    [['GetEventSelectors', { TrailName: 'a' }]],
    { basic: [], advanced: [] },
  ),
  of(
    cloudTrail,
    'a trail that logs',
    (client) => isLogging(client, 'a'),
    [{ IsLogging: true }],
    [['GetTrailStatus', { Name: 'a' }]],
    true,
  ),
  of(
    cloudTrail,
    'a trail that does not say',
    (client) => isLogging(client, 'a'),
    [{}],
    [['GetTrailStatus', { Name: 'a' }]],
    false,
  ),
  of(
    eventBridge,
    'a rule with a pattern',
    (client) => describeRule(client, 'b', 'r'),
    [
      {
        State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
        EventPattern: '{"source":["aws.iam"]}',
      },
    ],
    asksRule,
    { enabled: true, pattern: { source: ['aws.iam'] }, schedule: null },
  ),
  of(
    eventBridge,
    'a disabled rule with a schedule',
    (client) => describeRule(client, 'b', 'r'),
    [{ State: 'DISABLED', ScheduleExpression: 'rate(1 day)' }],
    asksRule,
    { enabled: false, pattern: null, schedule: 'rate(1 day)' },
  ),
  of(
    eventBridge,
    'a rule without a state',
    (client) => describeRule(client, 'b', 'r'),
    [{}],
    asksRule,
    { enabled: false, pattern: null, schedule: null },
  ),
  of(
    eventBridge,
    'no rule',
    (client) => describeRule(client, 'b', 'r'),
    [new NoSuchRule(gone)],
    asksRule,
    null,
  ),
  of(
    eventBridge,
    'targets',
    (client) => listTargets(client, 'b', 'r'),
    [{ Targets: [{ Id: 'i', Arn: 'a' }] }],
    [['ListTargetsByRule', { Rule: 'r', EventBusName: 'b' }]],
    [{ Id: 'i', Arn: 'a' }],
  ),
  of(
    eventBridge,
    'no targets',
    (client) => listTargets(client, 'b', 'r'),
    [{}],
    [['ListTargetsByRule', { Rule: 'r', EventBusName: 'b' }]],
    [],
  ),
];

const functions: readonly Case[] = [
  of(
    lambda,
    'an event source mapping',
    (client) => getEventSourceMapping(client, 'u'),
    [{ State: 'Enabled' }],
    asksMapping,
    { state: 'Enabled' },
  ),
  of(
    lambda,
    'an event source mapping that does not say',
    (client) => getEventSourceMapping(client, 'u'),
    [{}],
    asksMapping,
    { state: 'unknown' },
  ),
  of(
    lambda,
    'no event source mapping',
    (client) => getEventSourceMapping(client, 'u'),
    [noFunction],
    asksMapping,
    null,
  ),
  of(
    lambda,
    'a function',
    (client) => getFunctionConfiguration(client, 'f'),
    [
      {
        State: 'Active',
        LastUpdateStatus: 'Failed',
        LastUpdateStatusReason: 'why',
        Role: ROLE,
        Environment: { Variables: { A: 'b' } },
      },
    ],
    asksFunction,
    { state: 'Active', lastUpdate: 'Failed', reason: 'why', role: ROLE, variables: { A: 'b' } },
  ),
  of(
    lambda,
    'a function with a reason for its state',
    (client) => getFunctionConfiguration(client, 'f'),
    [{ StateReason: 'why', LastUpdateStatusReason: 'not this' }],
    asksFunction,
    { state: 'unknown', lastUpdate: 'unknown', reason: 'why', role: '', variables: {} },
  ),
  of(
    lambda,
    'a function without any',
    (client) => getFunctionConfiguration(client, 'f'),
    [{}],
    asksFunction,
    { state: 'unknown', lastUpdate: 'unknown', reason: null, role: '', variables: {} },
  ),
  of(
    lambda,
    'no function',
    (client) => getFunctionConfiguration(client, 'f'),
    [noFunction],
    asksFunction,
    null,
  ),
  of(
    lambda,
    'its concurrency',
    (client) => getReservedConcurrency(client, 'f'),
    [{ ReservedConcurrentExecutions: 0 }],
    [['GetFunctionConcurrency', { FunctionName: 'f' }]],
    0,
  ),
  of(
    lambda,
    'no concurrency of its own',
    (client) => getReservedConcurrency(client, 'f'),
    [{}],
    [['GetFunctionConcurrency', { FunctionName: 'f' }]],
    null,
  ),
];

const accounts: readonly Case[] = [
  of(
    organizations,
    'the organization',
    describeOrganization,
    [{ Organization: { Id: 'o-1', MasterAccountId: '1', FeatureSet: 'ALL' } }],
    [['DescribeOrganization', {}]],
    { id: 'o-1', managementAccount: '1', hasAllFeatures: true },
  ),
  of(
    organizations,
    'an organization with consolidated billing only',
    describeOrganization,
    [{ Organization: { Id: 'o-1', MasterAccountId: '1', FeatureSet: 'CONSOLIDATED_BILLING' } }],
    [['DescribeOrganization', {}]],
    { id: 'o-1', managementAccount: '1', hasAllFeatures: false },
  ),
  ...[{}, { Organization: { Id: 'o-1' } }, { Organization: { MasterAccountId: '1' } }].map(
    (answer) =>
      of(
        organizations,
        'no organization',
        describeOrganization,
        [answer],
        [['DescribeOrganization', {}]],
        new Error('DescribeOrganization answered without an organization'),
      ),
  ),
  of(
    organizations,
    'the accounts on all pages, one of them empty',
    listAccounts,
    [
      {
        Accounts: [{ Id: '1', Name: 'one', State: 'ACTIVE', Status: 'SUSPENDED' }],
        NextToken: 't',
      },
      { NextToken: 'u' },
      {
        Accounts: [
          { Id: '2', Status: 'ACTIVE' },
          { Id: '3', State: 'CLOSED' },
        ],
      },
    ],
    [
      ['ListAccounts', { NextToken: undefined }],
      ['ListAccounts', { NextToken: 't' }],
      ['ListAccounts', { NextToken: 'u' }],
    ],
    [
      { id: '1', name: 'one', active: true },
      { id: '2', name: '2', active: true },
      { id: '3', name: '3', active: false },
    ],
  ),
  of(
    organizations,
    'an account without its id',
    listAccounts,
    [{ Accounts: [{}] }],
    [['ListAccounts', { NextToken: undefined }]],
    new Error('ListAccounts answered an account without its id'),
  ),
  of(
    organizations,
    'the accounts below a unit on all pages',
    (client) => listAccountsBelow(client, 'ou-1'),
    [{ Accounts: [{ Id: '1' }], NextToken: 't' }, { NextToken: 'u' }, { Accounts: [{ Id: '2' }] }],
    [
      ['ListAccountsForParent', { ParentId: 'ou-1', NextToken: undefined }],
      ['ListAccountsForParent', { ParentId: 'ou-1', NextToken: 't' }],
      ['ListAccountsForParent', { ParentId: 'ou-1', NextToken: 'u' }],
    ],
    ['1', '2'],
  ),
  of(
    organizations,
    'the roots on all pages',
    listRoots,
    [{ Roots: [{ Id: 'r-1' }], NextToken: 't' }, { NextToken: 'u' }, { Roots: [{ Id: 'r-2' }] }],
    [
      ['ListRoots', { NextToken: undefined }],
      ['ListRoots', { NextToken: 't' }],
      ['ListRoots', { NextToken: 'u' }],
    ],
    ['r-1', 'r-2'],
  ),
  of(
    organizations,
    'the units below a root on all pages',
    (client) => listUnits(client, 'r-1'),
    [
      { OrganizationalUnits: [{ Id: 'ou-1', Name: 'one' }], NextToken: 't' },
      { NextToken: 'u' },
      { OrganizationalUnits: [{ Id: 'ou-2' }] },
    ],
    [
      ['ListOrganizationalUnitsForParent', { ParentId: 'r-1', NextToken: undefined }],
      ['ListOrganizationalUnitsForParent', { ParentId: 'r-1', NextToken: 't' }],
      ['ListOrganizationalUnitsForParent', { ParentId: 'r-1', NextToken: 'u' }],
    ],
    [
      { id: 'ou-1', name: 'one' },
      { id: 'ou-2', name: 'ou-2' },
    ],
  ),
  of(
    organizations,
    'a unit without its id',
    (client) => listUnits(client, 'r-1'),
    [{ OrganizationalUnits: [{}] }],
    [['ListOrganizationalUnitsForParent', { ParentId: 'r-1', NextToken: undefined }]],
    new Error('ListOrganizationalUnitsForParent answered a unit without its id'),
  ),
  of(
    sts,
    'the caller',
    getCallerIdentity,
    [{ Account: '1', Arn: 'a' }],
    [['GetCallerIdentity', {}]],
    { account: '1', arn: 'a' },
  ),
  ...[{ Account: '1' }, { Arn: 'a' }].map((answer) =>
    of(
      sts,
      'no caller',
      getCallerIdentity,
      [answer],
      [['GetCallerIdentity', {}]],
      new Error('GetCallerIdentity answered without an account'),
    ),
  ),
  ...['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration', 'Arn'].map((missing) =>
    of(
      sts,
      `a session without its ${missing}`,
      (client) => assumeRole(client, ROLE, 'mfa-enforcer'),
      [
        {
          Credentials: {
            AccessKeyId: 'k',
            SecretAccessKey: 's',
            SessionToken: 't',
            Expiration: new Date(7),
            [missing]: undefined,
          },
          AssumedRoleUser: { Arn: missing === 'Arn' ? undefined : `${ROLE}/mfa-enforcer` },
        },
      ],
      asksRole,
      new Error(`AssumeRole answered without a session of ${ROLE}`),
    ),
  ),
  of(
    sts,
    'an empty session',
    (client) => assumeRole(client, ROLE, 'mfa-enforcer'),
    [{}],
    asksRole,
    new Error(`AssumeRole answered without a session of ${ROLE}`),
  ),
];

const queues: readonly Case[] = [
  of(
    sqs,
    'a queue’s attributes, and all that is in it',
    (client) => getQueueAttributes(client, QUEUE),
    [
      {
        Attributes: {
          Policy: '{"a":1}',
          RedrivePolicy: '{"b":2}',
          ApproximateNumberOfMessages: '1',
          ApproximateNumberOfMessagesNotVisible: '10',
          ApproximateNumberOfMessagesDelayed: '100',
        },
      },
    ],
    asksQueue,
    { policy: { a: 1 }, redrivePolicy: { b: 2 }, messages: 111 },
  ),
  of(
    sqs,
    'a queue that has none',
    (client) => getQueueAttributes(client, QUEUE),
    [{ Attributes: {} }],
    asksQueue,
    { policy: null, redrivePolicy: null, messages: 0 },
  ),
  of(
    sqs,
    'no attributes',
    (client) => getQueueAttributes(client, QUEUE),
    [{}],
    asksQueue,
    new Error(`GetQueueAttributes answered without those of ${QUEUE}`),
  ),
  of(
    sqs,
    'no queue',
    (client) => getQueueAttributes(client, QUEUE),
    [new QueueDoesNotExist(gone)],
    asksQueue,
    null,
  ),
  of(
    sqs,
    'ten messages at a time, for which the whole queue is asked',
    (client) => receiveMessages(client, QUEUE, 60),
    [{ Messages: [{ Body: 'b', ReceiptHandle: 'h' }] }],
    [
      [
        'ReceiveMessage',
        { QueueUrl: QUEUE, MaxNumberOfMessages: 10, VisibilityTimeout: 60, WaitTimeSeconds: 1 },
      ],
    ],
    [{ body: 'b', receiptHandle: 'h' }],
  ),
  ...[{ Body: 'b' }, { ReceiptHandle: 'h' }].map((message) =>
    of(
      sqs,
      'half a message',
      (client) => receiveMessages(client, QUEUE, 60),
      [{ Messages: [message] }],
      [
        [
          'ReceiveMessage',
          { QueueUrl: QUEUE, MaxNumberOfMessages: 10, VisibilityTimeout: 60, WaitTimeSeconds: 1 },
        ],
      ],
      new Error(`ReceiveMessage answered without a message's body, of ${QUEUE}`),
    ),
  ),
  of(
    sqs,
    'no messages',
    (client) => receiveMessages(client, QUEUE, 60),
    [{}],
    [
      [
        'ReceiveMessage',
        { QueueUrl: QUEUE, MaxNumberOfMessages: 10, VisibilityTimeout: 60, WaitTimeSeconds: 1 },
      ],
    ],
    [],
  ),
  of(
    sqs,
    'nothing of what is deleted',
    (client) => deleteMessage(client, QUEUE, 'h'),
    [{}],
    [['DeleteMessage', { QueueUrl: QUEUE, ReceiptHandle: 'h' }]],
    undefined,
  ),
  of(
    sqs,
    'a message of a batch that was refused',
    (client) => sendMessages(client, QUEUE, ['a', 'b'], 'g', 7),
    [{ Successful: [{}], Failed: [{ Code: 'Busy' }] }],
    [
      [
        'SendMessageBatch',
        {
          QueueUrl: QUEUE,
          Entries: [
            { Id: '0', MessageBody: 'a', MessageGroupId: 'g', DelaySeconds: 7 },
            { Id: '1', MessageBody: 'b', MessageGroupId: 'g', DelaySeconds: 7 },
          ],
        },
      ],
    ],
    new Error('SendMessageBatch accepted 1 of 2: Busy'),
  ),
  of(
    sqs,
    'a batch without an answer',
    (client) => sendMessages(client, QUEUE, ['a']),
    [{}],
    [
      [
        'SendMessageBatch',
        {
          QueueUrl: QUEUE,
          Entries: [{ Id: '0', MessageBody: 'a', MessageGroupId: undefined, DelaySeconds: 0 }],
        },
      ],
    ],
    new Error('SendMessageBatch accepted 0 of 1: no answer'),
  ),
  of(
    ssm,
    'a parameter’s type, on a page after an empty one',
    (client) => describeParameter(client, '/p'),
    [
      { Parameters: [], NextToken: 't' },
      { Parameters: [{ Type: 'SecureString', KeyId: 'alias/aws/ssm' }] },
    ],
    [
      [
        'DescribeParameters',
        { ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: ['/p'] }] },
      ],
      [
        'DescribeParameters',
        {
          ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: ['/p'] }],
          NextToken: 't',
        },
      ],
    ],
    { type: 'SecureString', keyId: 'alias/aws/ssm' },
  ),
  of(
    ssm,
    'a parameter’s type without a key',
    (client) => describeParameter(client, '/p'),
    [{ Parameters: [{}] }],
    [
      [
        'DescribeParameters',
        { ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: ['/p'] }] },
      ],
    ],
    { type: '', keyId: null },
  ),
  of(
    ssm,
    'no parameter to describe',
    (client) => describeParameter(client, '/p'),
    [{}],
    [
      [
        'DescribeParameters',
        { ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: ['/p'] }] },
      ],
    ],
    null,
  ),
  of(
    ssm,
    'a parameter',
    (client) => readParameter(client, '/p'),
    [{ Parameter: { Type: 'String', Value: 'v' } }],
    asksParameter,
    { type: 'String', value: 'v' },
  ),
  of(ssm, 'an empty parameter', (client) => readParameter(client, '/p'), [{}], asksParameter, {
    type: '',
    value: '',
  }),
  of(
    ssm,
    'no parameter',
    (client) => readParameter(client, '/p'),
    [new ParameterNotFound(gone)],
    asksParameter,
    null,
  ),
  of(
    ssm,
    'a parameter’s value',
    (client) => getParameter(client, '/p'),
    [{ Parameter: { Type: 'String', Value: 'v' } }],
    asksParameter,
    'v',
  ),
  of(
    ssm,
    'a parameter without a value',
    (client) => getParameter(client, '/p'),
    [{ Parameter: { Type: 'String' } }],
    asksParameter,
    new Error(
      'SSM parameter /p is empty. Store the Slack webhook there: ' +
        'aws ssm put-parameter --type SecureString --name /p --value file://webhook.txt --overwrite',
    ),
  ),
  of(
    ssm,
    'no parameter to read, and how it is made',
    (client) => getParameter(client, '/p'),
    [new ParameterNotFound(gone)],
    asksParameter,
    new Error(
      'SSM parameter /p does not exist. Store the Slack webhook there: aws ssm put-parameter --type SecureString --name /p --value file://webhook.txt',
    ),
  ),
];

const buckets = [
  of(
    () => new S3Client(region),
    'an object that was not deleted',
    (client) => deleteObjects(client, { name: 'b', account: '111122223333' }, ['k', 'l']),
    [{ Errors: [{ Key: 'l', Message: 'it is locked' }] }],
    [
      [
        'DeleteObjects',
        {
          Bucket: 'b',
          ExpectedBucketOwner: '111122223333',
          Delete: { Objects: [{ Key: 'k' }, { Key: 'l' }], Quiet: true },
        },
      ],
    ],
    new Error('S3 could not delete l: it is locked'),
  ),
];

describe('of AWS’s answers is read', () => {
  it.each([...stacks, ...events, ...functions, ...accounts, ...queues, ...buckets])(
    '%s',
    async (_, begin, call, answers, asks, gives) => {
      const client = begin();
      const asked = script(client, answers);
      const done = call(client as never);
      if (gives instanceof Error) await expect(done).rejects.toThrow(gives);
      else expect(await done).toEqual(gives);
      expect(asked).toEqual(asks);
    },
  );

  const denied = Object.assign(new Error('denied'), { name: 'AccessDenied' });
  it.each([
    ['a rule', eventBridge, (client: never) => describeRule(client, 'b', 'r')],
    ['an event source mapping', lambda, (client: never) => getEventSourceMapping(client, 'u')],
    ['a function', lambda, (client: never) => getFunctionConfiguration(client, 'f')],
    ['a queue', sqs, (client: never) => getQueueAttributes(client, QUEUE)],
    ['a parameter', ssm, (client: never) => readParameter(client, '/p')],
    ['a stack', cloudFormation, (client: never) => describeStack(client, 's')],
  ])('a missing right to read %s is not taken for none', async (_, begin, call) => {
    const client = begin();
    script(client, [denied]);
    await expect(call(client as never)).rejects.toBe(denied);
  });
});
