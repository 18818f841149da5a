import type * as z from 'zod';
import { Actor, Cause } from '../../../events/cause.ts';
import { CloudTrailEnvelope, CloudTrailRecord } from '../../../events/envelope.ts';
import { PathRecord, Probe, Proof } from '../../../events/event-path.ts';
import { LastSweep, StoredOrphans, Unswept } from '../../../events/last-sweep.ts';
import { UnpublishedOutcome } from '../../../events/outcome.ts';
import {
  OrphanRequest,
  PathCheck,
  PolicyCheck,
  ReviewRequest,
  RollUpRequest,
  SweepProgress,
  SweepRequest,
  SweepRoom,
  SweepTally,
} from '../../../events/requests.ts';
import { blocked, bySweep } from '../../fakes/outcomes.ts';
import { ACCOUNT, POLICY, START } from '../../fakes/settings.ts';

/** The contracts that are not published: the enforcer's own messages and entries, and AWS's answers. */
export interface Contract {
  readonly name: string;
  readonly schema: z.ZodType;
  /** A value with every field. */
  readonly full: object;
  /** Path → the value for a missing field. All other fields are required. */
  readonly optional?: Readonly<Record<string, unknown>>;
  /** Paths of fields that may be null. */
  readonly nullable?: readonly string[];
  /** The treatment of an unknown field. */
  readonly unknown: 'refused' | 'dropped' | 'kept';
}

const at = new Date(START).toISOString();
const TOTALS = { users: 4, protected: 1, blocked: 1, unprotected: 1, exempt: 1, outOfScope: 0 };
const why = { code: 'c', text: 't' };
const cause = bySweep();
const tally = {
  totals: TOTALS,
  differences: 1,
  differing: [{ user: 'dana', action: 'block', reasons: [why] }],
  blockedUsers: ['frank'],
  breakGlassWithoutMfa: ['fire'],
  endingExemptions: [{ user: 'bot', until: '2026-03-08' }],
};
const room = { counted: 1, limit: 10, left: 9, beyond: 0, firstBeyond: ['gina'] };
const failedParts = [{ part: 'policies', why: 'w' }];
const orphans = [{ user: 'hugo', serial: 'arn:aws:iam::111122223333:mfa/hugo' }];
const progress = { marker: 'm', tally, room, failedParts, orphans };
const record = {
  eventID: 'e',
  eventName: 'TagUser',
  eventSource: 'iam.amazonaws.com',
  eventTime: at,
  awsRegion: 'us-east-1',
  recipientAccountId: ACCOUNT,
  errorCode: 'AccessDenied',
  sourceIPAddress: '203.0.113.10',
  userAgent: 'aws-cli',
  userIdentity: {
    type: 'AssumedRole',
    accountId: ACCOUNT,
    arn: 'arn',
    userName: 'n',
    invokedBy: 's',
    sessionContext: { sessionIssuer: { userName: 'Admin', arn: 'arn' } },
  },
  requestParameters: { userName: 'dana' },
  responseElements: { user: {} },
};
const none = undefined;
const absent = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, none]));
const ofRecord = absent(
  'awsRegion',
  'recipientAccountId',
  'errorCode',
  'sourceIPAddress',
  'userAgent',
  'userIdentity',
  'userIdentity.accountId',
  'userIdentity.arn',
  'userIdentity.userName',
  'userIdentity.invokedBy',
  'userIdentity.sessionContext',
  'userIdentity.sessionContext.sessionIssuer',
  'userIdentity.sessionContext.sessionIssuer.userName',
  'userIdentity.sessionContext.sessionIssuer.arn',
  'requestParameters',
  'requestParameters.userName',
  'responseElements',
  'responseElements.user',
);

/** Exports write null where CloudTrail leaves a field out. */
const nullInRecord = [...Object.keys(ofRecord), 'userIdentity.type'];

export const contracts: readonly Contract[] = [
  {
    name: 'an actor',
    schema: Actor,
    full: { type: 'Root', name: 'root', arn: 'a', sourceIp: 'i' },
    optional: absent('arn', 'sourceIp'),
    unknown: 'dropped',
  },
  { name: 'a sweep as a cause', schema: Cause, full: cause, unknown: 'dropped' },
  {
    name: 'an event as a cause',
    schema: Cause,
    full: blocked().cause,
    optional: absent('actor.sourceIp'),
    unknown: 'dropped',
  },
  {
    name: 'a CloudTrail record',
    schema: CloudTrailRecord,
    full: record,
    optional: { ...ofRecord, 'userIdentity.type': 'Unknown' },
    nullable: nullInRecord,
    unknown: 'kept',
  },
  {
    name: 'EventBridge’s envelope',
    schema: CloudTrailEnvelope,
    full: {
      id: 'i',
      account: ACCOUNT,
      'detail-type': 'AWS API Call via CloudTrail',
      detail: record,
    },
    optional: {
      ...absent('id', 'account'),
      ...Object.fromEntries(Object.entries(ofRecord).map(([path]) => [`detail.${path}`, none])),
      'detail.userIdentity.type': 'Unknown',
    },
    nullable: ['id', 'account', ...nullInRecord.map((path) => `detail.${path}`)],
    unknown: 'kept',
  },
  {
    name: 'the last sweep',
    schema: LastSweep,
    full: {
      schema: 'mfa-enforcer/last-sweep/1',
      account: ACCOUNT,
      sweepId: 's',
      startedAt: at,
      finishedAt: at,
      mode: 'enforce',
      totals: TOTALS,
      differences: 3,
      alias: 'acme',
      breakGlassWithoutMfa: ['fire'],
      endingExemptions: [{ user: 'bot', until: '2026-03-08' }],
      failedParts: [{ part: 'deny-group', why: 'ServiceFailure' }],
    },
    nullable: ['alias'],
    unknown: 'dropped',
  },
  {
    name: 'an account that was not swept',
    schema: Unswept,
    full: {
      schema: 'mfa-enforcer/unswept/1',
      account: ACCOUNT,
      sweepId: 's',
      startedAt: at,
      at,
      why,
    },
    unknown: 'dropped',
  },
  {
    name: 'a probe of an event path',
    schema: Probe,
    full: {
      schema: 'mfa-enforcer/probe/1',
      account: ACCOUNT,
      sweepId: 's',
      value: 'v',
      sentAt: at,
      dueAt: at,
      state: 'refused',
      why,
    },
    nullable: ['why'],
    unknown: 'dropped',
  },
  {
    name: 'the proof of an event path',
    schema: Proof,
    full: {
      schema: 'mfa-enforcer/proof/1',
      account: ACCOUNT,
      value: 'v',
      receivedAt: at,
      latencyMs: 900,
    },
    unknown: 'dropped',
  },
  {
    name: 'the record of an event path',
    schema: PathRecord,
    full: {
      schema: 'mfa-enforcer/path/1',
      account: ACCOUNT,
      sweepId: 's',
      state: 'unproven',
      since: at,
      sweeps: 2,
      reportedAt: at,
    },
    nullable: ['reportedAt'],
    unknown: 'dropped',
  },
  {
    name: 'a path check',
    schema: PathCheck,
    full: {
      schema: 'mfa-enforcer/path-check/1',
      account: ACCOUNT,
      sweepId: 's',
      startedAt: at,
    },
    unknown: 'refused',
  },
  {
    name: 'a review request',
    schema: ReviewRequest,
    full: {
      schema: 'mfa-enforcer/review-request/1',
      account: ACCOUNT,
      user: 'dana',
      cause,
      otherMethods: false,
    },
    unknown: 'refused',
  },
  {
    name: 'a policy check',
    schema: PolicyCheck,
    full: { schema: 'mfa-enforcer/policy-check/1', account: ACCOUNT, policyArn: POLICY, cause },
    unknown: 'refused',
  },
  {
    name: 'an orphan request',
    schema: OrphanRequest,
    full: {
      schema: 'mfa-enforcer/orphan-device/1',
      account: ACCOUNT,
      user: 'hugo',
      serial: 'arn:aws:iam::111122223333:mfa/hugo',
      firstSeenAt: new Date(START).toISOString(),
      cause,
    },
    unknown: 'refused',
  },
  {
    name: 'the orphan devices in the state table',
    schema: StoredOrphans,
    full: {
      schema: 'mfa-enforcer/orphan-devices/1',
      account: ACCOUNT,
      seenAt: new Date(START).toISOString(),
      devices: [{ serial: 's', firstSeenAt: new Date(START).toISOString() }],
    },
    unknown: 'dropped',
  },
  {
    name: 'an unpublished outcome',
    schema: UnpublishedOutcome,
    full: {
      schema: 'mfa-enforcer/unpublished-outcome/1',
      outcome: {
        ...blocked({ cause }),
        alias: 'acme',
        accountName: 'Acme',
        slackMember: 'U012AB3CD',
      },
    },
    nullable: ['outcome.alias', 'outcome.accountName', 'outcome.slackMember'],
    unknown: 'refused',
  },
  { name: 'a sweep’s tally', schema: SweepTally, full: tally, unknown: 'refused' },
  { name: 'a sweep’s room', schema: SweepRoom, full: room, unknown: 'refused' },
  {
    name: 'a sweep’s progress',
    schema: SweepProgress,
    full: progress,
    nullable: ['marker', 'room'],
    optional: { orphans: [] },
    unknown: 'refused',
  },
  {
    name: 'a sweep request',
    schema: SweepRequest,
    full: {
      schema: 'mfa-enforcer/sweep-request/1',
      account: ACCOUNT,
      sweepId: 's',
      startedAt: at,
      progress,
      only: 'policies',
    },
    optional: { ...absent('progress', 'only'), 'progress.orphans': [] },
    nullable: ['progress.marker', 'progress.room'],
    unknown: 'refused',
  },
  {
    name: 'a roll-up request',
    schema: RollUpRequest,
    full: {
      schema: 'mfa-enforcer/roll-up-request/1',
      organization: 'o-1',
      sweepId: 's',
      startedAt: at,
      accounts: [ACCOUNT],
      inactive: 2,
    },
    unknown: 'refused',
  },
];
