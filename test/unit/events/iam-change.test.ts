import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../events/message.ts';
import { ACCOUNT, POLICY } from '../../fakes/settings.ts';

const ALICE = { type: 'IAMUser', userName: 'alice' };
const message = (eventName: string, requestParameters: unknown, more: object = {}) =>
  JSON.stringify({
    eventID: 'e',
    eventName,
    eventSource: 'iam.amazonaws.com',
    eventTime: '2026-03-01T12:00:00Z',
    recipientAccountId: ACCOUNT,
    userIdentity: ALICE,
    requestParameters,
    ...more,
  });
const users = (eventName: string, parameters: unknown, more: object = {}) => {
  const parsed = parseMessage(message(eventName, parameters, more));
  return parsed.kind === 'changes' ? parsed.changes.map(({ user }) => user) : parsed;
};
const serial = (name: string) => `arn:aws:iam::${ACCOUNT}:mfa/${name}`;
const userName = 'dana';

describe('a change of IAM', () => {
  it.each([
    ['CreateUser', {}, 'it has no requestParameters.userName'],
    ['CreateUser', { userName, tags: 'x' }, 'requestParameters.tags is a string, not an array'],
    ['CreateUser', { userName, tags: [{ value: 'v' }] }, 'it has no requestParameters.tags.0.key'],
    ['CreateUser', { userName, tags: [{ key: 'k' }] }, 'it has no requestParameters.tags.0.value'],
    ['UpdateUser', { newUserName: 'erin' }, 'it has no requestParameters.userName'],
    [
      'UpdateUser',
      { userName, newUserName: 'no one' },
      'requestParameters.newUserName is not a legal IAM user name',
    ],
    [
      'CreateLoginProfile',
      { userName: 'no one' },
      'requestParameters.userName is not a legal IAM user name',
    ],
    ['CreateLoginProfile', { userName: 5 }, 'requestParameters.userName is a number, not a string'],
    ['DeleteLoginProfile', { userName: 5 }, 'requestParameters.userName is a number, not a string'],
    ['EnableMFADevice', { serialNumber: 'S' }, 'it has no requestParameters.userName'],
    ['EnableMFADevice', { userName }, 'it has no requestParameters.serialNumber'],
    [
      'EnableMFADevice',
      { userName, serialNumber: '' },
      'requestParameters.serialNumber: Too small',
    ],
    ['DeactivateMFADevice', { userName }, 'it has no requestParameters.serialNumber'],
    ['DeleteVirtualMFADevice', {}, 'it has no requestParameters.serialNumber'],
    ['TagUser', { tags: [] }, 'it has no requestParameters.userName'],
    ['TagUser', { userName }, 'it has no requestParameters.tags'],
    ['UntagUser', { tagKeys: [] }, 'it has no requestParameters.userName'],
    ['UntagUser', { userName }, 'it has no requestParameters.tagKeys'],
    ['UntagUser', { userName, tagKeys: [1] }, 'requestParameters.tagKeys.0 is a number'],
    ['UpdateLoginProfile', {}, 'it has no requestParameters.userName'],
    ['CreateAccessKey', { userName: 5 }, 'requestParameters.userName is a number, not a string'],
    ['CreateServiceSpecificCredential', {}, 'it has no requestParameters.userName'],
    ['UploadSSHPublicKey', {}, 'it has no requestParameters.userName'],
    ['AttachUserPolicy', { policyArn: POLICY }, 'it has no requestParameters.userName'],
    ['AttachUserPolicy', { userName }, 'it has no requestParameters.policyArn'],
    ['DetachUserPolicy', { policyArn: POLICY }, 'it has no requestParameters.userName'],
    ['DetachUserPolicy', { userName }, 'it has no requestParameters.policyArn'],
    ['AddUserToGroup', { groupName: 'g' }, 'it has no requestParameters.userName'],
    ['AddUserToGroup', { userName }, 'it has no requestParameters.groupName'],
    ['RemoveUserFromGroup', { groupName: 'g' }, 'it has no requestParameters.userName'],
    ['RemoveUserFromGroup', { userName }, 'it has no requestParameters.groupName'],
    ['PutUserPolicy', { policyName: 'p' }, 'it has no requestParameters.userName'],
    ['PutUserPolicy', { userName }, 'it has no requestParameters.policyName'],
    ['DeleteUserPolicy', { policyName: 'p' }, 'it has no requestParameters.userName'],
    ['DeleteUserPolicy', { userName }, 'it has no requestParameters.policyName'],
    [
      'PutUserPermissionsBoundary',
      { permissionsBoundary: 'b' },
      'it has no requestParameters.userName',
    ],
    ['PutUserPermissionsBoundary', { userName }, 'it has no requestParameters.permissionsBoundary'],
    ['DeleteUserPermissionsBoundary', {}, 'it has no requestParameters.userName'],
    ['CreatePolicyVersion', {}, 'it has no requestParameters.policyArn'],
    [
      'CreatePolicyVersion',
      { policyArn: POLICY, setAsDefault: 'x' },
      'requestParameters.setAsDefault is a string, not a boolean',
    ],
    ['SetDefaultPolicyVersion', { versionId: 'v1' }, 'it has no requestParameters.policyArn'],
    ['SetDefaultPolicyVersion', { policyArn: POLICY }, 'it has no requestParameters.versionId'],
    ['DeletePolicyVersion', {}, 'it has no requestParameters.policyArn'],
    ['DeletePolicy', {}, 'it has no requestParameters.policyArn'],
    ['TagPolicy', { tags: [] }, 'it has no requestParameters.policyArn'],
    ['TagPolicy', { policyArn: POLICY }, 'it has no requestParameters.tags'],
  ])('is refused where it cannot be read: %s %j', (eventName, parameters, problem) => {
    expect(() => parseMessage(message(eventName, parameters))).toThrow(problem);
  });

  it.each([
    ['the new name', 'UpdateUser', { userName, newUserName: 'erin' }, {}, 'erin'],
    ['the old name, where only the path is new', 'UpdateUser', { userName }, {}, 'dana'],
    ['the same, said with null', 'UpdateUser', { userName, newUserName: null }, {}, 'dana'],
    ['the one in the request', 'CreateLoginProfile', { userName }, {}, 'dana'],
    [
      'the one in the response',
      'CreateLoginProfile',
      {},
      { responseElements: { loginProfile: { userName } } },
      'dana',
    ],
    [
      'the caller, where the response names none',
      'CreateLoginProfile',
      { userName: null },
      { responseElements: { loginProfile: {} } },
      'alice',
    ],
    [
      'the caller, where the response is none',
      'CreateLoginProfile',
      null,
      { responseElements: null },
      'alice',
    ],
    [
      'the caller, where the response is of another shape',
      'CreateLoginProfile',
      undefined,
      { responseElements: { loginProfile: 5 } },
      'alice',
    ],
    ['the caller', 'DeactivateMFADevice', { serialNumber: 'S' }, {}, 'alice'],
    [
      'the caller, of null',
      'DeactivateMFADevice',
      { userName: null, serialNumber: 'S' },
      {},
      'alice',
    ],
  ])('is of %s: %s %j', (_, eventName, parameters, more, name) => {
    expect(users(eventName, parameters, more)).toEqual([name]);
  });

  it('is refused if the response names no legal user: it is not the caller’s', () => {
    const more = { responseElements: { loginProfile: { userName: 'no one' } } };
    expect(() => parseMessage(message('CreateLoginProfile', {}, more))).toThrow(
      'userName is not a legal IAM user name',
    );
  });

  it.each([
    ['AssumedRole', { type: 'AssumedRole', userName: 'alice' }],
    ['no identity', undefined],
  ])('is refused where only a caller that is no user is named: %s', (_, userIdentity) => {
    expect(() => parseMessage(message('DeleteLoginProfile', {}, { userIdentity }))).toThrow(
      'it has no userName',
    );
  });
});

describe('a path', () => {
  it.each([
    ['CreateUser', { userName, path: '/staff/' }, { exists: true, path: '/staff/' }],
    ['CreateUser', { userName, path: null }, { exists: true }],
    ['UpdateUser', { userName, newPath: '/' }, { exists: true, path: '/' }],
    ['UpdateUser', { userName, newUserName: 'erin', newPath: null }, { exists: true }],
  ])('is what IAM must show after %s %j', (eventName, parameters, expects) => {
    const parsed = parseMessage(message(eventName, parameters));
    expect(parsed).toMatchObject({ kind: 'changes', changes: [{ expects }] });
    if (parsed.kind === 'changes') expect(parsed.changes[0]?.expects).toEqual(expects);
  });

  it.each(['CreateUser', 'UpdateUser'])('that is no text is refused: %s', (eventName) => {
    const parameters = { userName, path: 5, newPath: 5 };
    expect(() => parseMessage(message(eventName, parameters))).toThrow(/[pP]ath is a number/);
  });
});

describe('a change of the root user by itself', () => {
  const root = { type: 'Root', userName: 'the-alias' };
  const itself = 'the root user acted on itself; root is no IAM user';
  const device = 'the device is the root user’s; root is no IAM user';

  it.each([
    ['names no user', 'CreateLoginProfile', {}, itself],
    ['names its user', 'EnableMFADevice', { userName: 'AWS ROOT USER', serialNumber: 'S' }, device],
    [
      'names its device alone',
      'DeactivateMFADevice',
      { serialNumber: serial('root-account-mfa-device') },
      itself,
    ],
  ])('concerns no user: the event %s', (_, eventName, parameters, reason) => {
    expect(users(eventName, parameters, { userIdentity: root })).toMatchObject({ reason });
  });

  it('concerns a user whom it names', () => {
    expect(users('CreateLoginProfile', { userName }, { userIdentity: root })).toEqual(['dana']);
  });

  // A user may give a virtual device that name. The record concerns the user whom it names.
  it.each(
    ['EnableMFADevice', 'DeactivateMFADevice'].flatMap((eventName) =>
      ['root-account-mfa-device', 'root-account-mfa-device-2', 'x/root-account-mfa-device'].map(
        (name) => [eventName, name] as const,
      ),
    ),
  )('is not a user’s change of a device named like root’s: %s %s', (eventName, name) => {
    const parameters = { userName, serialNumber: serial(name) };
    expect(users(eventName, parameters)).toEqual(['dana']);
    expect(users(eventName, parameters, { userIdentity: root })).toEqual(['dana']);
  });

  it('is not a call of a user without the user name', () => {
    const parameters = { serialNumber: serial('root-account-mfa-device') };
    expect(users('DeactivateMFADevice', parameters)).toEqual(['alice']);
  });
});

describe('a virtual device that is deleted', () => {
  const assumed = { userIdentity: { type: 'AssumedRole', userName: 'alice' } };

  it.each<[string, string, object, string[]]>([
    ['its name', serial('dana'), assumed, ['dana']],
    [
      'its name, where the event has no caller',
      serial('dana'),
      { userIdentity: undefined },
      ['dana'],
    ],
    ['its name, without the path', serial('phones/old/dana'), assumed, ['dana']],
    ['its name and the caller', serial('dana'), {}, ['dana', 'alice']],
    [
      'its name and the caller, where it is named like root’s',
      serial('root-account-mfa-device'),
      {},
      ['root-account-mfa-device', 'alice'],
    ],
    ['both, where they are the same', serial('alice'), {}, ['alice']],
    ['the caller, where its name is no user’s', serial('my phone'), {}, ['alice']],
    ['the caller, where it has no such name', 'GAHT12345678', {}, ['alice']],
    ['the caller, where it has no name', serial('x/'), {}, ['alice']],
  ])('suggests %s', (_, serialNumber, more, names) => {
    expect(users('DeleteVirtualMFADevice', { serialNumber }, more)).toEqual(names);
  });

  it('suggests one user where the device and the caller have the same name, in any case', () => {
    const more = { userIdentity: { type: 'IAMUser', userName: 'dana' } };
    expect(users('DeleteVirtualMFADevice', { serialNumber: serial('Dana') }, more)).toEqual([
      'Dana',
    ]);
  });

  it('suggests no user if neither it nor the caller names one', () => {
    const serialNumber = serial('my phone');
    expect(users('DeleteVirtualMFADevice', { serialNumber }, assumed)).toMatchObject({
      kind: 'dropped',
      reason: 'the deleted device suggests no IAM user',
    });
  });
});
