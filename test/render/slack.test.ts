import { describe, expect, it } from 'vitest';
import { Outcome } from '../../events/outcome.ts';
import { slackMessage } from '../../functions/render/slack.ts';
import {
  breakerOpen,
  couldNot,
  exemptionSeen,
  held,
  policyChanged,
  released,
  sweepFinished,
  tamperingSeen,
} from '../fakes/outcomes.ts';

const bySweep = { kind: 'sweep' as const, sweepId: 's', startedAt: '2026-03-01T03:00:00.000Z' };

describe('a Slack message', () => {
  it.each([
    ['held', held()],
    ['would be held', held({ mode: 'observe' })],
    ['held by a sweep', held({ cause: bySweep })],
    ['released', released()],
    ['would be released', released({ mode: 'observe' })],
    ['exemption granted', exemptionSeen()],
    ['exemption granted by oneself', exemptionSeen({ bySelf: true })],
    ['exemption changed', exemptionSeen({ change: 'changed' })],
    ['exemption removed', exemptionSeen({ change: 'removed' })],
    ['exempt user with a password', exemptionSeen({ change: 'password' })],
    ['policy restored', policyChanged()],
    ['policy changed', policyChanged({ state: 'changed', mend: 'aws iam create-policy-version' })],
    ['tampering', tamperingSeen()],
    [
      'sweep, exemptions ending',
      sweepFinished({
        differences: 0,
        differing: [],
        endingExemptions: [{ user: 'robot', until: '2026-03-08' }],
      }),
    ],
    ['could not hold', couldNot()],
    ['could not release', couldNot({ reasons: released().reasons })],
    ['breaker', breakerOpen()],
    [
      'breaker, many users',
      breakerOpen({ total: 25, users: Array.from({ length: 25 }, (_, i) => `user-${i}`) }),
    ],
    ['sweep', sweepFinished()],
    ['sweep, observe mode', sweepFinished({ mode: 'observe', differences: 2 })],
  ])('%s', (name, outcome) => {
    expect(Outcome.parse(outcome)).toEqual(outcome);
    expect(slackMessage(outcome)?.text).toMatchSnapshot(name);
  });

  it('is none for a sweep that found all as it should be', () => {
    expect(slackMessage(sweepFinished({ differences: 0, differing: [] }))).toBeNull();
  });

  it('makes no markup or mention of what comes from outside', () => {
    const evil = '<!channel> <@U123> <https://evil.example|click> & more';
    const cause = {
      ...held().cause,
      kind: 'event' as const,
      eventId: 'e',
      eventName: 'X',
      eventTime: bySweep.startedAt,
      actor: { type: 'x', name: evil },
    };
    for (const outcome of [
      held({ reasons: [{ code: 'x', text: evil }], cause }),
      couldNot({ why: { code: evil, text: evil }, cause }),
      breakerOpen({ users: [evil], why: evil }),
      sweepFinished({ differing: [{ user: evil, action: 'hold', reasons: [] }] }),
    ]) {
      expect(slackMessage(outcome)?.text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
    }
  });
});
