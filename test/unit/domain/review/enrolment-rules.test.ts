import { describe, expect, it } from 'vitest';
import type {
  AccessHistory,
  LastEnrolment,
} from '../../../../functions/domain/review/access-history.ts';
import {
  type Enrolment,
  type EnrolmentFinding,
  enrolmentRules,
  isSuspicious,
  judgeEnrolment,
  lateFindings,
} from '../../../../functions/domain/review/enrolment-rules.ts';
import cases from './enrolment-rules.cases.json' with { type: 'json' };

interface Case extends Partial<Enrolment> {
  readonly name: string;
  readonly findings: readonly EnrolmentFinding[];
}

const table = cases as readonly Case[];
const usual: Enrolment = {
  at: '2026-03-01T12:00:00Z',
  isFirst: true,
  bySelf: true,
  longTermKey: false,
  keysMayEnrol: false,
  history: {},
  dormant: { at: null },
  policies: null,
};

describe('an enrolment', () => {
  it.each(table)('is judged: $name', ({ findings, ...change }) => {
    expect(judgeEnrolment({ ...usual, ...change })).toEqual(findings);
  });

  it('has a case for each rule', () => {
    const codes = table.flatMap(({ findings }) => findings.map(({ reason }) => reason.code));
    expect(new Set(codes)).toEqual(new Set(enrolmentRules.map(({ code }) => code)));
  });

  it.each([
    [[], false],
    [['low'], false],
    [['low', 'high'], true],
  ] as const)('is suspicious if a finding is high: %j', (levels, is) => {
    const reason = { code: 'c', text: 't' };
    expect(isSuspicious(levels.map((level) => ({ level, reason })))).toBe(is);
  });
});

describe('an enrolment, when the event of a change of access comes after it', () => {
  const at = '2026-03-01T11:50:00Z';
  const erin = { at, by: 'erin' };
  const enrolled: LastEnrolment = {
    ...usual,
    serial: 'phone',
    wasBlocked: true,
    cause: {
      kind: 'event',
      eventId: 'e2',
      eventName: 'EnableMFADevice',
      eventTime: usual.at,
      actor: { type: 'IAMUser', name: 'dana' },
    },
  };
  const later = { ...erin, at: '2026-03-01T12:00:01Z' };

  it('is suspicious where the change makes it so, also beside a later one', () => {
    const before = { passwordByOther: [later], enrolled };
    expect(lateFindings({ passwordByOther: [erin, later], enrolled }, before)).toMatchObject({
      enrolled,
      findings: [{ level: 'high', reason: { code: 'password-by-other' } }],
    });
  });

  it.each<[string, AccessHistory, AccessHistory?]>([
    ['no device was enabled', { passwordByOther: [erin] }],
    ['a low rule alone applies', { created: [erin], passwordByOther: [erin], enrolled }],
    ['the change came later', { passwordByOther: [later], enrolled }],
    [
      'it was suspicious before',
      { passwordByOther: [erin], enrolled: { ...enrolled, longTermKey: true } },
      { enrolled: { ...enrolled, longTermKey: true } },
    ],
    [
      'another change had made it so',
      { passwordByOther: [erin], deviceByOther: [erin], enrolled },
      { deviceByOther: [erin], enrolled },
    ],
  ])('is not reported again where %s', (_, history, before = { enrolled }) => {
    expect(lateFindings(history, before)).toBeNull();
  });
});
