import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { Cause, causeId, isByCloudFormation, isCreation, isNaming } from '../../../events/cause.ts';
import { AccountId, CloudTrailRecord, UserName } from '../../../events/envelope.ts';
import { accountNameId, LastSweep, lastSweepId, unsweptId } from '../../../events/last-sweep.ts';
import {
  detailTypes,
  OUTCOME_SOURCE,
  Outcome,
  parseOutcome,
  SlackMember,
} from '../../../events/outcome.ts';
import {
  parseSweepMessage,
  RollUpRequest,
  SweepRequest,
  SweepTally,
} from '../../../events/requests.ts';
import { blocked, bySweep, sweepFinished } from '../../fakes/outcomes.ts';
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

describe('an id', () => {
  it('in the state table begins with what it is of', () => {
    expect([lastSweepId('1'), unsweptId('1'), accountNameId('1')]).toEqual([
      'sweep/1',
      'unswept/1',
      'account/1',
    ]);
  });

  it('of a cause is the event’s, or the sweep’s', () => {
    expect([causeId(blocked().cause), causeId(bySweep('s1'))]).toEqual(['e1', 's1']);
  });
});

describe('a cause', () => {
  it.each([
    ['an event of it', { ...blocked().cause, eventName: 'CreateUser' }, true],
    ['another event', blocked().cause, false],
    ['a sweep', bySweep(), false],
  ])('is a user’s creation, or not: %s', (_, cause, is) => {
    expect(isCreation(cause)).toBe(is);
  });

  it.each([
    ['a creation', { ...blocked().cause, eventName: 'CreateUser' }, true],
    ['a rename', { ...blocked().cause, eventName: 'UpdateUser' }, true],
    ['another event', blocked().cause, false],
    ['a sweep', bySweep(), false],
  ])('gives a user a name, or not: %s', (_, cause, is) => {
    expect(isNaming(cause)).toBe(is);
  });
});

describe('a call that CloudFormation made', () => {
  const by = (sourceIp?: string) =>
    Cause.parse({ ...blocked().cause, actor: { type: 'AssumedRole', name: 'a/b', sourceIp } });

  it.each([
    ['CloudFormation’s name as its source', by('cloudformation.amazonaws.com'), true],
    ['another source', by('cloudformation.amazonaws.com.example'), false],
    ['no source', by(), false],
    ['no event', bySweep(), false],
  ])('is told by %s', (_, cause, is) => {
    expect(isByCloudFormation(cause)).toBe(is);
  });
});

describe('an outcome on the bus', () => {
  const envelope = (change: object) =>
    JSON.stringify({ source: 'mfa-enforcer', 'detail-type': 'x', detail: blocked(), ...change });

  it('is read out of EventBridge’s envelope', () => {
    expect(parseOutcome(envelope({}))).toEqual(blocked());
    expect(OUTCOME_SOURCE).toBe('mfa-enforcer');
  });

  it('of an earlier release has nothing new in it', () => {
    const { blockedUsers, breakGlassWithoutMfa, rolledUp, ...old } = sweepFinished();
    expect(parseOutcome(envelope({ detail: old }))).toEqual({
      ...old,
      blockedUsers: [],
      breakGlassWithoutMfa: [],
      rolledUp: false,
    });
  });

  it.each([
    ['cannot read the outcome: not JSON', '{'],
    [/^cannot read the outcome: source: /, envelope({ source: 'aws.iam' })],
    [
      /^cannot read the outcome: it has no detail.user$/,
      envelope({ detail: { ...blocked(), user: undefined } }),
    ],
    [
      /^cannot read the outcome: detail.kind: /,
      envelope({ detail: { ...blocked(), kind: 'user-hugged' } }),
    ],
  ])('is refused where it is none: %s', (message, body) => {
    expect(() => parseOutcome(body)).toThrow(message);
  });

  it('has a detail-type for each kind', () => {
    expect(detailTypes).toEqual({
      'user-blocked': 'User Blocked',
      'user-unblocked': 'User Unblocked',
      'exemption-seen': 'Exemption Seen',
      'mfa-device-added-by-other': 'MFA Device Added By Other',
      'could-not-enforce': 'Could Not Enforce',
      'policy-changed': 'Policy Changed',
      'tampering-seen': 'Tampering Seen',
      'breaker-open': 'Breaker Open',
      'sweep-finished': 'Sweep Finished',
      'account-unreachable': 'Account Unreachable',
      'organization-swept': 'Organization Swept',
    });
    expect(Outcome.options.map(({ shape }) => shape.kind.value).toSorted()).toEqual(
      Object.keys(detailTypes).toSorted(),
    );
  });
});

describe('a message of the queue of sweeps', () => {
  it.each([SweepRequest, RollUpRequest])('is read as what it says it is', (schema) => {
    const full = fullOf(schema);
    expect(parseSweepMessage(JSON.stringify(full))).toEqual(full);
  });

  it.each([
    ['cannot read the sweep’s message: it is not JSON', 'sweep'],
    [/^cannot read the sweep’s message: schema: /, '{}'],
    [
      'cannot read the sweep’s message: account is not a 12-digit account id',
      JSON.stringify({ ...fullOf(SweepRequest), account: '1' }),
    ],
  ])('is refused where it is none: %s', (message, body) => {
    expect(() => parseSweepMessage(body)).toThrow(message);
  });
});
