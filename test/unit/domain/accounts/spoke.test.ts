import { describe, expect, it } from 'vitest';
import {
  readRole,
  reviewRole,
  spokeSettings,
} from '../../../../functions/domain/accounts/spoke.ts';
import { settingsWith } from '../../../fakes/settings.ts';

const SPOKE = '222233334444';
const MODE = 'mfa-enforcer:mode';
const LIMIT = 'mfa-enforcer:block-limit';
const ENROL = 'mfa-enforcer:enrol-with';
const managed = (tags: Record<string, string>, hub = settingsWith({ blockLimit: 7 })) =>
  spokeSettings(hub, SPOKE, 'ForceMFA-review', tags);

describe('a spoke', () => {
  it('is managed as the hub is, with an account, a role and ARNs of its own', () => {
    expect(managed({})).toEqual(
      settingsWith({
        blockLimit: 7,
        account: SPOKE,
        enforcerRole: 'ForceMFA-review',
        policyArn: `arn:aws:iam::${SPOKE}:policy/ForceMFA`,
        boundaryArn: `arn:aws:iam::${SPOKE}:policy/ForceMFA-boundary`,
      }),
    );
  });

  it('has roles named after the policy', () => {
    expect([reviewRole('ForceMFA'), readRole('ForceMFA')]).toEqual([
      'ForceMFA-review',
      'ForceMFA-read',
    ]);
  });

  it.each([
    ['enforce', undefined, 'enforce'],
    ['enforce', 'hub', 'enforce'],
    ['enforce', 'enforce', 'enforce'],
    ['enforce', 'observe', 'observe'],
    ['observe', undefined, 'observe'],
    ['observe', 'hub', 'observe'],
    ['observe', 'enforce', 'observe'],
    ['observe', 'observe', 'observe'],
  ] as const)('of a hub in mode %s, tagged %s: %s', (mode, tag, expected) => {
    expect(managed(tag ? { [MODE]: tag } : {}, settingsWith({ mode })).mode).toBe(expected);
  });

  it.each([
    ['hub', 7],
    ['auto', 'auto'],
    ['0', 0],
    ['9999', 9999],
  ])('with the limit %s: %s', (tag, limit) => {
    expect(managed({ [LIMIT]: tag }).blockLimit).toBe(limit);
  });

  it.each([
    ['console', undefined, 'console'],
    ['console', 'console', 'console'],
    ['console', 'console-and-keys', 'console-and-keys'],
    ['console-and-keys', undefined, 'console-and-keys'],
    ['console-and-keys', 'console', 'console'],
  ] as const)('of a hub with EnrolWith %s, tagged %s: %s', (enrolWith, tag, expected) => {
    expect(managed(tag ? { [ENROL]: tag } : {}, settingsWith({ enrolWith })).enrolWith).toBe(
      expected,
    );
  });

  it.each([
    [MODE, 'Observe', 'hub, enforce or observe'],
    [MODE, '', 'hub, enforce or observe'],
    [LIMIT, '10000', 'hub, auto or a number from 0 to 9999'],
    [LIMIT, '-1', 'hub, auto or a number from 0 to 9999'],
    [LIMIT, '1x', 'hub, auto or a number from 0 to 9999'],
    [LIMIT, '', 'hub, auto or a number from 0 to 9999'],
    [ENROL, 'keys', 'console or console-and-keys'],
    [ENROL, '', 'console or console-and-keys'],
  ])('tagged %s=%j is not managed by a guess', (tag, value, allowed) => {
    const message = `the tag ${tag} of the role ForceMFA-review in account ${SPOKE} is "${value}" and must be ${allowed}`;
    expect(() => managed({ [tag]: value })).toThrow(
      expect.objectContaining({ name: 'BadSpoke', message }),
    );
  });
});
