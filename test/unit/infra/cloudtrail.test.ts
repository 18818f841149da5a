import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../events/message.ts';
import { cloudTrailRecord, type IamCall } from '../../../infra/local/cloudtrail.ts';

const account = '123456789012';

function call(request: string, change: Partial<IamCall> = {}): IamCall {
  return {
    request,
    status: 200,
    response: '<x/>',
    identity: { arn: `arn:aws:iam::${account}:user/staff/dana`, account },
    sourceIp: '127.0.0.1',
    userAgent: 'test',
    at: new Date('2026-03-01T12:00:00.123Z'),
    ...change,
  };
}

const error = (code: string) =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

describe('the record of an IAM call in the local run', () => {
  it('is written as CloudTrail writes it', () => {
    const response =
      '<CreateUserResponse><CreateUserResult><User><UserName>dana</UserName><Path>/</Path><Tags><member><Key>a</Key><Value>b</Value></member></Tags></User></CreateUserResult></CreateUserResponse>';
    const request =
      'Action=CreateUser&Version=2010-05-08&UserName=dana&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.2.Key=c&Tags.member.2.Value=d';
    expect(cloudTrailRecord(call(request, { response }))).toMatchObject({
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      eventTime: '2026-03-01T12:00:00Z',
      recipientAccountId: account,
      userIdentity: { type: 'IAMUser', userName: 'dana', accountId: account },
      requestParameters: {
        userName: 'dana',
        tags: [
          { key: 'a', value: 'b' },
          { key: 'c', value: 'd' },
        ],
      },
      responseElements: { user: { userName: 'dana', path: '/', tags: [{ key: 'a', value: 'b' }] } },
    });
  });

  it('leaves secrets out', () => {
    const request =
      'Action=CreateLoginProfile&UserName=dana&Password=canary&PasswordResetRequired=true';
    const response =
      '<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><SecretAccessKey>canary</SecretAccessKey></AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>';
    const records = [
      cloudTrailRecord(call(request)),
      cloudTrailRecord(call('Action=CreateAccessKey&UserName=dana', { response })),
    ];
    expect(JSON.stringify(records)).not.toContain('canary');
  });

  it.each([
    ['arn:aws:sts::123456789012:assumed-role/SecurityAdmin/alice', 'SecurityAdmin/alice'],
    ['arn:aws:iam::123456789012:user/staff/dana', 'dana'],
    ['arn:aws:iam::123456789012:root', 'root'],
  ])('of %s is read as an act of %s', (arn, name) => {
    const record = cloudTrailRecord(
      call('Action=CreateUser&UserName=erin', { identity: { arn, account } }),
    );
    const parsed = parseMessage(JSON.stringify(record));
    expect(parsed).toMatchObject({
      kind: 'changes',
      changes: [{ user: 'erin', cause: { actor: { name } } }],
    });
  });

  it.each([
    ['EntityAlreadyExists', 'EntityAlreadyExistsException'],
    ['AccessDenied', 'AccessDenied'],
  ])('of a call that failed with %s carries %s, and is dropped', (code, errorCode) => {
    const record = cloudTrailRecord(
      call('Action=CreateUser&UserName=dana', { status: 409, response: error(code) }),
    );
    expect(record).toMatchObject({ errorCode, responseElements: null });
    expect(parseMessage(JSON.stringify(record)).kind).toBe('dropped');
  });

  it.each(['GetUser', 'ListUsers', 'GenerateCredentialReport'])(
    'is none for a read: %s',
    (action) => {
      expect(cloudTrailRecord(call(`Action=${action}`))).toBeNull();
    },
  );

  it('names the removed tags of UntagUser', () => {
    const record = cloudTrailRecord(
      call('Action=UntagUser&UserName=dana&TagKeys.member.1=a&TagKeys.member.2=b'),
    );
    expect(record?.requestParameters).toEqual({ userName: 'dana', tagKeys: ['a', 'b'] });
  });
});
