import { describe, expect, it } from 'vitest';
import {
  actorOf,
  Cause,
  causeId,
  isByCloudFormation,
  isCreation,
  isNaming,
} from '../../../events/cause.ts';
import { CloudTrailRecord } from '../../../events/envelope.ts';
import { blocked, bySweep } from '../../fakes/outcomes.ts';
import { START } from '../../fakes/settings.ts';

describe('an id', () => {
  it('of a cause is the event’s, or the sweep’s', () => {
    expect([causeId(blocked().cause), causeId(bySweep('s1'))]).toEqual(['e1', 's1']);
  });
});

describe('a cause', () => {
  it.each([
    ['an event of it', { ...blocked().cause, eventName: 'CreateUser' }, true],
    ['another event', blocked().cause, false],
    ['a sweep', bySweep(), false],
  ])('is a user’s creation, or not: %s', (_, cause, is) => {
    expect(isCreation(cause)).toBe(is);
  });

  it.each([
    ['a creation', { ...blocked().cause, eventName: 'CreateUser' }, true],
    ['a rename', { ...blocked().cause, eventName: 'UpdateUser' }, true],
    ['another event', blocked().cause, false],
    ['a sweep', bySweep(), false],
  ])('gives a user a name, or not: %s', (_, cause, is) => {
    expect(isNaming(cause)).toBe(is);
  });
});

describe('a call that CloudFormation made', () => {
  const by = (sourceIp?: string) =>
    Cause.parse({ ...blocked().cause, actor: { type: 'AssumedRole', name: 'a/b', sourceIp } });

  it.each([
    ['CloudFormation’s name as its source', by('cloudformation.amazonaws.com'), true],
    ['another source', by('cloudformation.amazonaws.com.example'), false],
    ['no source', by(), false],
    ['no event', bySweep(), false],
  ])('is recognised by %s', (_, cause, is) => {
    expect(isByCloudFormation(cause)).toBe(is);
  });
});

const record = {
  eventID: 'e',
  eventName: 'TagUser',
  eventSource: 'iam.amazonaws.com',
  eventTime: new Date(START).toISOString(),
};
const actor = (userIdentity?: object, more: object = {}) =>
  actorOf(CloudTrailRecord.parse({ ...record, userIdentity, ...more }));
const session = { sessionContext: { sessionIssuer: { userName: 'Admin' } } };

describe('the actor of a call', () => {
  it.each<[string, object | undefined, object]>([
    ['a user', { type: 'IAMUser', userName: 'dana' }, { type: 'IAMUser', name: 'dana' }],
    ['the root user', { type: 'Root', userName: 'alias' }, { type: 'Root', name: 'root' }],
    [
      'a session of a role, whose name ends its ARN',
      { type: 'AssumedRole', arn: 'arn:aws:sts::1:assumed-role/Admin/alice', ...session },
      {
        type: 'AssumedRole',
        name: 'Admin/alice',
        arn: 'arn:aws:sts::1:assumed-role/Admin/alice',
      },
    ],
    [
      'a session without such an ARN, by its role',
      { type: 'AssumedRole', arn: 'arn:other', userName: 'x', invokedBy: 'y', ...session },
      { type: 'AssumedRole', name: 'Admin', arn: 'arn:other' },
    ],
    [
      'a session without an ARN, by its role',
      { type: 'AssumedRole', ...session },
      { type: 'AssumedRole', name: 'Admin' },
    ],
    [
      'a session that names no role',
      { type: 'AssumedRole', sessionContext: { sessionIssuer: {} } },
      { type: 'AssumedRole', name: 'unknown' },
    ],
    [
      'a session without a context',
      { type: 'AssumedRole', sessionContext: {} },
      { type: 'AssumedRole', name: 'unknown' },
    ],
    ['a session without fields', { type: 'AssumedRole' }, { type: 'AssumedRole', name: 'unknown' }],
    [
      'an AWS service',
      { type: 'AWSService', invokedBy: 'sso.amazonaws.com' },
      { type: 'AWSService', name: 'sso.amazonaws.com' },
    ],
    [
      'a user by way of a service',
      { type: 'IAMUser', userName: 'dana', invokedBy: 'cloudformation.amazonaws.com' },
      { type: 'IAMUser', name: 'dana' },
    ],
    [
      'another identity, by its ARN',
      { type: 'FederatedUser', arn: 'arn:x' },
      { type: 'FederatedUser', name: 'arn:x', arn: 'arn:x' },
    ],
    ['an identity without a name', { type: 'SAMLUser' }, { type: 'SAMLUser', name: 'unknown' }],
    ['an identity without a type', { userName: 'dana' }, { type: 'Unknown', name: 'dana' }],
    ['no identity', undefined, { type: 'Unknown', name: 'unknown' }],
  ])('is %s', (_, identity, expected) => {
    expect(actor(identity)).toEqual(expected);
  });

  it.each([
    [{ attributes: { mfaAuthenticated: 'true' } }, true],
    [{ attributes: { mfaAuthenticated: 'false' } }, undefined],
    [{ attributes: { mfaAuthenticated: true } }, undefined],
    [{ attributes: { mfaAuthenticated: null } }, undefined],
    [{ attributes: {} }, undefined],
    [{ attributes: null }, undefined],
    [{ attributes: 'creationDate' }, undefined],
    [{}, undefined],
    [null, undefined],
  ])('has MFA only if CloudTrail has the text "true": %j', (context, mfa) => {
    expect(actor({ type: 'IAMUser', userName: 'dana', sessionContext: context }).mfa).toBe(mfa);
  });

  it.each([
    [
      'the source identity',
      { sessionContext: { sourceIdentity: 'alice' } },
      { sourceIdentity: 'alice' },
    ],
    ['no source identity', { sessionContext: { sourceIdentity: null } }, {}],
    ['an odd source identity', { sessionContext: { sourceIdentity: 1 } }, {}],
    [
      'the provider of a temporary delegation',
      { invokedByDelegate: { accountId: '444455556666' } },
      { delegate: '444455556666' },
    ],
    ['no provider', { invokedByDelegate: {} }, {}],
    ['an odd provider', { invokedByDelegate: '444455556666' }, {}],
    ['a long-term key', { accessKeyId: 'AKIAEXAMPLE' }, { longTermKey: true }],
    ['the key of a session', { accessKeyId: 'ASIAEXAMPLE/AKIA' }, {}],
    ['an odd key', { accessKeyId: 1 }, {}],
  ])('has %s', (_, identity, expected) => {
    const name = { type: 'IAMUser', name: 'dana' };
    expect(actor({ type: 'IAMUser', userName: 'dana', ...identity })).toEqual({
      ...name,
      ...expected,
    });
  });

  it('contains the address', () => {
    const more = { sourceIPAddress: '203.0.113.10' };
    expect(actor(undefined, more)).toMatchObject({ sourceIp: '203.0.113.10' });
  });
});
