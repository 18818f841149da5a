import { describe, expect, it } from 'vitest';
import {
  type Enrolment,
  type EnrolmentFinding,
  enrolmentRules,
  isSuspicious,
  judgeEnrolment,
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
