import { describe, expect, it } from 'vitest';
import { detailTypes, OUTCOME_SOURCE, Outcome, parseOutcome } from '../../../events/outcome.ts';
import { blocked } from '../../fakes/outcomes.ts';

describe('an outcome on the bus', () => {
  const envelope = (change: object) =>
    JSON.stringify({ source: 'mfa-enforcer', 'detail-type': 'x', detail: blocked(), ...change });

  it('is read out of EventBridge’s envelope', () => {
    expect(parseOutcome(envelope({}))).toEqual(blocked());
    expect(OUTCOME_SOURCE).toBe('mfa-enforcer');
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
  ])('is refused if it is invalid: %s', (message, body) => {
    expect(() => parseOutcome(body)).toThrow(message);
  });

  it('has a detail-type for each kind', () => {
    expect(detailTypes).toEqual({
      'user-blocked': 'User Blocked',
      'user-unblocked': 'User Unblocked',
      'enrolment-due': 'Enrolment Due',
      'exemption-seen': 'Exemption Seen',
      'enrolment-suspicious': 'Enrolment Suspicious',
      'orphan-device': 'Orphan Device',
      'block-contested': 'Block Contested',
      'could-not-enforce': 'Could Not Enforce',
      'policy-changed': 'Policy Changed',
      'tampering-seen': 'Tampering Seen',
      'breaker-open': 'Breaker Open',
      'sweep-finished': 'Sweep Finished',
      'account-unreachable': 'Account Unreachable',
      'event-path-unproven': 'Event Path Unproven',
      'event-path-proven': 'Event Path Proven',
      'organization-swept': 'Organization Swept',
    });
    expect(Outcome.options.map(({ shape }) => shape.kind.value).toSorted()).toEqual(
      Object.keys(detailTypes).toSorted(),
    );
  });
});
