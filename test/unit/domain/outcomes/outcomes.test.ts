import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../../events/outcome.ts';
import {
  accountUnreachableOutcome,
  blockedOutcome,
  breakerOutcome,
  contestedOutcome,
  couldNotOutcome,
  enrolmentDueOutcome,
  enrolmentOutcome,
  exemptionOutcome,
  orphanOutcome,
  policyOutcome,
  tamperingOutcome,
  unblockedOutcome,
} from '../../../../functions/domain/outcomes/outcomes.ts';
import { blockingPolicies } from '../../../../functions/domain/rules/blocking-policies.ts';
import type { Decision } from '../../../../functions/domain/rules/decide.ts';
import { blocked, bySweep } from '../../../fakes/outcomes.ts';
import { ACCOUNT, BOUNDARY, POLICY, START, settingsWith } from '../../../fakes/settings.ts';

const NOW = new Date(START + 1500);
const { cause } = blocked();
const settings = settingsWith({ mode: 'observe' });
const reasons = [{ code: 'no-mfa', text: 'no MFA device' }];
const why = { code: 'c', text: 't' };
const decision: Decision = {
  kind: 'decision',
  action: 'block',
  status: 'unprotected',
  blocked: false,
  reasons,
};
const context = { user: 'dana', decision, slackMember: 'U012AB3CD', cause, settings, now: NOW };
const common = {
  version: 1,
  account: ACCOUNT,
  alias: null,
  accountName: null,
  at: '2026-03-01T12:00:01.500Z',
  mode: 'observe',
};
const dana = { ...common, user: 'dana', reasons, cause, slackMember: 'U012AB3CD' };

describe('the address of the user', () => {
  const mailed = { ...context, email: 'dana@example.com' };

  it.each<[string, () => Outcome, boolean]>([
    ['in that of a block', () => blockedOutcome(mailed, 'boundary'), true],
    ['in that of an unblock', () => unblockedOutcome(mailed, []), true],
    [
      'in that of a time to enrol',
      () => enrolmentDueOutcome(mailed, 'AIDA1', { step: 'started', until: NOW }),
      true,
    ],
    [
      'in none that no mail is about',
      () => couldNotOutcome(mailed, { code: 'code', text: 'text' }),
      false,
    ],
    ['in none where it is not known', () => blockedOutcome(context, 'boundary'), false],
  ])('is %s', (_, make, isIn) => {
    const outcome = make();
    expect('email' in outcome && outcome.email).toBe(isIn && 'dana@example.com');
  });
});

describe('an outcome about a user', () => {
  const idOf = (kind: string) => `${kind}/${ACCOUNT}/dana/e1`;

  it.each<[() => Outcome, object]>([
    [
      () =>
        enrolmentDueOutcome(
          {
            ...context,
            decision: { ...decision, reasons: [...reasons, { code: 'grace', text: 'until' }] },
          },
          'AIDA1',
          { step: 'last', until: NOW },
        ),
      {
        ...dana,
        kind: 'enrolment-due',
        id: `enrolment-due/${ACCOUNT}/dana/AIDA1/last/2026-03-01T12:00:01.500Z`,
        until: '2026-03-01T12:00:01.500Z',
        step: 'last',
      },
    ],
    [
      () => blockedOutcome(context, 'boundary'),
      { ...dana, kind: 'user-blocked', id: idOf('user-blocked'), method: 'boundary' },
    ],
    [
      () => unblockedOutcome(context, ['managed-policy', 'deny-group']),
      {
        ...dana,
        kind: 'user-unblocked',
        id: idOf('user-unblocked'),
        methods: ['managed-policy', 'deny-group'],
      },
    ],
    [
      () => couldNotOutcome(context, why),
      { ...dana, kind: 'could-not-enforce', id: idOf('could-not-enforce'), why },
    ],
    ...[null, 'arn:aws:iam::111122223333:policy/developers'].map(
      (boundarySeen): [() => Outcome, object] => [
        () => couldNotOutcome(context, why, boundarySeen),
        { ...dana, kind: 'could-not-enforce', id: idOf('could-not-enforce'), why, boundarySeen },
      ],
    ),
    [
      () => exemptionOutcome(context, 'granted', true, [why]),
      {
        ...dana,
        kind: 'exemption-seen',
        id: idOf('exemption-seen'),
        change: 'granted',
        bySelf: true,
        reasons: [why],
      },
    ],
    [
      () => contestedOutcome(context, 3),
      {
        ...dana,
        kind: 'block-contested',
        id: idOf('block-contested'),
        slackMember: null,
        count: 3,
      },
    ],
    ...[true, false].map((wasBlocked): [() => Outcome, object] => [
      () =>
        enrolmentOutcome({ ...context, decision: { ...decision, blocked: wasBlocked } }, 'GAHT1', [
          why,
        ]),
      {
        ...dana,
        kind: 'enrolment-suspicious',
        id: idOf('enrolment-suspicious'),
        reasons: [why],
        slackMember: null,
        serial: 'GAHT1',
        wasBlocked,
      },
    ]),
    ...(['2026-03-01T00:00:00Z', null] as const).map((firstSeenAt): [() => Outcome, object] => [
      () => orphanOutcome({ ...context, serial: 'S', firstSeenAt, result: 'reported' }),
      {
        ...dana,
        kind: 'orphan-device',
        id: idOf('orphan-device'),
        reasons: [
          firstSeenAt === null
            ? { code: 'name-taken', text: 'a device of that name exists' }
            : { code: 'orphan-device', text: 'an unassigned device has the name' },
        ],
        slackMember: null,
        serial: 'S',
        firstSeenAt,
        result: 'reported',
      },
    ]),
  ])('has the action, the user, the reasons and the cause: %s', (made, expected) => {
    const outcome = made();
    expect(outcome).toEqual(expected);
    expect(Outcome.parse(outcome)).toEqual(outcome);
  });

  it('does not say whether a user was blocked who was renamed or deleted since', () => {
    const outcome = enrolmentOutcome({ ...context, decision: null }, 'GAHT1', [why]);
    expect(outcome.wasBlocked).toBeNull();
    expect(Outcome.parse(outcome)).toEqual(outcome);
  });

  it('has the id of its sweep, where a sweep asked', () => {
    const { id } = blockedOutcome({ ...context, cause: bySweep('s1') }, 'boundary');
    expect(id).toBe(`user-blocked/${ACCOUNT}/dana/s1`);
  });
});

describe('the outcome of an open breaker', () => {
  const none = { counted: 0, assumed: 0, limit: 0 };
  const open = (users: string[], numbers: Parameters<typeof breakerOutcome>[1]) =>
    breakerOutcome(users, numbers, cause, settings, NOW);

  it('names the refused users, and says what to do', () => {
    expect(open(['dana', 'erin'], { counted: 7, assumed: 2, limit: 8 })).toEqual({
      ...common,
      kind: 'breaker-open',
      id: `breaker-open/${ACCOUNT}/e1/dana`,
      total: 2,
      users: ['dana', 'erin'],
      cause,
      counted: 7,
      assumed: 2,
      limit: 8,
      why:
        'the block limit is 8. IAM lists 7 blocked users, and 2 more may not be in its list yet. Refused users are ' +
        'blocked as room appears: when others enrol, or when the parameter BlockLimit is raised',
    });
  });

  it('names a hundred users at most, and counts all', () => {
    const users = Array.from({ length: 101 }, (_, index) => `u${index}`);
    expect(open(users, none)).toMatchObject({
      users: users.slice(0, 100),
      total: 101,
    });
  });

  it('counts the users who are not named', () => {
    expect(open(['dana'], { ...none, total: 7 })).toMatchObject({
      users: ['dana'],
      total: 7,
    });
  });

  it('has an id even if no user is named', () => {
    expect(open([], { ...none, total: 0 })).toMatchObject({
      id: `breaker-open/${ACCOUNT}/e1/`,
      users: [],
    });
  });
});

describe('the outcome of a changed policy', () => {
  const [policy] = blockingPolicies({
    policyArn: POLICY,
    boundaryArn: BOUNDARY,
    enrolWith: 'console',
  });
  if (policy === undefined) throw new Error('no policy');

  it.each(['intact', 'restored', 'changed', 'missing', 'foreign'] as const)(
    'brings no command: %s',
    (state) => {
      expect(policyOutcome({ policy, state, versionId: 'v3', cause, settings, now: NOW })).toEqual({
        ...common,
        kind: 'policy-changed',
        id: `policy-changed/${POLICY}/e1`,
        cause,
        policyArn: POLICY,
        form: 'policy',
        state,
        versionId: 'v3',
      });
    },
  );
});

describe('the outcome of what concerns no user', () => {
  it('has the call and the resource of the enforcer', () => {
    const seen = { what: 'cloudtrail:StopLogging', resource: 'main', cause };
    expect(tamperingOutcome(seen, settings, NOW)).toEqual({
      ...common,
      kind: 'tampering-seen',
      id: `tampering-seen/${ACCOUNT}/e1`,
      cause,
      what: 'cloudtrail:StopLogging',
      resource: 'main',
    });
  });

  it('names the account that cannot be read, and the reason', () => {
    const account = { account: '222233334444', mode: 'enforce' } as const;
    expect(accountUnreachableOutcome(account, bySweep('s1'), why, NOW)).toEqual({
      ...common,
      ...account,
      kind: 'account-unreachable',
      id: 'account-unreachable/222233334444/s1',
      cause: bySweep('s1'),
      why,
    });
  });
});
