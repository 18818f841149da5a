import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../events/outcome.ts';
import { sampleOutcomes } from '../../../functions/commands/preview.ts';
import { type Digestible, digest, isDigestible } from '../../../functions/render/slack/digest.ts';
import type { MessageContext } from '../../../functions/render/slack/format.ts';
import { slackMessage } from '../../../functions/render/slack/kinds.ts';
import {
  blocked,
  breakerOpen,
  bySweep,
  couldNot,
  exemptionSeen,
  organizationSwept,
  policyChanged,
  suspicious,
  sweepFinished,
  TOTALS,
  tamperingSeen,
  unblocked,
  unreachable,
} from '../../fakes/outcomes.ts';
import { START } from '../../fakes/pipeline.ts';
import { context as atOnce } from '../../fakes/slack-around.ts';
import { compact } from '../../fakes/slack-golden.ts';

// Variants of messages that the recorded samples do not have.

const context: MessageContext = { ...atOnce, now: () => new Date(START) };

const observe = { mode: 'observe' } as const;
const dayBefore = new Date(START - 24 * 60 * 60_000).toISOString();
const hasMfa = [{ code: 'has-mfa', text: '1 MFA device (GAHT1)' }];
const many = (count: number, action: 'block' | 'unblock') =>
  Array.from({ length: count }, (_, index) => ({
    user: `${action}-${index}`,
    action,
    reasons: hasMfa,
  }));
const totals = (change: Partial<typeof TOTALS>) => ({ ...TOTALS, ...change });
const swept = organizationSwept().withFindings[0];
if (swept === undefined) throw new Error('no account with findings');

const unsweptAccount = (account: string, code: string, text: string) => ({
  account,
  accountName: `name of ${account}`,
  alias: null,
  why: { code, text },
});

const byCloudFormation = {
  ...blocked().cause,
  actor: {
    type: 'AssumedRole',
    name: 'SecurityAdmin/alice',
    sourceIp: 'cloudformation.amazonaws.com',
  },
} as const;

const variants: Readonly<Record<string, readonly [Outcome, Partial<MessageContext>?, Outcome?]>> = {
  'user-blocked.no-tag': [blocked(), { exemptTag: null }],
  'user-blocked.enrol-with-keys': [blocked(), { enrolWith: 'console-and-keys' }],
  'user-blocked.tag-key-quoted': [blocked(), { exemptTag: { key: 'user Type', value: 'Service' } }],
  'user-blocked.tag-value-quoted': [blocked(), { exemptTag: { key: 'a', value: '=$(c)' } }],
  'user-blocked.tag-with-colons': [
    blocked(),
    { exemptTag: { key: 'acme:userType', value: 'arn:aws:iam::1:role/a+b@c' } },
  ],
  'user-blocked.name-like-an-option': [blocked({ user: '-2+3' })],
  'user-blocked.name-not-for-a-shell': [blocked({ user: '$(dana)' })],
  'user-blocked.member': [blocked({ slackMember: 'U012AB3CD' })],
  'user-blocked.at-the-edge-of-late': [
    blocked({ slackMember: 'U012AB3CD' }),
    { now: () => new Date(START + 15 * 60_000) },
  ],
  'user-blocked.late': [
    blocked({ slackMember: 'U012AB3CD' }),
    { now: () => new Date(START + 15 * 60_000 + 1) },
  ],
  'user-unblocked.observe': [unblocked(observe)],
  'breaker-open.observe': [breakerOpen(observe)],
  'breaker-open.own-account': [breakerOpen({ accountName: 'Acme Production' })],
  'could-not-enforce.unblock': [couldNot({ reasons: hasMfa })],
  'could-not-enforce.no-policy': [couldNot({ why: { code: 'no-policy', text: 'it is gone' } })],
  'could-not-enforce.other': [couldNot({ why: { code: 'Other', text: 'it is odd' } })],
  'exemption-removed.observe': [exemptionSeen({ change: 'removed', ...observe })],
  'exemption-password.observe': [exemptionSeen({ change: 'password', ...observe })],
  'exemption-granted.by-name': [
    exemptionSeen({
      reasons: [{ code: 'exempt-name', text: 'exempt by the name pattern BedrockAPIKey-*' }],
    }),
  ],
  'exemption-password.by-name': [
    exemptionSeen({
      change: 'password',
      reasons: [
        { code: 'exempt-name', text: 'exempt by the name pattern BedrockAPIKey-*' },
        { code: 'has-password', text: 'console password' },
      ],
    }),
  ],
  'exemption-granted.gone': [
    exemptionSeen({
      reasons: [{ code: 'user-gone', text: 'the user was renamed or deleted since' }],
    }),
  ],
  'enrolment-suspicious.gone': [suspicious({ wasBlocked: null })],
  'exemption-granted.self': [exemptionSeen({ bySelf: true })],
  'policy-changed.new-version': [policyChanged({ state: 'changed', versionId: null })],
  'policy-changed.boundary': [
    policyChanged({
      state: 'missing',
      form: 'boundary',
      policyArn: 'arn:aws:iam::111122223333:policy/ForceMFA-boundary',
    }),
  ],
  'policy-changed.no-command': [policyChanged({ state: 'changed', policyArn: 'x; y' })],
  'policy-changed.intact': [policyChanged({ state: 'intact' })],
  'policy-changed.foreign': [
    policyChanged({
      state: 'foreign',
      versionId: null,
      policyArn: 'arn:aws:iam::111122223333:policy/RequireMFA',
    }),
  ],
  'tampering-seen.no-command': [tamperingSeen({ what: 'events:DeleteRule' })],
  'tampering-seen.deployment': [
    tamperingSeen({ what: 'cloudformation:UpdateStack', resource: 'iam-mfa-enforcer-prod' }),
  ],
  'tampering-seen.by-cloudformation': [tamperingSeen({ cause: byCloudFormation })],
  'tampering-seen.no-resource': [tamperingSeen({ resource: null })],
  'tampering-seen.deny-group': [
    tamperingSeen({ what: 'sweep:DenyGroupDiffers', resource: 'ForceMFA', cause: bySweep() }),
  ],
  'account-unreachable.other': [unreachable({ why: { code: 'other', text: 'it is odd' } })],
  'account-unreachable.nameless': [unreachable({ accountName: null, alias: null })],
  'sweep.since': [
    sweepFinished(),
    {},
    sweepFinished({
      startedAt: dayBefore,
      totals: totals({ users: 5, blocked: 0, unprotected: 1, exempt: 2 }),
    }),
  ],
  'sweep.since-another-kind': [sweepFinished(), {}, blocked()],
  'sweep.nobody': [
    sweepFinished({
      totals: totals({ users: 1, blocked: 0, unprotected: 0, exempt: 0 }),
      differences: 0,
      differing: [],
      blockedUsers: [],
    }),
  ],
  'sweep.nothing-but-break-glass': [
    sweepFinished({ differences: 0, differing: [], breakGlassWithoutMfa: ['admin'] }),
  ],
  'sweep.incomplete': [
    sweepFinished({
      differences: 0,
      differing: [],
      failedParts: [
        { part: 'policies', why: 'ServiceFailure: Internal error' },
        { part: 'credential-report', why: 'AccessDenied: no *rights*' },
      ],
    }),
  ],
  'sweep.unread-users': [
    sweepFinished({
      failedParts: [{ part: 'users', why: 'dana, erin: ServiceFailure: Internal error' }],
    }),
  ],
  'sweep.more-than-named': [sweepFinished({ differences: 120, differing: many(100, 'block') })],
  'sweep.more-of-either-kind': [
    sweepFinished({
      differences: 120,
      differing: [...many(60, 'block'), ...many(40, 'unblock')],
    }),
  ],
  'sweep.all-of-either-kind': [
    sweepFinished({ differences: 3, differing: [...many(1, 'block'), ...many(2, 'unblock')] }),
  ],
  'organization.since': [
    organizationSwept(),
    {},
    organizationSwept({ startedAt: dayBefore, totals: totals({ unprotected: 3, blocked: 0 }) }),
  ],
  'organization.since-another-kind': [organizationSwept(), {}, blocked()],
  'organization.some-observing': [
    organizationSwept({
      accounts: { listed: 4, swept: 3, unswept: 0, inactive: 1, observing: 1 },
      withFindings: [
        { ...swept, mode: 'observe', differences: 2 },
        {
          ...swept,
          account: '222233334444',
          accountName: 'Old',
          totals: totals({ unprotected: 0 }),
        },
        {
          ...swept,
          account: '333344445555',
          accountName: 'Still',
          mode: 'observe',
          totals: totals({ unprotected: 0, blocked: 0 }),
          differences: 0,
        },
      ],
    }),
  ],
  'organization.all-observing': [
    organizationSwept({
      ...observe,
      accounts: { listed: 1, swept: 1, unswept: 0, inactive: 0, observing: 1 },
      withFindings: [{ ...swept, mode: 'observe' }],
    }),
  ],
  'organization.only-to-be-unblocked': [
    organizationSwept({
      totals: totals({ unprotected: 0, blocked: 1 }),
      differences: 1,
      withFindings: [{ ...swept, totals: totals({ unprotected: 0 }) }],
    }),
  ],
  'organization.only-blocked': [
    organizationSwept({
      totals: totals({ unprotected: 0 }),
      differences: 0,
      withFindings: [{ ...swept, totals: totals({ unprotected: 0 }), differences: 0 }],
    }),
  ],
  'organization.incomplete': [
    organizationSwept({
      failedParts: [
        {
          account: '222233334444',
          accountName: 'Acme *Shop*',
          alias: null,
          part: 'deny-group',
          why: 'ServiceFailure: Internal error',
        },
      ],
    }),
  ],
  'organization.nothing': [
    organizationSwept({
      totals: totals({ unprotected: 0, blocked: 0 }),
      differences: 0,
      withFindings: [],
    }),
  ],
  'organization.unswept': [
    organizationSwept({
      accounts: { listed: 5, swept: 1, unswept: 4, inactive: 0, observing: 0 },
      unswept: [
        unsweptAccount('222233334444', 'denied', 'the role x cannot be assumed'),
        unsweptAccount('333344445555', 'denied', 'the role y cannot be assumed'),
        unsweptAccount('444455556666', 'failed', 'IAM is unavailable'),
        unsweptAccount('555566667777', 'failed', 'IAM is unavailable'),
      ],
    }),
  ],
};

const all = Object.values(sampleOutcomes).filter(isDigestible);
const digests: Readonly<Record<string, readonly Digestible[]>> = {
  observe: all.map((outcome) => ({ ...outcome, ...observe })),
  'one-kind': [blocked({ id: '1' }), blocked({ id: '2', user: 'erin' })],
  'one-kind-observe': [
    blocked({ id: '1', ...observe }),
    blocked({ id: '2', user: 'erin', ...observe }),
  ],
  'both-modes': [blocked({ id: '1' }), unblocked({ id: '2', user: 'erin', ...observe })],
  'two-accounts': [
    blocked({ id: '1' }),
    blocked({ id: '2', account: '222233334444', alias: null, accountName: 'Payments' }),
    unblocked({ id: '3' }),
  ],
  'of-no-mode': [unreachable({ id: '1' }), unreachable({ id: '2', account: '222233334444' })],
  'by-urgency': [
    unblocked({ id: '1', user: 'a' }),
    exemptionSeen({ id: '2', user: 'b' }),
    blocked({ id: '3', user: 'c' }),
    policyChanged({ id: '4', state: 'restored' }),
    exemptionSeen({ id: '5', user: 'd', change: 'password' }),
    couldNot({ id: '6', user: 'e' }),
    unreachable({ id: '7' }),
    policyChanged({ id: '8', state: 'missing' }),
    policyChanged({ id: '9', state: 'changed' }),
    tamperingSeen({ id: '10' }),
    couldNot({ id: '11', user: 'f', reasons: hasMfa }),
  ],
};

describe('a Slack message', () => {
  it.each([
    [
      'of each variant',
      'variants',
      Object.entries(variants).map(([name, [outcome, change, previous]]) => [
        name,
        slackMessage(outcome, { ...context, ...change }, previous),
      ]),
    ],
    [
      'of each sample in observe mode',
      'observed',
      Object.entries(sampleOutcomes)
        .filter(([, { mode }]) => mode === 'enforce')
        .map(([name, outcome]) => [name, slackMessage({ ...outcome, ...observe }, context)]),
    ],
    [
      'of each digest',
      'digests',
      Object.entries(digests).map(([name, outcomes]) => [name, digest(outcomes, context)]),
    ],
  ] as const)('%s is as in the golden file', async (_, file, messages) => {
    await expect(compact(messages as never)).toMatchFileSnapshot(`golden/slack/${file}.txt`);
  });
});
