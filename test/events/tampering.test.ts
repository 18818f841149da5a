import { describe, expect, it } from 'vitest';
import { CloudTrailRecord } from '../../events/envelope.ts';
import { mendGroup, tamperingOf } from '../../events/tampering.ts';
import { START } from '../fakes/settings.ts';

const record = (eventSource: string, eventName: string, requestParameters?: object | null) =>
  CloudTrailRecord.parse({
    eventID: 'e',
    eventName,
    eventSource,
    eventTime: new Date(START).toISOString(),
    requestParameters,
  });

const RULE = 'a rule that brings IAM’s events';
const QUEUES = 'the queue of IAM changes or of outcomes';
const ROLE = 'a role of the enforcer';

/** What a person reads after "Somebody …", by service and call. */
const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  events: {
    DisableRule: `switched off ${RULE}`,
    DeleteRule: `deleted ${RULE}`,
    PutRule: `changed ${RULE}`,
    PutTargets: 'changed where a rule brings IAM’s events',
    RemoveTargets: `took the queue away from ${RULE}`,
  },
  sqs: {
    SetQueueAttributes: `changed ${QUEUES}`,
    AddPermission: `changed who may use ${QUEUES}`,
    RemovePermission: `changed who may use ${QUEUES}`,
    DeleteQueue: `deleted ${QUEUES}`,
    PurgeQueue: `emptied ${QUEUES}`,
  },
  cloudtrail: {
    StopLogging: 'stopped a trail: without one, IAM’s events do not come',
    DeleteTrail: 'deleted a trail: without one, IAM’s events do not come',
    PutEventSelectors: 'changed what a trail records',
    UpdateTrail: 'changed a trail',
  },
  iam: {
    DeleteGroup: 'deleted the deny group',
    UpdateGroup: 'renamed or moved the deny group',
    AttachGroupPolicy: 'attached a policy to the deny group',
    DetachGroupPolicy: 'detached a policy from the deny group',
    PutGroupPolicy: 'changed what the deny group carries',
    DeleteGroupPolicy: 'took the policy away from the deny group',
    DeleteRole: 'deleted a role that the enforcer acts with',
    UpdateAssumeRolePolicy: `changed who may act as ${ROLE}`,
    PutRolePolicy: `changed the rights of ${ROLE}`,
    DeleteRolePolicy: `took rights away from ${ROLE}`,
    AttachRolePolicy: `gave more rights to ${ROLE}`,
    DetachRolePolicy: `detached a policy from ${ROLE}`,
    PutRolePermissionsBoundary: `limited the rights of ${ROLE}`,
    TagRole: `changed the tags of ${ROLE}: they say how its account is guarded`,
    UntagRole: `took tags from ${ROLE}: they say how its account is guarded`,
  },
};
const calls = Object.entries(words).flatMap(([service, names]) =>
  Object.entries(names).map(([name, what]) => [`${service}.amazonaws.com`, name, what] as const),
);

describe('a call against the enforcer itself', () => {
  it.each(calls)('%s %s: somebody %s', (service, name, what) => {
    expect(tamperingOf(record(service, name))).toEqual({ what, mend: null });
  });

  it.each([
    [{ name: 'n', rule: 'r', queueUrl: 'q', groupName: 'g', roleName: 'o' }, 'n'],
    [{ rule: 'r', queueUrl: 'q', groupName: 'g', roleName: 'o' }, 'r'],
    [{ queueUrl: 'q', groupName: 'g', roleName: 'o' }, 'q'],
    [{ groupName: 'g', roleName: 'o' }, 'g'],
    [{ roleName: 'o', other: 'x' }, 'o'],
  ])('says what it was done to: %j', (parameters, target) => {
    const found = tamperingOf(record('iam.amazonaws.com', 'DeleteRole', parameters));
    expect(found?.what).toBe(`deleted a role that the enforcer acts with (${target})`);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['something else', { other: 'x' }],
    ['a number', { roleName: 5 }],
  ])('says so without a name where its parameters are %s', (_, parameters) => {
    expect(tamperingOf(record('iam.amazonaws.com', 'DeleteRole', parameters))).toEqual({
      what: 'deleted a role that the enforcer acts with',
      mend: null,
    });
  });

  it.each([
    ['events', 'DisableRule', { name: 'a-rule' }, 'aws events enable-rule --name a-rule'],
    [
      'cloudtrail',
      'StopLogging',
      { name: 'arn:aws:cloudtrail:us-east-1:1:trail/all' },
      'aws cloudtrail start-logging --name arn:aws:cloudtrail:us-east-1:1:trail/all',
    ],
    ['iam', 'PutGroupPolicy', { groupName: 'Deny' }, mendGroup('Deny')],
    ['iam', 'DeleteGroupPolicy', { groupName: 'Deny' }, mendGroup('Deny')],
    ['iam', 'DeleteGroup', { groupName: 'Deny' }, null],
    // It is pasted into a shell.
    ['events', 'DisableRule', { name: 'x; rm -rf /' }, null],
    ['events', 'DisableRule', { name: '$(x)' }, null],
    ['events', 'DisableRule', { name: 'x\n' }, null],
    ['events', 'DisableRule', { name: '\nx' }, null],
    ['events', 'DisableRule', { name: '' }, null],
  ])('is undone by a command where one does: %s %s %j', (service, name, parameters, mend) => {
    expect(tamperingOf(record(`${service}.amazonaws.com`, name, parameters))?.mend).toBe(mend);
  });

  it('on the deny group is undone by printing its policy and putting it back', () => {
    expect(mendGroup('Deny')).toBe(
      'node dist/cli/index.mjs policy > policy.json && aws iam put-group-policy ' +
        '--group-name Deny --policy-name Deny --policy-document file://policy.json',
    );
  });

  it.each([
    ['of another service', 'sso.amazonaws.com', 'DeleteGroup'],
    ['of another name', 'iam.amazonaws.com', 'ListRoles'],
    ['of another service’s name', 'iam.amazonaws.com', 'PurgeQueue'],
    ['called like a built-in', 'iam.amazonaws.com', 'toString'],
    ['of a service called like a built-in', 'constructor', 'name'],
  ])('is none %s', (_, service, name) => {
    expect(tamperingOf(record(service, name))).toBeNull();
  });
});
