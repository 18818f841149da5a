import type { Outcome } from '../../events/outcome.ts';
import { ACCOUNT, START } from './settings.ts';

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

const common = {
  version: 1 as const,
  account: ACCOUNT,
  at: new Date(START).toISOString(),
  mode: 'enforce' as const,
  alias: 'acme-prod',
  accountName: null,
};
export const TOTALS = {
  users: 4,
  protected: 1,
  blocked: 1,
  unprotected: 1,
  exempt: 1,
  outOfScope: 0,
};

const aboutDana = {
  ...common,
  user: 'dana',
  slackMember: null,
  reasons: [
    { code: 'no-mfa', text: 'no MFA device' },
    { code: 'not-exempt', text: 'no exemption' },
  ],
  cause: {
    kind: 'event' as const,
    eventId: 'e1',
    eventName: 'DeactivateMFADevice',
    eventTime: new Date(START).toISOString(),
    actor: { type: 'AssumedRole', name: 'SecurityAdmin/alice', sourceIp: '203.0.113.10' },
  },
};

export function blocked(change: Partial<Of<'user-blocked'>> = {}): Of<'user-blocked'> {
  return {
    kind: 'user-blocked',
    id: 'user-blocked/1',
    method: 'managed-policy',
    ...aboutDana,
    ...change,
  };
}

export function unblocked(change: Partial<Of<'user-unblocked'>> = {}): Of<'user-unblocked'> {
  return {
    kind: 'user-unblocked',
    id: 'user-unblocked/1',
    methods: ['managed-policy'],
    ...aboutDana,
    reasons: [{ code: 'has-mfa', text: '1 MFA device (GAHT1)' }],
    ...change,
  };
}

export function enrolmentDue(change: Partial<Of<'enrolment-due'>> = {}): Of<'enrolment-due'> {
  return {
    kind: 'enrolment-due',
    id: 'enrolment-due/1',
    ...aboutDana,
    until: '2026-03-02T12:00:00.000Z',
    step: 'started',
    ...change,
  };
}

export function exemptionSeen(change: Partial<Of<'exemption-seen'>> = {}): Of<'exemption-seen'> {
  return {
    kind: 'exemption-seen',
    id: 'exemption-seen/1',
    ...aboutDana,
    change: 'granted',
    bySelf: false,
    ...change,
  };
}

export function suspicious(
  change: Partial<Of<'enrolment-suspicious'>> = {},
): Of<'enrolment-suspicious'> {
  return {
    kind: 'enrolment-suspicious',
    id: 'enrolment-suspicious/1',
    ...aboutDana,
    reasons: [{ code: 'by-other', text: 'device enabled by another identity' }],
    serial: `arn:aws:iam::${ACCOUNT}:mfa/phone`,
    wasBlocked: false,
    ...change,
  };
}

export function orphanDevice(change: Partial<Of<'orphan-device'>> = {}): Of<'orphan-device'> {
  return {
    kind: 'orphan-device',
    id: 'orphan-device/1',
    ...aboutDana,
    reasons: [{ code: 'orphan-device', text: 'an unassigned device has the name' }],
    serial: `arn:aws:iam::${ACCOUNT}:mfa/dana`,
    firstSeenAt: new Date(START).toISOString(),
    result: 'reported',
    ...change,
  };
}

export function couldNot(change: Partial<Of<'could-not-enforce'>> = {}): Of<'could-not-enforce'> {
  return {
    kind: 'could-not-enforce',
    id: 'could-not-enforce/1',
    ...aboutDana,
    why: {
      code: 'LimitExceededException',
      text: 'the user has as many policies as the quota allows',
    },
    ...change,
  };
}

export function breakerOpen(change: Partial<Of<'breaker-open'>> = {}): Of<'breaker-open'> {
  return {
    kind: 'breaker-open',
    id: 'breaker-open/1',
    ...common,
    total: 2,
    users: ['dana', 'erin'],
    cause: { kind: 'sweep', sweepId: 'sweep-1', startedAt: '2026-03-01T03:00:00.000Z' },
    counted: 9,
    assumed: 1,
    limit: 10,
    why: 'the block limit is 10',
    ...change,
  };
}

export function sweepFinished(change: Partial<Of<'sweep-finished'>> = {}): Of<'sweep-finished'> {
  return {
    kind: 'sweep-finished',
    id: 'sweep-finished/1',
    ...common,
    sweepId: 'sweep-1',
    startedAt: new Date(START).toISOString(),
    totals: TOTALS,
    differences: 1,
    breakGlassWithoutMfa: [],
    blockedUsers: ['frank'],
    rolledUp: false,
    endingExemptions: [],
    failedParts: [],
    differing: [{ user: 'dana', action: 'block', reasons: aboutDana.reasons }],
    ...change,
  };
}

export function policyChanged(change: Partial<Of<'policy-changed'>> = {}): Of<'policy-changed'> {
  return {
    kind: 'policy-changed',
    id: 'policy-changed/1',
    ...common,
    cause: aboutDana.cause,
    policyArn: 'arn:aws:iam::111122223333:policy/ForceMFA',
    form: 'policy',
    state: 'restored',
    versionId: 'v1',
    ...change,
  };
}

export function tamperingSeen(change: Partial<Of<'tampering-seen'>> = {}): Of<'tampering-seen'> {
  return {
    kind: 'tampering-seen',
    id: 'tampering-seen/1',
    ...common,
    cause: aboutDana.cause,
    what: 'events:DisableRule',
    resource: 'our-rule',
    ...change,
  };
}

/** Findings of a sweep have no event. */
export function bySweep(sweepId = 'sweep-1', at = START) {
  return { kind: 'sweep' as const, sweepId, startedAt: new Date(at).toISOString() };
}

export function unreachable(
  change: Partial<Of<'account-unreachable'>> = {},
): Of<'account-unreachable'> {
  return {
    kind: 'account-unreachable',
    id: 'account-unreachable/1',
    ...common,
    accountName: 'Acme Production',
    cause: bySweep(),
    why: {
      code: 'role-not-assumable',
      text: 'the role arn:aws:iam::111122223333:role/ForceMFA-read cannot be assumed',
    },
    ...change,
  };
}

export function organizationSwept(
  change: Partial<Of<'organization-swept'>> = {},
): Of<'organization-swept'> {
  return {
    kind: 'organization-swept',
    id: 'organization-swept/1',
    ...common,
    organization: 'o-a1b2c3d4e5',
    sweepId: 'sweep-1',
    startedAt: new Date(START).toISOString(),
    accounts: { listed: 1, swept: 1, unswept: 0, inactive: 0, observing: 0 },
    totals: TOTALS,
    differences: 1,
    unswept: [],
    withFindings: [
      {
        account: ACCOUNT,
        accountName: 'Acme Production',
        alias: 'acme-prod',
        mode: 'enforce',
        totals: TOTALS,
        differences: 1,
      },
    ],
    breakGlassWithoutMfa: [],
    endingExemptions: [],
    failedParts: [],
    ...change,
  };
}
