import { describe, expect, it } from 'vitest';
import type { UserChange } from '../../../../events/message.ts';
import {
  isOtherPolicy,
  type LastEnrolment,
  withAccessChanges,
  withLastEnrolment,
} from '../../../../functions/domain/review/access-history.ts';
import { bySweep } from '../../../fakes/outcomes.ts';
import { ACCOUNT, POLICY } from '../../../fakes/settings.ts';

const AT = '2026-03-01T12:00:00.000Z';
const BEFORE = '2026-03-01T11:00:00.000Z';

function change(eventName: string, by = 'erin', at = AT): UserChange {
  const actor = { type: 'IAMUser', name: by };
  const cause = { kind: 'event' as const, eventId: 'e1', eventName, eventTime: at, actor };
  return { account: ACCOUNT, user: 'dana', hint: false, cause, expects: {} };
}

describe('the history of a user’s access', () => {
  it.each([
    ['CreateUser', 'erin', { created: [{ at: AT, by: 'erin' }] }],
    ['CreateLoginProfile', 'erin', { passwordByOther: [{ at: AT, by: 'erin' }] }],
    ['UpdateLoginProfile', 'erin', { passwordByOther: [{ at: AT, by: 'erin' }] }],
    ['UpdateLoginProfile', 'Dana', {}],
    ['DeactivateMFADevice', 'erin', { deviceByOther: [{ at: AT, by: 'erin' }] }],
    ['DeactivateMFADevice', 'dana', { deviceBySelf: [{ at: AT, by: 'dana' }] }],
    ['EnableMFADevice', 'erin', {}],
    ['DeleteLoginProfile', 'erin', {}],
  ])('has %s by %s, if a rule asks for it', (eventName, by, expected) => {
    expect(withAccessChanges({}, [change(eventName, by)], POLICY)).toEqual(expected);
  });

  const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  it.each([
    ['another policy', READ_ONLY, 'erin', [{ at: AT, by: 'erin', policyArn: READ_ONLY }]],
    ['a policy by the user', READ_ONLY, 'dana', undefined],
    ['ForceMFA, in any case', POLICY.toUpperCase(), 'erin', undefined],
  ])('has %s that is attached, if a rule asks for it', (_, policyArn, by, expected) => {
    const attached = {
      ...change('AttachUserPolicy', by),
      expects: { policies: { [policyArn]: true } },
    };
    expect(withAccessChanges({}, [attached], POLICY).policyByOther).toEqual(expected);
    expect(isOtherPolicy(attached, POLICY)).toBe(policyArn === READ_ONLY);
  });

  it('has no policy that is detached', () => {
    const detached = {
      ...change('DetachUserPolicy'),
      expects: { policies: { [READ_ONLY]: false } },
    };
    expect(isOtherPolicy(detached, POLICY)).toBe(false);
  });

  it('has no change by a sweep', () => {
    const nothing = {};
    const swept = { ...change(''), cause: bySweep() };
    expect(withAccessChanges(nothing, [swept], POLICY)).toBe(nothing);
  });

  it.each([
    ['later', BEFORE, AT],
    ['earlier', AT, BEFORE],
  ])('keeps all changes in the order of time: then a %s one', (_, first, second) => {
    const events = [
      change('CreateLoginProfile', 'erin', first),
      change('UpdateLoginProfile', 'erin', second),
    ];
    const history = withAccessChanges({}, events, POLICY);
    expect(history.passwordByOther?.map(({ at }) => at)).toEqual([BEFORE, AT]);
    expect(withAccessChanges(history, events, POLICY)).toBe(history);
  });

  it('keeps the latest twenty of an aspect', () => {
    const minute = (n: number) => `2026-03-01T11:${String(n).padStart(2, '0')}:00.000Z`;
    const set = (n: number) => change('UpdateLoginProfile', 'erin', minute(n));
    const twenty = Array.from({ length: 20 }, (_, index) => set(index + 1));
    const history = withAccessChanges({}, twenty, POLICY);
    expect(history.passwordByOther).toHaveLength(20);
    expect(withAccessChanges(history, [set(0)], POLICY)).toBe(history);
    const next = withAccessChanges(history, [set(21)], POLICY).passwordByOther;
    expect([next?.length, next?.[0]?.at]).toEqual([20, minute(2)]);
  });

  it('keeps the other aspects', () => {
    const both = withAccessChanges(
      {},
      [change('CreateUser'), change('CreateLoginProfile')],
      POLICY,
    );
    expect(Object.keys(both)).toEqual(['created', 'passwordByOther']);
  });
});

describe('the last enrolment', () => {
  const enrolment = (at: string, serial = 'phone'): LastEnrolment => {
    const actor = { type: 'IAMUser', name: 'dana' };
    return {
      at,
      serial,
      wasBlocked: true,
      isFirst: true,
      bySelf: true,
      longTermKey: false,
      keysMayEnrol: false,
      dormant: null,
      policies: null,
      cause: { kind: 'event', eventId: 'e', eventName: 'EnableMFADevice', eventTime: at, actor },
    };
  };

  it('is added to the changes, and is replaced by a later one alone', () => {
    const created = [{ at: BEFORE, by: 'erin' }];
    const first = withLastEnrolment({ created }, enrolment(BEFORE));
    expect(first).toEqual({ created, enrolled: enrolment(BEFORE) });
    expect(withLastEnrolment(first, enrolment(BEFORE, 'again'))).toBe(first);
    const second = withLastEnrolment(first, enrolment(AT));
    expect(second).toEqual({ created, enrolled: enrolment(AT) });
    expect(withLastEnrolment(second, enrolment(BEFORE))).toBe(second);
  });

  it('is the first device, also where another follows it', () => {
    const further = { ...enrolment(AT), isFirst: false };
    const first = withLastEnrolment({}, enrolment(BEFORE));
    expect(withLastEnrolment(first, further)).toBe(first);
    const none = withLastEnrolment({}, { ...further, at: BEFORE });
    expect(withLastEnrolment(none, further).enrolled).toEqual(further);
  });
});
