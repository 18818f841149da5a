import { describe, expect, it } from 'vitest';
import { PROBE_TAG } from '../../../events/event-path.ts';
import { parseMessage, UnparsableMessage } from '../../../events/message.ts';
import { tamperingById } from '../../../events/tampering.ts';
import { blocked, bySweep } from '../../fakes/outcomes.ts';
import { ACCOUNT, POLICY } from '../../fakes/settings.ts';

const OTHER = '222233334444';
const record = {
  eventID: 'the-event',
  eventName: 'CreateUser',
  eventSource: 'iam.amazonaws.com',
  eventTime: '2026-03-01T13:00:00+01:00',
  recipientAccountId: ACCOUNT,
  sourceIPAddress: '203.0.113.10',
  userIdentity: { type: 'IAMUser', userName: 'alice' },
  requestParameters: { userName: 'dana' },
};
const bare = (change: object = {}) => JSON.stringify({ ...record, ...change });
const enveloped = (change: object = {}, envelope: object = {}) =>
  JSON.stringify({
    id: 'the-envelope',
    account: ACCOUNT,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: { ...record, ...change },
    ...envelope,
  });
const cause = {
  kind: 'event',
  eventId: 'the-event',
  eventName: 'CreateUser',
  eventTime: '2026-03-01T12:00:00.000Z',
  actor: { type: 'IAMUser', name: 'alice', sourceIp: '203.0.113.10' },
};
const policyCall = (eventName: string, parameters: object, more: object = {}) =>
  bare({ eventName, requestParameters: { policyArn: POLICY, ...parameters }, ...more });
const version = (versionId: unknown) => ({ responseElements: { policyVersion: { versionId } } });

describe('a message', () => {
  it.each([
    ['in an envelope', enveloped()],
    ['bare', bare()],
  ])('of a user’s change names the user and its cause: %s', (_, body) => {
    expect(parseMessage(body)).toStrictEqual({
      kind: 'changes',
      changes: [{ account: ACCOUNT, user: 'dana', hint: false, cause, expects: { exists: true } }],
    });
  });

  it('of a device that names no user gives hints, of which nothing is expected but the device', () => {
    const serialNumber = `arn:aws:iam::${ACCOUNT}:mfa/danas-phone`;
    const body = bare({
      eventName: 'DeleteVirtualMFADevice',
      requestParameters: { serialNumber },
    });
    const hint = {
      account: ACCOUNT,
      hint: true,
      cause: { ...cause, eventName: 'DeleteVirtualMFADevice' },
      expects: { devices: { [serialNumber]: false } },
    };
    expect(parseMessage(body)).toStrictEqual({
      kind: 'changes',
      changes: [
        { ...hint, user: 'danas-phone' },
        { ...hint, user: 'alice' },
      ],
    });
  });

  it.each([
    ['CreatePolicyVersion', { setAsDefault: true }, version('v2'), 'v2', false],
    ['CreatePolicyVersion', { setAsDefault: false }, version('v2'), null, false],
    ['CreatePolicyVersion', {}, version('v2'), null, false],
    ['CreatePolicyVersion', { setAsDefault: true }, {}, null, false],
    ['CreatePolicyVersion', { setAsDefault: true }, { responseElements: {} }, null, false],
    ['CreatePolicyVersion', { setAsDefault: true }, version(2), null, false],
    ['SetDefaultPolicyVersion', { versionId: 'v1' }, {}, 'v1', false],
    ['DeletePolicyVersion', { versionId: 'v1' }, {}, null, false],
    ['DeletePolicy', {}, {}, null, true],
  ])(
    'of a policy names it, and its version: %s %j',
    (eventName, parameters, more, versionId, deleted) => {
      expect(parseMessage(policyCall(eventName, parameters, more))).toStrictEqual({
        kind: 'policy',
        change: {
          account: ACCOUNT,
          policyArn: POLICY,
          defaultVersionId: versionId,
          deleted,
          cause: { ...cause, eventName },
        },
      });
    },
  );

  const tag = (key: string, value: string) => ({ key, value });
  const role = `arn:aws:iam::${ACCOUNT}:role/sweep`;
  const session = (sessionContext: unknown, type = 'AssumedRole') => ({
    type,
    arn: 'arn',
    sessionContext,
  });
  it.each([
    ['a session of a role', session({ sessionIssuer: { arn: role } }), role],
    ['a session without an issuer', session({ sessionIssuer: null }), null],
    ['a session with an empty issuer', session({ sessionIssuer: {} }), null],
    ['a session without a context', session(null), null],
    [
      'a user, whatever its record says',
      session({ sessionIssuer: { arn: role } }, 'IAMUser'),
      null,
    ],
    ['nobody', undefined, null],
  ])(
    'of a tag on a policy has the value and the role of its caller: %s',
    (_, userIdentity, roleArn) => {
      const tags = [tag('team', 'a'), tag(PROBE_TAG, 'sweep-1/now')];
      const requestParameters = { policyArn: POLICY, tags };
      const parsed = parseMessage(
        bare({ eventName: 'TagPolicy', requestParameters, userIdentity }),
      );
      expect(parsed).toStrictEqual({
        kind: 'probe',
        probe: {
          account: ACCOUNT,
          policyArn: POLICY,
          value: 'sweep-1/now',
          roleArn,
          cause: { ...cause, eventName: 'TagPolicy', actor: expect.anything() as unknown },
        },
      });
    },
  );

  it('of tampering has the call and its caller', () => {
    const change = {
      eventName: 'DisableRule',
      eventSource: 'events.amazonaws.com',
      requestParameters: { name: 'a-rule' },
    };
    expect(parseMessage(bare(change))).toStrictEqual({
      kind: 'tampering',
      tampering: {
        account: ACCOUNT,
        call: tamperingById('events:DisableRule'),
        resources: [{ name: 'a-rule', belongsTo: 'a-rule' }],
        cause: { ...cause, eventName: 'DisableRule' },
      },
    });
  });

  it('that is dropped has its event and the reason', () => {
    expect(parseMessage(bare({ eventName: 'ChangePassword' }))).toStrictEqual({
      kind: 'dropped',
      eventId: 'the-event',
      reason: 'a changed password changes neither scope nor MFA',
    });
  });

  it('that concerns no user is dropped, even where its accounts are masked', () => {
    const masked = { recipientAccountId: 'XXXXXXXXXXXX' };
    const body = enveloped({ eventName: 'ListUsers', ...masked }, { account: '1234-5678-9012' });
    expect(parseMessage(body, ACCOUNT).kind).toBe('dropped');
  });

  it('of a call that is called like a built-in is dropped', () => {
    expect(parseMessage(bare({ eventName: 'toString' })).kind).toBe('dropped');
  });
});

describe('a message of ours', () => {
  const ours = (schema: string, more: object) =>
    JSON.stringify({ schema: `mfa-enforcer/${schema}/1`, ...more });
  const asked = bySweep();

  it('of a sweep names a user to look at', () => {
    const body = ours('review-request', {
      account: ACCOUNT,
      user: 'dana',
      cause: asked,
      otherMethods: true,
    });
    expect(parseMessage(body)).toStrictEqual({
      kind: 'changes',
      changes: [
        {
          account: ACCOUNT,
          user: 'dana',
          hint: false,
          cause: asked,
          expects: {},
          otherMethods: true,
        },
      ],
    });
  });

  it.each([{ refusedSince: '2026-03-01T12:00:00.000Z' }, { graceUserId: 'AIDA1' }])(
    'of a user who waits says for what: %j',
    (waits) => {
      const how = { account: ACCOUNT, user: 'dana', cause: asked, otherMethods: true, ...waits };
      expect(parseMessage(ours('review-request', how))).toStrictEqual({
        kind: 'changes',
        changes: [{ ...how, hint: false, expects: {} }],
      });
    },
  );

  it('of a sweep names a policy to look at', () => {
    const body = ours('policy-check', { account: ACCOUNT, policyArn: POLICY, cause: asked });
    expect(parseMessage(body)).toStrictEqual({
      kind: 'policy',
      change: {
        account: ACCOUNT,
        policyArn: POLICY,
        defaultVersionId: null,
        deleted: false,
        cause: asked,
      },
    });
  });

  it('blocks an outcome that waits', () => {
    expect(parseMessage(ours('unpublished-outcome', { outcome: blocked() }))).toStrictEqual({
      kind: 'unpublished',
      outcome: blocked(),
    });
  });

  it('is not what another has given a schema', () => {
    expect(parseMessage(bare({ schema: 'aws/mfa-enforcer/' })).kind).toBe('changes');
  });
});

describe('the account of a record', () => {
  const nowhere = { recipientAccountId: undefined };

  it.each<[string, string, string | undefined, string]>([
    ['its own', bare(), undefined, ACCOUNT],
    ['its own, at home', bare(), ACCOUNT, ACCOUNT],
    ['its own and its envelope’s', enveloped(), ACCOUNT, ACCOUNT],
    ['its envelope’s', enveloped(nowhere), ACCOUNT, ACCOUNT],
    [
      'its envelope’s, of another account',
      enveloped({ recipientAccountId: OTHER }, { account: OTHER }),
      ACCOUNT,
      OTHER,
    ],
    [
      'its own, in an envelope that names none',
      enveloped({}, { account: undefined }),
      ACCOUNT,
      ACCOUNT,
    ],
    ['its own, where no account is home', bare({ recipientAccountId: OTHER }), undefined, OTHER],
    [
      'its own before its caller’s',
      bare({ userIdentity: { accountId: OTHER } }),
      undefined,
      ACCOUNT,
    ],
    [
      'its envelope’s before its caller’s',
      enveloped({ recipientAccountId: null, userIdentity: { accountId: OTHER } }),
      undefined,
      ACCOUNT,
    ],
    [
      'its caller’s, in an old record, where no account is home',
      bare({ recipientAccountId: null, userIdentity: { accountId: OTHER } }),
      undefined,
      OTHER,
    ],
  ])('is %s', (_, body, home, account) => {
    expect(parseMessage(body, home)).toMatchObject({ changes: [{ account }] });
  });

  it.each([
    [
      'two accounts are named',
      enveloped({}, { account: OTHER }),
      `the envelope says account ${OTHER}, the record ${ACCOUNT}`,
    ],
    [
      'no envelope names its other account',
      bare({ recipientAccountId: OTHER }),
      `no envelope vouches for its account ${OTHER}`,
    ],
    [
      'its envelope does not name its other account',
      enveloped({ recipientAccountId: OTHER }, { account: undefined }),
      `no envelope vouches for its account ${OTHER}`,
    ],
    ['none is named', bare(nowhere), 'it has no recipientAccountId'],
    [
      'only its caller’s is named',
      bare({ ...nowhere, userIdentity: { accountId: ACCOUNT } }),
      'it has no recipientAccountId',
    ],
    [
      'it is masked',
      bare({ recipientAccountId: '************' }),
      'recipientAccountId is not a 12-digit account id',
    ],
    [
      'its envelope’s is masked',
      enveloped({}, { account: '************' }),
      'account is not a 12-digit account id',
    ],
  ])('is refused where %s', (_, body, problem) => {
    const message = `cannot read event the-event: ${problem}`;
    expect(() => parseMessage(body, ACCOUNT)).toThrow(
      expect.objectContaining({
        name: 'UnparsableMessage',
        eventId: 'the-event',
        problem,
        message,
      }),
    );
  });
});

describe('an unreadable message', () => {
  const bad = { eventTime: 'yesterday' };

  it.each([
    ['the record’s id', bare(bad), 'the-event'],
    ['the id of the record in an envelope', enveloped({ ...bad }), 'the-event'],
    ['the envelope’s id', enveloped({ ...bad, eventID: undefined }), 'the-envelope'],
    ['the envelope’s id, where the record’s is no text', enveloped({ eventID: 5 }), 'the-envelope'],
    ['the envelope’s id, where its record is none', enveloped({}, { detail: 5 }), 'the-envelope'],
    [
      'the envelope’s id, where its record is null',
      enveloped({}, { detail: null }),
      'the-envelope',
    ],
    ['the envelope’s id, where the record’s is null', enveloped({ eventID: null }), 'the-envelope'],
    ['the record’s id, where another is null', bare({ ...bad, id: null }), 'the-event'],
    ['no id, where it is null', bare({ eventID: null }), 'unknown'],
    ['no id, where there is none', bare({ ...bad, eventID: undefined }), 'unknown'],
    ['no id, where it is no text', bare({ eventID: 5 }), 'unknown'],
    ['no id, where it is no JSON', '{', 'unknown'],
  ])('is named by %s', (_, body, eventId) => {
    expect(() => parseMessage(body)).toThrow(UnparsableMessage);
    expect(() => parseMessage(body)).toThrow(expect.objectContaining({ eventId }));
  });

  it('is reported as no JSON', () => {
    expect(() => parseMessage('{')).toThrow('cannot read event unknown: it is not JSON');
  });
});
