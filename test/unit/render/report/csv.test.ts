import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csv } from '../../../../functions/render/report/csv.ts';
import {
  emptyAccount,
  everyState,
  fiveThousand,
  reportedUser,
  reportOf,
} from '../../../fakes/report.ts';
import { expectGolden } from './golden.ts';

const HEADER = [
  'name,arn,state,reasons,has_password,password_from,last_sign_in_at,password_changed_at',
  'devices,device_kinds,devices_enrolled_at,devices_from',
  'access_key_1,access_key_1_rotated_at,access_key_1_used_at,access_key_1_used_for,access_key_1_used_in',
  'access_key_2,access_key_2_rotated_at,access_key_2_used_at,access_key_2_used_for,access_key_2_used_in',
  'signing_certificate_1,signing_certificate_2,service_credentials,ssh_keys',
  'blocked,blocked_since,refused_since,enrolment_problem,exemption,exemption_in_force,exempt_until',
  'created_at,account,alias,read_at,credential_report_at',
  'event_path,event_path_since,event_path_latency_ms,event_path_reason',
].join();

/** Strict: no loose quotes, every row as long as the first, rows ended by CRLF. */
function read(text: string): Record<string, string>[] {
  return parse(text, { columns: true, record_delimiter: '\r\n' });
}

/** The first characters of formulas in a spreadsheet (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/;

describe('CSV', () => {
  it.each([
    ['every state', everyState, 'report.csv'],
    ['an empty account', emptyAccount, 'report.empty.csv'],
  ])('is as in the golden file: %s', async (_, report, file) => {
    await expectGolden(csv(report), file);
  });

  it('of an empty account is the headers', () => {
    expect(csv(emptyAccount)).toBe(`${HEADER}\r\n`);
  });

  it('ends its rows with CRLF', () => {
    const plain = csv(reportOf([reportedUser('a'), reportedUser('b')]));
    expect(plain.split('\r\n')).toHaveLength(4);
    expect(plain.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('has a row a user, however many', () => {
    for (const report of [everyState, fiveThousand]) {
      expect(read(csv(report))).toHaveLength(report.users.length);
    }
  });

  it('doubles quotes', () => {
    const user = reportedUser('a', { reasons: [{ code: 'x', text: 'says "no", twice' }] });
    expect(csv(reportOf([user]))).toContain(',"says ""no"", twice",');
  });

  it.each(['=1+1', '+frank', '-gina', '@heidi', '\tx', '\rx', '\nx', '＝1'])(
    'makes no formula of %j',
    (name) => {
      expect(read(csv(reportOf([reportedUser(name)])))[0]?.name).toBe(`'${name}`);
    },
  );

  it('gives back every name, text and list as it was', () => {
    const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
    const text = fc
      .string({ unit: 'binary' })
      .filter((one) => !/^'?[=+\-@\t\r\n＝＋－＠]/.test(one));
    fc.assert(
      fc.property(
        fc.array(fc.record({ name, text, hasPassword: fc.boolean() }), { maxLength: 5 }),
        (made) => {
          const users = made.map(({ text: message, ...user }) =>
            reportedUser(user.name, { ...user, reasons: [{ code: 'x', text: message }] }),
          );
          const rows = read(csv(reportOf(users)));
          expect(
            rows.map((row) => [row.name?.replace(/^'/, ''), row.reasons, row.has_password]),
          ).toEqual(made.map((one) => [one.name, one.text, String(one.hasPassword)]));
          for (const cell of rows.flatMap((row) => Object.values(row)))
            expect(cell).not.toMatch(FORMULA);
        },
      ),
    );
  });
});
