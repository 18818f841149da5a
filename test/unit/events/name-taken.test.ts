import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../events/message.ts';
import { ACCOUNT } from '../../fakes/settings.ts';

const dana = { type: 'IAMUser', userName: 'dana', arn: `arn:aws-cn:iam::${ACCOUNT}:user/dana` };
const record = {
  eventID: 'e',
  eventName: 'CreateVirtualMFADevice',
  eventSource: 'iam.amazonaws.com',
  eventTime: '2026-11-30T03:00:00Z',
  recipientAccountId: ACCOUNT,
  errorCode: 'EntityAlreadyExistsException',
  userIdentity: dana,
  requestParameters: { virtualMFADeviceName: 'phone', path: '/' },
};
const parse = (change: object = {}) =>
  parseMessage(
    JSON.stringify({
      'detail-type': 'AWS API Call via CloudTrail',
      account: ACCOUNT,
      detail: { ...record, ...change },
    }),
  );
const serial = (rest: string, partition = 'aws-cn') =>
  `arn:${partition}:iam::${ACCOUNT}:mfa/${rest}`;

describe('a try to create a virtual MFA device whose name is taken', () => {
  it.each([
    ['at the path /', {}, serial('phone')],
    [
      'at a path',
      { requestParameters: { virtualMFADeviceName: 'phone', path: '/a/b/' } },
      serial('a/b/phone'),
    ],
    ['without a path', { requestParameters: { virtualMFADeviceName: 'phone' } }, serial('phone')],
    ['with the code as the API has it', { errorCode: 'EntityAlreadyExists' }, serial('phone')],
    [
      'of a user without an ARN',
      { userIdentity: { ...dana, arn: undefined } },
      serial('phone', 'aws'),
    ],
    [
      'of a user with an unusual ARN',
      { userIdentity: { ...dana, arn: 'dana' } },
      serial('phone', 'aws'),
    ],
  ])('%s is read', (_, change, device) => {
    expect(parse(change)).toEqual({
      kind: 'name-taken',
      taken: {
        account: ACCOUNT,
        user: 'dana',
        serial: device,
        cause: expect.objectContaining({ kind: 'event', eventId: 'e' }) as unknown,
      },
    });
  });

  it.each([
    ['that another call made', { eventName: 'CreateUser' }],
    ['of another service', { eventSource: 'sso.amazonaws.com' }],
    ['that failed otherwise', { errorCode: 'AccessDenied' }],
    ['that succeeded', { errorCode: undefined }],
    ['by a role', { userIdentity: { type: 'AssumedRole', userName: 'dana' } }],
    ['by nobody', { userIdentity: null }],
    ['by a user with an illegal name', { userIdentity: { ...dana, userName: 'a b' } }],
    ['without a device’s name', { requestParameters: null }],
    ['with an empty name', { requestParameters: { virtualMFADeviceName: '' } }],
    ['with a path that is none', { requestParameters: { virtualMFADeviceName: 'a', path: 'b' } }],
  ])('%s is dropped', (_, change) => {
    expect(parse(change).kind).toBe('dropped');
  });

  it('of a user without a name, and not of an IAM user, is dropped', () => {
    expect(parse({ userIdentity: { type: 'IAMUser' }, requestParameters: null }).kind).toBe(
      'dropped',
    );
  });
});

describe('a sweep’s orphan request', () => {
  const request = {
    schema: 'mfa-enforcer/orphan-device/1',
    account: ACCOUNT,
    user: 'dana',
    serial: serial('dana'),
    firstSeenAt: '2026-11-29T03:00:00Z',
    cause: { kind: 'sweep', sweepId: 's', startedAt: '2026-11-30T03:00:00Z' },
  };

  it('is read', () => {
    expect(parseMessage(JSON.stringify(request))).toEqual({ kind: 'orphan', request });
  });

  it('is refused with another field', () => {
    expect(() => parseMessage(JSON.stringify({ ...request, more: 1 }))).toThrow('more');
  });
});
