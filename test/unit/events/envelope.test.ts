import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { AccountId, CloudTrailRecord, UserName } from '../../../events/envelope.ts';
import { LastSweep } from '../../../events/last-sweep.ts';
import { SlackMember } from '../../../events/outcome.ts';
import { RollUpRequest, SweepRequest, SweepTally } from '../../../events/requests.ts';
import { contracts } from './contracts.ts';

const fullOf = (schema: z.ZodType) =>
  contracts.find((one) => one.schema === schema)?.full as Record<string, unknown>;
const TIME = '2026-03-01T12:00:00';

describe('a value', () => {
  it.each<[string, z.ZodType, unknown[], unknown[]]>([
    [
      'an account id',
      AccountId,
      ['111122223333', '000000000000'],
      ['', '1111222233334', 'x111122223333', '11112222333', '11112222333x', 111122223333],
    ],
    [
      'a user name',
      UserName,
      ['dana', 'A_z0+=,.@-', 'x'.repeat(64)],
      ['', 'x'.repeat(65), ' dana', 'dana ', 'da na', 'da/na', 'dana\n'],
    ],
    [
      'a Slack member id',
      SlackMember,
      ['U012AB3CD', 'W01234', `U${'A'.repeat(20)}`],
      ['U0123', 'X012AB3CD', 'u012ab3cd', `U${'A'.repeat(21)}`, '<@U012AB3CD>', 'U012AB3CD '],
    ],
  ])('may be, or not: %s', (_, schema, accepted, refused) => {
    expect(accepted.filter((one) => !schema.safeParse(one).success)).toEqual([]);
    expect(refused.filter((one) => schema.safeParse(one).success)).toEqual([]);
  });

  it.each<[string, z.ZodType, string, unknown[], unknown[]]>([
    [
      'the time of a record, with a zone',
      CloudTrailRecord,
      'eventTime',
      [`${TIME}Z`, `${TIME}+02:00`],
      [TIME, 'yesterday', ''],
    ],
    ['the id of a record', CloudTrailRecord, 'eventID', ['x'], ['']],
    ['the name of a call', CloudTrailRecord, 'eventName', ['x', 'xx'], ['']],
    ['the source of a record', CloudTrailRecord, 'eventSource', ['x', 'xx'], ['']],
    ['a mode', LastSweep, 'mode', ['enforce', 'observe'], ['', 'dream']],
    ['a sweep’s id', SweepRequest, 'sweepId', ['x', 'xx'], ['']],
    ['a roll-up’s id', RollUpRequest, 'sweepId', ['x', 'xx'], ['']],
    ['an organization’s id', RollUpRequest, 'organization', ['x', 'xx'], ['']],
    [
      'what is to be done',
      SweepTally,
      'differing',
      ['block', 'unblock'].map((action) => [{ user: 'dana', action, reasons: [] }]),
      ['', 'none'].map((action) => [{ user: 'dana', action, reasons: [] }]),
    ],
  ])('of a field may be, or not: %s', (_, schema, field, accepted, refused) => {
    const parsed = (value: unknown) => schema.safeParse({ ...fullOf(schema), [field]: value });
    expect(accepted.filter((one) => !parsed(one).success)).toEqual([]);
    expect(refused.filter((one) => parsed(one).success)).toEqual([]);
  });
});
