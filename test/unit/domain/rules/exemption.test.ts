import { describe, expect, it } from 'vitest';
import type { UserChange } from '../../../../events/message.ts';
import {
  exemptionChange,
  isBySelf,
} from '../../../../functions/domain/review/exemption-changes.ts';
import {
  exemptionFacts,
  exemptionOf,
  isExempting,
  isExemptionKey,
} from '../../../../functions/domain/rules/exemption.ts';
import { ACCOUNT, settingsWith } from '../../../fakes/settings.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const settings = settingsWith();
const service = { userType: 'Service' };
const until = (day: string) => ({ ...service, 'mfa-exempt-until': day });
const arn = `arn:aws:iam::${ACCOUNT}:user/machines/bot-7`;
const breakGlass = { 'mfa-enforcer:break-glass': 'true' };

describe('an exemption by tags', () => {
  it.each([
    ['none', {}, false, 'not-exempt'],
    ['another value', { userType: 'Human' }, false, 'not-exempt'],
    ['an end and nothing that ends', { 'mfa-exempt-until': '2027-01-01' }, false, 'not-exempt'],
    ['without end', service, true, 'exempt-tag'],
    ['an end that is no date', until('soon'), false, 'exemption-unreadable'],
    ['an end with a time', until('2026-03-09T10:00'), false, 'exemption-unreadable'],
    ['an end with a time and a zone', until('2026-03-09T00:00:00Z'), false, 'exemption-unreadable'],
    ['an end in a year of five digits', until('+02026-03-09'), false, 'exemption-unreadable'],
    ['an end of 5 characters a year', until('12026-03-09'), false, 'exemption-unreadable'],
    ['an end in a far year', until('+012026-03-09'), false, 'exemption-unreadable'],
    ['a year for an end', until('2027'), false, 'exemption-unreadable'],
    ['an end in month 13', until('2026-13-01'), false, 'exemption-unreadable'],
    ['a February 30th', until('2026-02-30'), false, 'exemption-unreadable'],
    ['ended yesterday', until('2026-02-28'), false, 'exemption-ended'],
    ['break-glass', breakGlass, true, 'break-glass'],
    ['break-glass that is false', { 'mfa-enforcer:break-glass': 'false' }, false, 'not-exempt'],
  ])('%s', (_, tags, exempt, code) => {
    const found = exemptionOf({ arn, tags }, settings, NOW);
    expect([found.exempt, found.reason.code, found.ends]).toEqual([exempt, code, undefined]);
  });

  it.each([
    ['the day itself', '2026-03-01', NOW, 0],
    ['its last millisecond', '2026-03-01', new Date('2026-03-01T23:59:59.999Z'), 0],
    ['its first, of the day before', '2026-03-01', new Date('2026-02-28T23:59:59.999Z'), 1],
    ['a week ahead', '2026-03-08', NOW, 7],
  ])('ends with its day: %s', (_, day, now, daysLeft) => {
    expect(exemptionOf({ arn, tags: until(day) }, settings, now)).toMatchObject({
      exempt: true,
      reason: { code: 'exempt-tag' },
      ends: { until: day, daysLeft },
    });
  });

  it('has ended with the first moment of the next day', () => {
    const midnight = new Date('2026-03-02T00:00:00Z');
    expect(exemptionOf({ arn, tags: until('2026-03-01') }, settings, midnight)).toMatchObject({
      exempt: false,
      reason: { code: 'exemption-ended' },
    });
  });

  const named = settingsWith({ exemptUsers: ['other', '/machines/*'] });

  it.each<[string, Record<string, string>, boolean, string, string]>([
    ['without end', {}, true, 'exempt-name', 'exempt by the name pattern /machines/*'],
    [
      'until a day',
      { 'mfa-exempt-until': '2026-03-08' },
      true,
      'exempt-name',
      'exempt by the name pattern /machines/* until 2026-03-08',
    ],
    [
      'that has ended',
      { 'mfa-exempt-until': '2026-02-28' },
      false,
      'exemption-ended',
      'exemption by the name pattern /machines/* ended: mfa-exempt-until=2026-02-28',
    ],
    [
      'with an end that is no date',
      { 'mfa-exempt-until': 'soon' },
      false,
      'exemption-unreadable',
      'exemption by the name pattern /machines/* is invalid: mfa-exempt-until=soon is not a date like 2026-12-31',
    ],
    ['beside a tag', service, true, 'exempt-tag', 'exempt by the tag userType=Service'],
    [
      'beside break-glass',
      breakGlass,
      true,
      'break-glass',
      'break-glass user (tag mfa-enforcer:break-glass=true), never blocked',
    ],
  ])('by a name %s', (_, tags, exempt, code, text) => {
    expect(exemptionOf({ arn, tags }, named, NOW)).toMatchObject({
      exempt,
      reason: { code, text },
    });
  });

  it('by break-glass names the tag', () => {
    expect(exemptionOf({ arn, tags: breakGlass }, settings, NOW).reason.text).toBe(
      'break-glass user (tag mfa-enforcer:break-glass=true), never blocked',
    );
  });
});

describe('what a report says of an exemption', () => {
  const named = settingsWith({ exemptUsers: ['/machines/*'] });
  it.each([
    ['none', {}, settings, null],
    ['an end and nothing that ends', { 'mfa-exempt-until': '2027-01-01' }, settings, null],
    ['by a tag', service, settings, ['exempt-tag', true, null]],
    ['by a tag, with an end', until('2026-03-09'), settings, ['exempt-tag', true, '2026-03-09']],
    [
      'by a name, with an end',
      { 'mfa-exempt-until': '2026-03-09' },
      named,
      ['exempt-name', true, '2026-03-09'],
    ],
    ['ended', until('2026-02-28'), settings, ['exemption-ended', false, '2026-02-28']],
    ['of an end that is no date', until('soon'), settings, ['exemption-unreadable', false, 'soon']],
    [
      'of a break-glass user, which does not end',
      { ...breakGlass, ...until('2026-02-28') },
      settings,
      ['break-glass', true, null],
    ],
  ] as const)('%s', (_, tags, settingsThen, expected) => {
    const found = exemptionFacts({ arn, tags }, settingsThen, NOW);
    expect(found && [found.reason.code, found.inForce, found.until]).toEqual(expected);
  });
});

describe('a tag', () => {
  it.each([
    ['userType', 'service', true],
    ['userType', 'Human', false],
    ['team', 'Service', false],
    ['MFA-enforcer:break-glass', 'TRUE', true],
    ['mfa-enforcer:break-glass', 'no', false],
    ['mfa-exempt-until', '2027-01-01', false],
  ])('%s=%s exempts by itself: %s', (key, value, exempting) => {
    expect(isExempting(key, value, settings)).toBe(exempting);
  });

  it.each([
    ['userType', true],
    ['USERTYPE', true],
    ['mfa-exempt-until', true],
    ['mfa-enforcer:break-glass', true],
    ['team', false],
  ])('%s counts for exemptions: %s', (key, is) => {
    expect(isExemptionKey(key, settings)).toBe(is);
  });
});

const actor = { type: 'IAMUser', name: 'dana' };
const byDana = {
  kind: 'event',
  eventId: 'e',
  eventName: 'TagUser',
  eventTime: NOW.toISOString(),
  actor,
} as const;
const change = (
  expects: UserChange['expects'],
  cause: UserChange['cause'] = byDana,
): UserChange => ({
  account: ACCOUNT,
  user: 'dana',
  hint: false,
  cause,
  expects,
});
const bySweep = { kind: 'sweep', sweepId: 's', startedAt: NOW.toISOString() } as const;

describe('the report of a change', () => {
  it.each([
    ['a password of an exempt user', { password: true }, service, 'password'],
    ['a password of anybody else', { password: true }, {}, null],
    ['the loss of an exempt user’s password', { password: false }, service, null],
    ['another tag of an exempt user', { tags: { team: 'blue' } }, service, null],
    [
      'another tag, with a password',
      { tags: { team: 'blue' }, password: true },
      service,
      'password',
    ],
    ['a tag that exempts', { tags: service }, service, 'granted'],
    ['a tag that exempts, though undone since', { tags: service }, {}, 'granted'],
    ['the exempting tag taken away', { tags: { userType: null } }, {}, 'removed'],
    ['one of two exempting tags taken away', { tags: { userType: null } }, breakGlass, 'changed'],
    ['a value that exempts no more', { tags: { userType: 'Human' } }, {}, null],
    ['a value of a user exempt otherwise', { tags: { userType: 'Human' } }, breakGlass, 'changed'],
    [
      'an end in the future',
      { tags: { 'mfa-exempt-until': '2027-01-01' } },
      until('2027-01-01'),
      'changed',
    ],
    [
      'an end in the past',
      { tags: { 'MFA-exempt-until': '2025-01-01' } },
      until('2025-01-01'),
      'removed',
    ],
    [
      'one taken away, one made to exempt no more',
      { tags: { userType: null, 'mfa-enforcer:break-glass': 'false' } },
      {},
      'removed',
    ],
    ['the end taken away', { tags: { 'mfa-exempt-until': null } }, service, 'changed'],
    [
      'an end beside another tag',
      { tags: { userType: 'Human', 'mfa-exempt-until': '2025-01-01' } },
      {},
      'removed',
    ],
    [
      'an exempting tag beside another',
      { tags: { 'mfa-exempt-until': '2027-01-01', userType: 'Service' } },
      until('2027-01-01'),
      'granted',
    ],
    [
      'a tag taken away beside an end',
      { tags: { 'mfa-exempt-until': '2027-01-01', userType: null } },
      { 'mfa-exempt-until': '2027-01-01' },
      'removed',
    ],
  ] as [string, UserChange['expects'], Record<string, string>, string | null][])(
    '%s',
    (_, expects, tags, news) => {
      const profile = { arn: 'arn', tags, boundary: null };
      expect(exemptionChange(change(expects), profile, settings, NOW)).toBe(news);
      expect(exemptionChange(change(expects, bySweep), profile, settings, NOW)).toBeNull();
    },
  );

  it.each([
    ['created under an exempt name', 'CreateUser', {}, 'bot-7', {}, 'granted'],
    ['renamed to an exempt name', 'UpdateUser', {}, 'bot-7', {}, 'granted'],
    ['created under another name', 'CreateUser', {}, 'dana', {}, null],
    ['changed otherwise', 'AttachUserPolicy', {}, 'bot-7', {}, null],
    [
      'created under an exempt name, with an end',
      'CreateUser',
      { tags: { 'mfa-exempt-until': '2027-01-01' } },
      'bot-7',
      { 'mfa-exempt-until': '2027-01-01' },
      'granted',
    ],
    [
      'created under an exempt name, and its exemption has ended',
      'CreateUser',
      { tags: { 'mfa-exempt-until': '2025-01-01' } },
      'bot-7',
      { 'mfa-exempt-until': '2025-01-01' },
      'removed',
    ],
    ['renamed, exempt by a tag', 'UpdateUser', {}, 'bot-7', service, null],
    ['given a password', 'CreateLoginProfile', { password: true }, 'bot-7', {}, 'password'],
  ] as [string, string, UserChange['expects'], string, Record<string, string>, string | null][])(
    'of a user %s',
    (_, eventName, expects, user, tags, news) => {
      const profile = { arn: `arn:aws:iam::${ACCOUNT}:user/${user}`, tags, boundary: null };
      const named = settingsWith({ exemptUsers: ['bot-*'] });
      const by = { ...byDana, eventName };
      expect(exemptionChange(change(expects, by), profile, named, NOW)).toBe(news);
      expect(exemptionChange(change(expects, bySweep), profile, named, NOW)).toBeNull();
    },
  );

  it.each([
    ['the user', byDana, true],
    ['the user, in another case', { ...byDana, actor: { ...actor, name: 'DANA' } }, true],
    ['another user', { ...byDana, actor: { ...actor, name: 'erin' } }, false],
    ['a role called so', { ...byDana, actor: { ...actor, type: 'AssumedRole' } }, false],
    ['a sweep', bySweep, false],
  ] as const)('names the caller: %s', (_, cause, self) => {
    expect(isBySelf(change({}, cause))).toBe(self);
  });
});
