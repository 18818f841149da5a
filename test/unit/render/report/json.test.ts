import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { Report } from '../../../../events/report.ts';
import { sampleOutcomes } from '../../../../functions/commands/preview.ts';
import { json } from '../../../../functions/render/report/json.ts';
import { emptyAccount, everyState, fiveThousand } from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';

const FILE = 'docs/schema/report.schema.json';

function validator(file: string) {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
}

describe('JSON', () => {
  it.each([
    ['every state', everyState, 'report.json'],
    ['an empty account', emptyAccount, 'report.empty.json'],
  ])('is as in the golden file: %s', async (_, report, file) => {
    await expectGolden(json(report), file);
  });

  it('is the report', () => {
    expect(Report.parse(JSON.parse(json(everyState)))).toEqual(everyState);
  });

  it('is printed of nothing but a report', () => {
    expect(() => json({ ...everyState, account: 'none' })).toThrow('12-digit');
  });
});

describe('the published schemas', () => {
  it.each([everyState, emptyAccount, fiveThousand])('accept a printed report', (report) => {
    const validate = validator(FILE);
    validate(JSON.parse(json(report)));
    expect(validate.errors ?? []).toEqual([]);
  });

  const broken: readonly [what: string, change: object][] = [
    ['another schema', { schema: 'mfa-enforcer/report/2' }],
    ['an account that is none', { account: '1234' }],
    ['a time without a zone', { at: '2026-03-01T12:00:00' }],
    ['a day that is none', { at: '2026-02-30T12:00:00.000Z' }],
    ['totals that are no numbers', { totals: { ...everyState.totals, blocked: '2' } }],
    ['half a user', { totals: { ...everyState.totals, blocked: 1.5 } }],
    ['no users', { users: undefined }],
    ['an unknown state', { users: [{ ...everyState.users[0], state: 'fine' }] }],
    ['a user without a name', { users: [{ ...everyState.users[0], name: undefined }] }],
  ];
  it.each(broken)('refuse %s', (_, change) => {
    const text = JSON.stringify({ ...everyState, ...change });
    expect(validator(FILE)(JSON.parse(text))).toBe(false);
  });

  it('accept a field that a later unblock adds', () => {
    expect(validator(FILE)({ ...everyState, more: true })).toBe(true);
  });

  it.each(Object.entries(sampleOutcomes))('accept the sample outcome %s', (_, outcome) => {
    const validate = validator('docs/schema/outcome.schema.json');
    validate(outcome);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('refuse what is no outcome', () => {
    const validate = validator('docs/schema/outcome.schema.json');
    const [sample] = Object.values(sampleOutcomes);
    expect(validate({ ...sample, kind: 'user-hugged' })).toBe(false);
    expect(validate({ ...sample, version: 2 })).toBe(false);
  });
});
