import type { CloudTrailRecord } from './envelope.ts';

/** What of the enforcer a call concerns; functions/domain/deployment/own-resources.ts knows the names. */
export type ResourceKind =
  | 'rule'
  | 'bus'
  | 'queue'
  | 'mapping'
  | 'function'
  | 'table'
  | 'parameter'
  | 'alarm'
  | 'stack'
  | 'trail'
  | 'group'
  | 'role';

/** A call that makes the enforcer blind, or its blocks void. */
export interface TamperingCall {
  /** As "iam:DeleteRole": the event's source without its domain, and the event's name. */
  readonly id: string;
  readonly kind: ResourceKind;
  /** The request parameter that names the resource, or lists the names. */
  readonly parameter: string;
  /** What was done, as a sentence without its first capital and its period. */
  readonly text: string;
  /** The command that undoes it: NAME is the resource, OPTIONS are those that choose a deployment's policy. */
  readonly fix: string | null;
}

/** What the nightly sweep finds: the deny group's own copy of the policy is not the deployed one. */
export const DENY_GROUP_DIFFERS = 'sweep:DenyGroupDiffers';

const PUT_GROUP_POLICY =
  'mfa-enforcer policy OPTIONS > policy.json && aws iam put-group-policy ' +
  '--group-name NAME --policy-name NAME --policy-document file://policy.json';

type Row = readonly [id: string, kind: ResourceKind, parameter: string, text: string, fix?: string];

const RULE = 'a rule that forwards IAM events';
const QUEUE = 'a queue of the enforcer';
const FUNCTION = 'a function of the enforcer';
const ALARM = 'an alarm of the enforcer';
const STACK = 'the stack of the enforcer';
const ROLE = 'a role of the enforcer';

// Lambda's event names carry the API's version (AWS Lambda Developer Guide, "Logging API calls using CloudTrail").
const rows: readonly Row[] = [
  [
    'events:DisableRule',
    'rule',
    'name',
    `${RULE} was disabled`,
    'aws events enable-rule --name NAME',
  ],
  ['events:DeleteRule', 'rule', 'name', `${RULE} was deleted`],
  ['events:PutRule', 'rule', 'name', `${RULE} was changed`],
  ['events:PutTargets', 'rule', 'rule', `the target of ${RULE} was changed`],
  ['events:RemoveTargets', 'rule', 'rule', `the target of ${RULE} was removed`],
  ['events:DeleteEventBus', 'bus', 'name', 'an event bus of the enforcer was deleted'],
  ['events:UpdateEventBus', 'bus', 'name', 'an event bus of the enforcer was changed'],
  [
    'events:PutPermission',
    'bus',
    'eventBusName',
    'the policy of an event bus of the enforcer was changed',
  ],
  [
    'events:RemovePermission',
    'bus',
    'eventBusName',
    'the policy of an event bus of the enforcer was changed',
  ],

  ['sqs:SetQueueAttributes', 'queue', 'queueUrl', `${QUEUE} was changed`],
  ['sqs:AddPermission', 'queue', 'queueUrl', `the policy of ${QUEUE} was changed`],
  ['sqs:RemovePermission', 'queue', 'queueUrl', `the policy of ${QUEUE} was changed`],
  ['sqs:DeleteQueue', 'queue', 'queueUrl', `${QUEUE} was deleted`],
  ['sqs:PurgeQueue', 'queue', 'queueUrl', `${QUEUE} was emptied`],

  [
    'lambda:PutFunctionConcurrency20171031',
    'function',
    'functionName',
    `the reserved concurrency of ${FUNCTION} was changed; 0 stops it`,
    'aws lambda delete-function-concurrency --function-name NAME',
  ],
  [
    'lambda:UpdateFunctionCode20150331v2',
    'function',
    'functionName',
    `the code of ${FUNCTION} was replaced`,
  ],
  [
    'lambda:UpdateFunctionConfiguration20150331v2',
    'function',
    'functionName',
    `the configuration of ${FUNCTION} was changed`,
  ],
  ['lambda:DeleteFunction20150331', 'function', 'functionName', `${FUNCTION} was deleted`],
  [
    'lambda:AddPermission20150331v2',
    'function',
    'functionName',
    `another principal was allowed to use ${FUNCTION}`,
  ],
  [
    'lambda:RemovePermission20150331v2',
    'function',
    'functionName',
    `a permission to use ${FUNCTION} was removed`,
  ],
  [
    'lambda:UpdateEventSourceMapping20150331',
    'mapping',
    'uUID',
    `the link from a queue to ${FUNCTION} was changed or disabled`,
    'aws lambda update-event-source-mapping --uuid NAME --enabled',
  ],
  [
    'lambda:DeleteEventSourceMapping20150331',
    'mapping',
    'uUID',
    `the link from a queue to ${FUNCTION} was deleted`,
  ],

  ['dynamodb:DeleteTable', 'table', 'tableName', 'the state table was deleted'],
  ['dynamodb:UpdateTable', 'table', 'tableName', 'the state table was changed'],

  ['ssm:PutParameter', 'parameter', 'name', 'the parameter with the Slack webhook was changed'],
  ['ssm:DeleteParameter', 'parameter', 'name', 'the parameter with the Slack webhook was deleted'],
  [
    'ssm:DeleteParameters',
    'parameter',
    'names',
    'the parameter with the Slack webhook was deleted',
  ],

  ['monitoring:DeleteAlarms', 'alarm', 'alarmNames', `${ALARM} was deleted`],
  [
    'monitoring:DisableAlarmActions',
    'alarm',
    'alarmNames',
    `the actions of ${ALARM} were disabled`,
    'aws cloudwatch enable-alarm-actions --alarm-names NAME',
  ],
  ['monitoring:PutMetricAlarm', 'alarm', 'alarmName', `${ALARM} was changed`],

  ['cloudformation:CreateChangeSet', 'stack', 'stackName', `a change set was created for ${STACK}`],
  ['cloudformation:UpdateStack', 'stack', 'stackName', `${STACK} was updated`],
  ['cloudformation:DeleteStack', 'stack', 'stackName', `${STACK} was deleted`],
  [
    'cloudformation:SetStackPolicy',
    'stack',
    'stackName',
    `the stack policy of ${STACK} was changed`,
  ],
  [
    'cloudformation:UpdateTerminationProtection',
    'stack',
    'stackName',
    `the termination protection of ${STACK} was changed`,
  ],

  [
    'cloudtrail:StopLogging',
    'trail',
    'name',
    'a trail was stopped; without a trail no IAM events arrive',
    'aws cloudtrail start-logging --name NAME',
  ],
  [
    'cloudtrail:DeleteTrail',
    'trail',
    'name',
    'a trail was deleted; without a trail no IAM events arrive',
  ],
  [
    'cloudtrail:PutEventSelectors',
    'trail',
    'trailName',
    'the events that a trail records were changed',
  ],
  ['cloudtrail:UpdateTrail', 'trail', 'name', 'a trail was changed'],

  ['iam:DeleteGroup', 'group', 'groupName', 'the deny group was deleted'],
  ['iam:UpdateGroup', 'group', 'groupName', 'the deny group was renamed or moved'],
  ['iam:AttachGroupPolicy', 'group', 'groupName', 'a policy was attached to the deny group'],
  ['iam:DetachGroupPolicy', 'group', 'groupName', 'a policy was detached from the deny group'],
  [
    'iam:PutGroupPolicy',
    'group',
    'groupName',
    'an inline policy of the deny group was changed',
    PUT_GROUP_POLICY,
  ],
  [
    'iam:DeleteGroupPolicy',
    'group',
    'groupName',
    'an inline policy of the deny group was deleted',
    PUT_GROUP_POLICY,
  ],

  ['iam:DeleteRole', 'role', 'roleName', `${ROLE} was deleted`],
  ['iam:UpdateAssumeRolePolicy', 'role', 'roleName', `the trust policy of ${ROLE} was changed`],
  ['iam:PutRolePolicy', 'role', 'roleName', `an inline policy of ${ROLE} was changed`],
  ['iam:DeleteRolePolicy', 'role', 'roleName', `an inline policy of ${ROLE} was deleted`],
  ['iam:AttachRolePolicy', 'role', 'roleName', `a policy was attached to ${ROLE}`],
  ['iam:DetachRolePolicy', 'role', 'roleName', `a policy was detached from ${ROLE}`],
  [
    'iam:PutRolePermissionsBoundary',
    'role',
    'roleName',
    `a permissions boundary was set on ${ROLE}`,
  ],
  ['iam:TagRole', 'role', 'roleName', `${ROLE} was tagged; its tags configure its account`],
  ['iam:UntagRole', 'role', 'roleName', `tags of ${ROLE} were removed; they configure its account`],
];

/**
 * The calls that are reported, and the only place that lists them. A test checks the EventBridge rules, the sample SCP and
 * docs/block-methods.md against it. Nothing restores these resources by itself, so each call is reported.
 */
export const tamperingCalls: readonly TamperingCall[] = rows.map(
  ([id, kind, parameter, text, fix = null]) => ({ id, kind, parameter, text, fix }),
);

const callsById = new Map(tamperingCalls.map((call) => [call.id, call]));

/** What the sweep reports beside the calls. */
const denyGroupDiffers: TamperingCall = {
  id: DENY_GROUP_DIFFERS,
  kind: 'group',
  parameter: 'groupName',
  text: 'the deny group does not carry the policy that was deployed',
  fix: PUT_GROUP_POLICY,
};

/** A row of the table by its id, or what the sweep finds. */
export function tamperingById(id: string): TamperingCall | undefined {
  return id === DENY_GROUP_DIFFERS ? denyGroupDiffers : callsById.get(id);
}

/** A resource that a call was made on. */
export interface TouchedResource {
  /** As a command takes it. */
  readonly name: string;
  /** What shows whose it is, in the form of the enforcer's own names; null where the record does not say. */
  readonly belongsTo: string | null;
}

/** A call of the table, and what it was made on. */
interface TamperingSeen {
  readonly call: TamperingCall;
  /** None where the record names none. */
  readonly resources: readonly TouchedResource[];
}

/**
 * Which call of the table a record is. Whether the resource is one of the enforcer's own is not known here.
 * @returns null where it is no such call
 */
export function tamperingOf(record: CloudTrailRecord): TamperingSeen | null {
  const service = /^([a-z]+)\.amazonaws\.com$/.exec(record.eventSource)?.[1];
  const call = callsById.get(`${service}:${record.eventName}`);
  if (call === undefined) return null;
  const names = [record.requestParameters?.[call.parameter]]
    .flat()
    .filter((name) => typeof name === 'string');
  return { call, resources: names.map((name) => resourceOf(call.kind, name, record)) };
}

function resourceOf(kind: ResourceKind, given: string, record: CloudTrailRecord): TouchedResource {
  if (kind === 'mapping') {
    // A mapping is named by a UUID; the answer says which function it feeds.
    const { functionArn } = record.responseElements ?? {};
    const belongsTo = typeof functionArn === 'string' ? shortName('function', functionArn) : null;
    return { name: given, belongsTo };
  }
  const name = shortName(kind, given);
  return { name, belongsTo: name };
}

/** AWS takes ARNs, queue URLs and qualified names, too. */
const shortForms: Partial<Record<ResourceKind, RegExp>> = {
  queue: /([^/]*)$/,
  function: /(?:.*:function:)?([^:]*)/,
  table: /^arn:.*:table\/(.*)/,
  parameter: /^arn:.*:parameter(\/.*)/,
  stack: /^arn:.*:stack\/([^/]*)/,
};

function shortName(kind: ResourceKind, given: string): string {
  return shortForms[kind]?.exec(given)?.[1] ?? given;
}
