import * as z from 'zod';
import { Actor, Cause } from './cause.ts';
import { AccountId } from './envelope.ts';
import { problemsOf } from './problems.ts';
import { DENY_GROUP_DIFFERS, tamperingCalls } from './tampering.ts';

/** The source of every event we publish. EventBridge refuses sources that begin with "aws.". */
export const OUTCOME_SOURCE = 'mfa-enforcer';

/** One reason of a decision: a code to match on, a sentence part to print. */
export const Reason = z.object({ code: z.string(), text: z.string() });
export type Reason = z.infer<typeof Reason>;

/** How a user is blocked, from the first to be tried to the last (docs/block-methods.md). */
export const BlockMethod = z.enum(['managed-policy', 'deny-group', 'boundary', 'inline-policy']);
export type BlockMethod = z.infer<typeof BlockMethod>;

/** A Slack member id, such as U012AB3CD. */
export const SlackMember = z.string().regex(/^[UW][A-Z0-9]{5,20}$/);

const DOT_ATOM = String.raw`[\w!#$%&'*+/=?^\x60{|}~-]+`;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
/**
 * One plain address of ASCII characters: RFC 5321 without quoted names and address literals. So it contains no space, comma,
 * bracket or control character, and cannot be two addresses or a display name.
 */
export const EmailAddress = z
  .string()
  .max(254)
  .regex(
    new RegExp(
      String.raw`^(?=[^@]{1,64}@)${DOT_ATOM}(?:\.${DOT_ATOM})*@(?=[^@]{1,253}$)(?:${LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$`,
    ),
  );
/** Where mails about the user go. Absent where the deployment sends none, or no address is known. */
const email = EmailAddress.optional();

const common = {
  version: z.literal(1),
  /** The same change leads to the same id, however often it is delivered. */
  id: z.string(),
  account: AccountId,
  /** When it was done, ISO 8601. */
  at: z.iso.datetime(),
  /** In observe mode nothing was written: every outcome says what would have been done. */
  mode: z.enum(['enforce', 'observe']),
  /** The account's alias, where it has one and it could be read. */
  alias: z.string().nullable(),
  /** What the organization calls the account, where it is known. */
  accountName: z.string().nullable(),
};
const aboutUser = {
  ...common,
  user: z.string(),
  reasons: z.array(Reason),
  cause: Cause,
  /** Whom to mention in Slack: the member id in the user's tag `slack`, where the deployment allows it. */
  slackMember: SlackMember.nullable(),
};

/**
 * The ARN of the permissions boundary that the user had just before the block, null for none. Absent where no block method
 * looked at it.
 */
const BoundarySeen = z.string().nullable().optional();

/** The messages of a grace period: its begin, and the reminders at half time and two hours before its end. */
export const GraceStep = z.enum(['started', 'half-time', 'last']);
export type GraceStep = z.infer<typeof GraceStep>;

/** A user who has time to enrol, and until when. */
export const UserInGrace = z.object({ user: z.string(), until: z.iso.datetime() });
export type UserInGrace = z.infer<typeof UserInGrace>;

export const SweepTotals = z.object({
  users: z.int(),
  /** Has an MFA device. */
  protected: z.int(),
  /** No MFA device, and a block method is in place. */
  blocked: z.int(),
  /** In scope, no MFA device, not blocked: this sweep sends them to review. */
  unprotected: z.int(),
  exempt: z.int(),
  outOfScope: z.int(),
});
export type SweepTotals = z.infer<typeof SweepTotals>;

/** The way from an IAM call to on-iam-change, as the last sweep's probe found it. */
export const ReportedPath = z.object({
  /** unproven: the probe's event did not arrive in time. unknown: the state table could not be read. */
  state: z.enum(['proven', 'unproven', 'not-probed', 'unknown']),
  /** proven: when the last event arrived. Else since when; null where nothing was probed yet. */
  since: z.iso.datetime().nullable(),
  /** Sweeps in a row that found it unproven or could not probe it. */
  sweeps: z.int(),
  /** From the IAM call until on-iam-change had its event; null where it is not proven. */
  latencyMs: z.int().nullable(),
  /** Why it was not probed, or is unknown. */
  why: Reason.nullable(),
});
export type ReportedPath = z.infer<typeof ReportedPath>;

/** A part of a sweep that could not be done, and why. The other parts were done. */
export const FailedPart = z.object({
  part: z.enum([
    'users',
    'policies',
    'deny-group',
    'foreign-policies',
    'credential-report',
    'orphan-devices',
    'dormant-users',
  ]),
  why: z.string(),
});
export type FailedPart = z.infer<typeof FailedPart>;

/** An exemption that ends in a week, or in a day. */
export const EndingExemption = z.object({ user: z.string(), until: z.string() });

/** An account, and what people call it. */
const AccountNamed = z.object({
  account: AccountId,
  accountName: z.string().nullable(),
  alias: z.string().nullable(),
});

/** An account whose event path is not proven. */
const UnprovenPath = AccountNamed.extend({
  /** unproven: the probe's event did not arrive in time. not-probed: nothing was written, so nothing is known. */
  state: z.enum(['unproven', 'not-probed']),
  /** When the first of the sweeps probed that found this state. */
  since: z.iso.datetime(),
  /** Sweeps in a row that found it. */
  sweeps: z.int(),
  /** The likely causes of silence; or why the account was not probed. */
  reasons: z.array(Reason),
});

/** How many of the accounts that were to be probed have a proven event path, and which of these is the slowest. */
const EventPathCounts = z.object({
  proven: z.int(),
  unproven: z.int(),
  notProbed: z.int(),
  /** The longest time from the IAM call until on-iam-change had its event; null where no path is proven. */
  slowest: AccountNamed.extend({ latencyMs: z.int() }).nullable(),
});

/** The events on the outcome bus, by `kind`; the EventBridge detail-type is in `detailTypes`. */
export const Outcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user-blocked'),
    ...aboutUser,
    email,
    method: BlockMethod,
    boundarySeen: BoundarySeen,
    /** Why the user cannot enrol, or why that could not be checked. Absent where nothing is known to hinder the user. */
    enrolmentProblem: Reason.optional(),
  }),
  z.object({
    kind: z.literal('user-unblocked'),
    ...aboutUser,
    email,
    methods: z.array(BlockMethod),
    /** The enrolment that ended the block. Absent where its event is not known. */
    enrolment: z
      .object({
        /** The device's serial number, or its ARN. It comes from outside. */
        serial: z.string(),
        actor: Actor,
        /** The enrolment rules that apply. */
        findings: z.array(Reason),
        /** Another identity may have the device: an outcome `enrolment-suspicious` says so. */
        suspicious: z.boolean(),
      })
      .optional(),
  }),
  z.object({
    kind: z.literal('enrolment-due'),
    ...aboutUser,
    email,
    /** The user is blocked then, unless they enrol. */
    until: z.iso.datetime(),
    step: GraceStep,
  }),
  z.object({
    kind: z.literal('exemption-seen'),
    ...aboutUser,
    /** granted, changed (its end, or another tag), removed; otherwise the credential that an exempt user has got. */
    change: z.enum([
      'granted',
      'changed',
      'removed',
      'password',
      'access-key',
      'service-credential',
      'ssh-key',
    ]),
    /** The user who made the change exempted themselves. */
    bySelf: z.boolean(),
  }),
  z.object({
    kind: z.literal('enrolment-suspicious'),
    /** `reasons` are the enrolment rules that apply. */
    ...aboutUser,
    /** The device's serial number, or its ARN. It comes from outside. */
    serial: z.string(),
    /** The user was blocked when the device was seen; null where the user was renamed or deleted before that. */
    wasBlocked: z.boolean().nullable(),
  }),
  z.object({
    kind: z.literal('orphan-device'),
    ...aboutUser,
    /** The serial number of the unassigned virtual device, an ARN. It comes from outside. */
    serial: z.string(),
    /** When a sweep saw it first; null where the user's own failed try shows it. */
    firstSeenAt: z.iso.datetime().nullable(),
    /** deleted, as OrphanDevices=delete says; reported: a person has to delete it, or the user takes another name. */
    result: z.enum(['deleted', 'reported']),
  }),
  z.object({
    kind: z.literal('block-contested'),
    /** `cause` is the latest removal. */
    ...aboutUser,
    /** How often its actor removed the block within an hour. */
    count: z.int(),
  }),
  z.object({
    kind: z.literal('could-not-enforce'),
    ...aboutUser,
    why: Reason,
    boundarySeen: BoundarySeen,
  }),
  z.object({
    kind: z.literal('policy-changed'),
    ...common,
    cause: Cause,
    policyArn: z.string(),
    /**
     * intact: changed and changed back. restored: put back by us. changed, missing: a person must fix it. foreign: a policy
     * of another PolicyName still blocks users, and the enforcer does not remove it.
     */
    state: z.enum(['intact', 'restored', 'changed', 'missing', 'foreign']),
    /** What the policy is for. */
    form: z.enum(['policy', 'boundary']),
    /** The version that is the default now, where it is the good one. */
    versionId: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('tampering-seen'),
    ...common,
    cause: Cause,
    /** A row of the table of tampering calls, or what the sweep found (docs/block-methods.md). */
    what: z.enum([DENY_GROUP_DIFFERS, ...tamperingCalls.map(({ id }) => id)]),
    /** The name of what was tampered with, where the record says it. It comes from outside. */
    resource: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('breaker-open'),
    ...common,
    /** The change, or the sweep, for which the first of these users was to be blocked. */
    cause: Cause,
    /** How many users would have been blocked, and were not; `users` names the first of them. */
    total: z.int(),
    users: z.array(z.string()),
    /** Blocked users in IAM's list. */
    counted: z.int(),
    /** Users whom the enforcer blocks or has just blocked, and whom IAM's list may not show yet. */
    assumed: z.int(),
    limit: z.int(),
    why: z.string(),
  }),
  z.object({
    kind: z.literal('sweep-finished'),
    ...common,
    sweepId: z.string(),
    startedAt: z.iso.datetime(),
    totals: SweepTotals,
    /** Part of the organization's summary (organization-swept): not a Slack message of its own. */
    rolledUp: z.boolean(),
    /** How many users need a change; `differing` names the first of them. */
    differences: z.int(),
    /** Break-glass users without an MFA device. They are never blocked, so a person has to act. */
    breakGlassWithoutMfa: z.array(z.string()),
    /** The first of the users who are blocked. */
    blockedUsers: z.array(z.string()),
    endingExemptions: z.array(EndingExemption.extend({ email })),
    /** Unprotected users who have time to enrol, with the first of them. Absent where there are none. */
    inGrace: z.object({ total: z.int(), users: z.array(UserInGrace) }).optional(),
    /** Every user was checked nevertheless, but for those of the part `users`. The checks of the policies are retried. */
    failedParts: z.array(FailedPart),
    /** When the sweep finished: its own probe may not be due yet, and then it is the one before. Absent with Probe off. */
    eventPath: ReportedPath.optional(),
    differing: z.array(
      z.object({
        user: z.string(),
        action: z.enum(['block', 'unblock']),
        reasons: z.array(Reason),
      }),
    ),
  }),
  z.object({
    kind: z.literal('account-unreachable'),
    ...common,
    cause: Cause,
    /** Why the users of the account could not be read. */
    why: Reason,
  }),
  z.object({
    kind: z.literal('event-path-unproven'),
    ...common,
    cause: Cause,
    /** How many accounts are reported; `paths` has the first of them. Each is reported once, and weekly while it lasts. */
    total: z.int(),
    paths: z.array(UnprovenPath),
  }),
  z.object({
    kind: z.literal('event-path-proven'),
    ...common,
    cause: Cause,
    /** How many accounts work again; `paths` has the first of them. */
    total: z.int(),
    paths: z.array(
      AccountNamed.extend({
        /** Since when the event path was unproven or not probed. */
        since: z.iso.datetime(),
        /** From the IAM call until on-iam-change had its event. */
        latencyMs: z.int(),
      }),
    ),
  }),
  z.object({
    kind: z.literal('organization-swept'),
    ...common,
    /** The organization's id; `account` is the hub's. */
    organization: z.string(),
    sweepId: z.string(),
    startedAt: z.iso.datetime(),
    /** How many accounts there are, and how many of them were swept, could not be swept, and take no calls. */
    accounts: z.object({
      listed: z.int(),
      swept: z.int(),
      unswept: z.int(),
      inactive: z.int(),
      /** Swept, and in observe mode. */
      observing: z.int(),
    }),
    /** The users of all accounts that were swept. */
    totals: SweepTotals,
    /** How many users need a change. */
    differences: z.int(),
    /** The first of the accounts that could not be swept: nothing is known about their users. */
    unswept: z.array(AccountNamed.extend({ why: Reason })),
    /** The first of the accounts with unprotected or blocked users, those with most unprotected users first. */
    withFindings: z.array(
      AccountNamed.extend({
        mode: z.enum(['enforce', 'observe']),
        totals: SweepTotals,
        differences: z.int(),
      }),
    ),
    /** The first of all accounts' break-glass users without an MFA device. */
    breakGlassWithoutMfa: z.array(AccountNamed.extend({ user: z.string() })),
    /** The first of all accounts' exemptions that end in a week, or in a day. */
    endingExemptions: z.array(AccountNamed.extend(EndingExemption.shape)),
    /** The first of the parts of swept accounts' sweeps that could not be done. */
    failedParts: z.array(AccountNamed.extend(FailedPart.shape)),
    /** The first of the accounts whose event path is not proven. Absent where nothing was probed. */
    unprovenPaths: z.array(UnprovenPath).optional(),
    /** Of the accounts that were to be probed. Absent where there are none. */
    eventPaths: EventPathCounts.optional(),
  }),
]);
export type Outcome = z.infer<typeof Outcome>;
/** A kind is also the anchor of its entry in docs/runbook.md. */
export type OutcomeKind = Outcome['kind'];
/** An outcome of one kind, or of several. */
export type OutcomeOf<K extends OutcomeKind> = Extract<Outcome, { kind: K }>;

/** EventBridge's detail-type of each outcome: what a subscriber's rule matches. */
export const detailTypes: Readonly<Record<OutcomeKind, string>> = {
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
};

const OutcomeEnvelope = z.looseObject({ source: z.literal(OUTCOME_SOURCE), detail: Outcome });

/**
 * Reads one of our outcomes out of EventBridge's envelope.
 * @param body JSON text
 * @throws Error that names the wrong fields, not their values
 */
export function parseOutcome(body: string): Outcome {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Error('cannot read the outcome: not JSON');
  }
  const parsed = OutcomeEnvelope.safeParse(value);
  if (parsed.success) return parsed.data.detail;
  throw new Error(`cannot read the outcome: ${problemsOf(parsed.error)}`);
}

/** An outcome that could not be published at once: it waits in the queue of IAM changes. */
export const UnpublishedOutcome = z.strictObject({
  schema: z.literal('mfa-enforcer/unpublished-outcome/1'),
  outcome: Outcome,
});
