import { describe, expect, it } from 'vitest';
import {
  CANARY_PATH,
  CANARY_POLICY,
  CANARY_TAG,
  canaryArn,
  canaryName,
  canaryOfDevice,
  canaryPolicy,
  canarySerial,
  isCanary,
} from '../../../../functions/domain/prove/canary.ts';

const name = canaryName('0a1b2c3d');
const arn = canaryArn('111122223333', 'aws', name);
const tags = { [CANARY_TAG.key]: CANARY_TAG.value };

describe('a canary', () => {
  it('has names of its own for all that is created', () => {
    expect({ name, arn, path: CANARY_PATH, policy: CANARY_POLICY, tags }).toEqual({
      name: 'mfa-enforcer-canary-0a1b2c3d',
      arn: 'arn:aws:iam::111122223333:user/mfa-enforcer-canary/mfa-enforcer-canary-0a1b2c3d',
      path: '/mfa-enforcer-canary/',
      policy: 'mfa-enforcer-canary',
      tags: { 'mfa-enforcer:canary': 'true' },
    });
    expect(canarySerial('111122223333', 'aws-cn', name)).toBe(
      'arn:aws-cn:iam::111122223333:mfa/mfa-enforcer-canary/mfa-enforcer-canary-0a1b2c3d',
    );
  });

  it('may only list its own access keys', () => {
    expect(canaryPolicy(arn)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'iam:ListAccessKeys', Resource: arn }],
    });
  });

  it.each([
    ['a canary', name, arn, tags, true],
    ['a user without the tag', name, arn, {}, false],
    ['a user with another value of the tag', name, arn, { [CANARY_TAG.key]: 'no' }, false],
    ['a user without the path', name, `arn:aws:iam::111122223333:user/${name}`, tags, false],
    ['a user in a path of the same end', name, arn.replace('user/', 'user/a/'), tags, false],
    ['a user of another name', 'dana', arn.replace(name, 'dana'), tags, false],
    ['a user with the name of another', 'dana', arn, tags, false],
  ])('is known from other users: %s', (_, user, ofUser, ofTags, is) => {
    expect(isCanary(user, { arn: ofUser, tags: ofTags as Record<string, string> })).toBe(is);
  });

  it.each([
    [canarySerial('111122223333', 'aws', name), name],
    ['arn:aws:iam::111122223333:mfa/mfa-enforcer-canary/dana', null],
    [`arn:aws:iam::111122223333:mfa/${name}`, null],
    ['GAHT12345678', null],
  ])('is found by its device: %s', (serial, of) => {
    expect(canaryOfDevice(serial)).toBe(of);
  });
});
