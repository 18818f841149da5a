import { describe, expect, it } from 'vitest';
import { CloudTrailRecord } from '../../../events/envelope.ts';
import {
  DENY_GROUP_DIFFERS,
  tamperingById,
  tamperingCalls,
  tamperingOf,
} from '../../../events/tampering.ts';
import { START } from '../../fakes/settings.ts';

const record = (
  eventSource: string,
  eventName: string,
  requestParameters?: object | null,
  responseElements?: object | null,
) =>
  CloudTrailRecord.parse({
    eventID: 'e',
    eventName,
    eventSource,
    eventTime: new Date(START).toISOString(),
    requestParameters,
    responseElements,
  });

const seen = (id: string, requestParameters?: object | null, responseElements?: object | null) => {
  const [service, name = ''] = id.split(':');
  return tamperingOf(record(`${service}.amazonaws.com`, name, requestParameters, responseElements));
};

describe('the table of tampering calls', () => {
  it('is as it was judged good', async () => {
    const lines = tamperingCalls.map(({ id, kind, parameter, text, fix }) =>
      [id, kind, parameter, text, fix].join(' | '),
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/tampering-calls.txt');
  });

  it('lists each call once', () => {
    const ids = tamperingCalls.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(DENY_GROUP_DIFFERS);
  });

  it.each(tamperingCalls)('$id is found with the name in $parameter', ({ id, parameter }) => {
    const found = seen(id, { [parameter]: 'a-name', other: 'x' });
    expect(found?.call).toBe(tamperingById(id));
    expect(found?.resources.map(({ name }) => name)).toEqual(['a-name']);
  });

  it('has what the sweep finds beside the calls, which no record is', () => {
    expect(tamperingById(DENY_GROUP_DIFFERS)).toEqual({
      id: 'sweep:DenyGroupDiffers',
      kind: 'group',
      parameter: 'groupName',
      text: 'the deny group does not carry the policy that was deployed',
      fix:
        'mfa-enforcer policy OPTIONS > policy.json && aws iam put-group-policy ' +
        '--group-name NAME --policy-name NAME --policy-document file://policy.json',
    });
    expect(seen(DENY_GROUP_DIFFERS)).toBeNull();
    expect(tamperingById('iam:ListRoles')).toBeUndefined();
  });
});

describe('a call against the enforcer itself', () => {
  const URL = 'https://queue.amazonaws.com/111122223333/a-queue';
  const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:a-function';

  it.each<[string, object, string]>([
    ['sqs:PurgeQueue', { queueUrl: URL }, 'a-queue'],
    ['sqs:PurgeQueue', { queueUrl: 'a-queue' }, 'a-queue'],
    ['lambda:DeleteFunction20150331', { functionName: FUNCTION }, 'a-function'],
    ['lambda:DeleteFunction20150331', { functionName: `${FUNCTION}:live` }, 'a-function'],
    ['lambda:DeleteFunction20150331', { functionName: 'a-function:1' }, 'a-function'],
    [
      'lambda:DeleteFunction20150331',
      { functionName: '111122223333:function:a-function' },
      'a-function',
    ],
    [
      'dynamodb:DeleteTable',
      { tableName: 'arn:aws:dynamodb:us-east-1:111122223333:table/a-table' },
      'a-table',
    ],
    ['dynamodb:DeleteTable', { tableName: 'a-table' }, 'a-table'],
    ['ssm:PutParameter', { name: '/a/parameter' }, '/a/parameter'],
    [
      'ssm:PutParameter',
      { name: 'arn:aws:ssm:us-east-1:111122223333:parameter/a/parameter' },
      '/a/parameter',
    ],
    ['ssm:PutParameter', { name: '/x/arn:y:parameter/a' }, '/x/arn:y:parameter/a'],
    ['dynamodb:DeleteTable', { tableName: 'xarn:y:table/a' }, 'xarn:y:table/a'],
    ['cloudformation:UpdateStack', { stackName: 'xarn:y:stack/a' }, 'xarn:y:stack/a'],
    [
      'cloudformation:UpdateStack',
      { stackName: 'arn:aws:cloudformation:us-east-1:111122223333:stack/a-stack/3f0c' },
      'a-stack',
    ],
    ['cloudformation:UpdateStack', { stackName: 'a-stack' }, 'a-stack'],
    ['iam:DeleteRole', { roleName: 'a/b:c' }, 'a/b:c'],
    [
      'cloudtrail:StopLogging',
      { name: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main' },
      'arn:aws:cloudtrail:us-east-1:111122223333:trail/main',
    ],
  ])('%s %j is made on %s', (id, parameters, name) => {
    expect(seen(id, parameters)?.resources).toEqual([{ name, belongsTo: name }]);
  });

  it('may be made on several resources', () => {
    const alarmNames = ['one', 5, 'two'];
    expect(seen('monitoring:DeleteAlarms', { alarmNames })?.resources).toEqual([
      { name: 'one', belongsTo: 'one' },
      { name: 'two', belongsTo: 'two' },
    ]);
  });

  it.each<[string, object | null | undefined, string | null]>([
    ['its function', { functionArn: `${FUNCTION}:live` }, 'a-function'],
    ['nothing, where the answer is none', null, null],
    ['nothing, where there is no answer', undefined, null],
    ['nothing, where its function is none', { functionArn: 5 }, null],
  ])('on a mapping is recognised by %s', (_, response, belongsTo) => {
    const found = seen('lambda:UpdateEventSourceMapping20150331', { uUID: 'u' }, response);
    expect(found?.resources).toEqual([{ name: 'u', belongsTo }]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['something else', { name: 'x' }],
    ['a number', { roleName: 5 }],
  ])('names no resource where its parameters are %s', (_, parameters) => {
    expect(seen('iam:DeleteRole', parameters)?.resources).toEqual([]);
  });

  it.each([
    ['of another service', 'sso.amazonaws.com', 'DeleteGroup'],
    ['of another domain', 'iam.example.com', 'DeleteGroup'],
    ['of no domain', 'iam', 'DeleteGroup'],
    ['of more than a service', 'x.iam.amazonaws.com', 'DeleteGroup'],
    ['of more than a domain', 'iam.amazonaws.com.example', 'DeleteGroup'],
    ['of another name', 'iam.amazonaws.com', 'ListRoles'],
    ['of another service’s name', 'iam.amazonaws.com', 'PurgeQueue'],
    ['called like a built-in', 'iam.amazonaws.com', 'toString'],
    ['of a service called like a built-in', 'constructor', 'name'],
  ])('is none %s', (_, service, name) => {
    expect(tamperingOf(record(service, name, { groupName: 'x' }))).toBeNull();
  });
});
