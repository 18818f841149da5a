import type { Random } from './random.ts';

/** The services that the functions call. */
export type Service = 'iam' | 'sqs' | 'events' | 'dynamodb' | 'ssm';

/** What can go wrong with one attempt of a call. "after": the call has taken effect. */
export type CallFault =
  | 'throttled'
  | 'server error before'
  | 'server error after'
  | 'time-out before'
  | 'time-out after'
  | 'reset before'
  | 'reset after'
  | 'access denied'
  | 'death before'
  | 'death after';

export type SlackFault = '429' | '5xx' | 'hang' | 'reset' | 'taken, answer lost' | 'revoked';

/** An outage: a time in which a service nearly always fails, or always where it is steady. */
export interface Storm {
  readonly service: Service | 'slack';
  readonly fault: CallFault | SlackFault;
  readonly from: number;
  readonly to: number;
  readonly steady?: boolean;
}

/** IAM's answers of status 409: nothing was done, and the same call succeeds later. */
interface Conflicts {
  /** The chance that a write gets ConcurrentModification. */
  readonly concurrent: number;
  /** The longest that a user who was deleted and created again is EntityTemporarilyUnmodifiable, in ms. */
  readonly unmodifiableMs: number;
}

/** Which faults a run has, and how often. Each kind occurs in some runs only. */
export interface FaultProfile {
  /** The chances for each attempt of a call. */
  readonly calls: Readonly<Record<CallFault, number>>;
  /** The chance that an entry of a batch call (PutEvents, SendMessageBatch) is refused. */
  readonly entryRefused: number;
  /** The chances for each event of CloudTrail. */
  readonly events: Readonly<
    Record<'lost' | 'undelivered' | 'doubled' | 'late' | 'outcome doubled' | 'outcome late', number>
  >;
  /** The chances for each event of a tag on a policy, besides those for each event; and of each of its forgeries. */
  readonly probes: Readonly<Record<'late by an hour' | 'forged', number>>;
  /** The chances for each message. */
  readonly messages: Readonly<
    Record<'sent twice' | 'redelivered while running' | 'delete lost', number>
  >;
  readonly slack: Readonly<Record<SlackFault, number>>;
  readonly storms: readonly Storm[];
  readonly conflicts: Conflicts;
  /** The longest lag of a reading in ms, and the share of readings that lag. */
  readonly lag: { readonly most: number; readonly share: number };
  /** The largest skew of an instance's clock, in ms. */
  readonly skew: number;
  /** The chance that a fresh instance replaces a warm one. */
  readonly recycled: number;
  /** The largest page, and whether empty pages occur. AWS's pages may be short. */
  readonly pages: { readonly size: number; readonly empty: boolean };
  /** Whether a sweep can read neither the policies' documents, nor the group's, nor the credential report. */
  readonly partsUnreadable: boolean;
  readonly report: ReportFaults;
}

/** How IAM makes the credential report, which it does at most every four hours. */
interface ReportFaults {
  /** The longest time it takes, in ms. A sweep waits ten minutes. */
  readonly takes: number;
  /** The longest lag of a row behind the report, in ms. */
  readonly lag: number;
  /** The chance that the row of a user who was deleted and created again is still the earlier user's. */
  readonly earlierUser: number;
}

export const calm: FaultProfile = {
  calls: {
    throttled: 0,
    'server error before': 0,
    'server error after': 0,
    'time-out before': 0,
    'time-out after': 0,
    'reset before': 0,
    'reset after': 0,
    'access denied': 0,
    'death before': 0,
    'death after': 0,
  },
  entryRefused: 0,
  events: {
    lost: 0,
    undelivered: 0,
    doubled: 0,
    late: 0,
    'outcome doubled': 0,
    'outcome late': 0,
  },
  probes: { 'late by an hour': 0, forged: 0 },
  messages: { 'sent twice': 0, 'redelivered while running': 0, 'delete lost': 0 },
  slack: { '429': 0, '5xx': 0, hang: 0, reset: 0, 'taken, answer lost': 0, revoked: 0 },
  conflicts: { concurrent: 0, unmodifiableMs: 0 },
  storms: [],
  lag: { most: 0, share: 0 },
  skew: 0,
  recycled: 0,
  pages: { size: 1000, empty: false },
  partsUnreadable: false,
  report: { takes: 5_000, lag: 0, earlierUser: 0.5 },
};

/**
 * The longest lag of an IAM reading here. AWS gives no number; others measured up to 30 s and wait two minutes (docs/events.md).
 * The enforcer's two minutes must cover this lag, the skew of clocks and event times in whole seconds.
 */
export const LONGEST_LAG_MS = 90_000;

/** AWS says "several minutes" (IAM API Reference, EntityTemporarilyUnmodifiable). */
export const LONGEST_UNMODIFIABLE_MS = 300_000;

/** Draws a run's profile. @param start when the run begins, @param minutes how long people are at work */
export function drawFaultProfile(random: Random, start: number, minutes: number): FaultProfile {
  // Half the kinds are absent from a run, so that none always hides another.
  const rate = (most: number) => (random.chance(0.5) ? random.next() ** 2 * most : 0);
  const deadly = random.chance(0.5);
  const death = () => (deadly ? rate(0.03) : 0);
  return {
    calls: {
      throttled: rate(0.2),
      'server error before': rate(0.08),
      'server error after': rate(0.08),
      'time-out before': rate(0.03),
      'time-out after': rate(0.03),
      'reset before': rate(0.05),
      'reset after': rate(0.05),
      'access denied': rate(0.02),
      'death before': death(),
      'death after': death(),
    },
    entryRefused: rate(0.3),
    events: {
      lost: rate(0.3),
      undelivered: rate(0.05),
      doubled: rate(0.4),
      late: rate(0.4),
      'outcome doubled': rate(0.4),
      'outcome late': rate(0.3),
    },
    probes: drawProbes(random.fork('probes')),
    messages: {
      'sent twice': rate(0.1),
      'redelivered while running': rate(0.1),
      'delete lost': rate(0.1),
    },
    slack: {
      '429': rate(0.4),
      '5xx': rate(0.3),
      hang: rate(0.2),
      reset: rate(0.2),
      'taken, answer lost': rate(0.1),
      revoked: 0,
    },
    storms: drawStorms(random, start, minutes),
    conflicts: drawConflicts(random.fork('conflicts')),
    lag: {
      most: random.chance(0.3) ? 0 : random.pick([2_000, 10_000, 30_000, LONGEST_LAG_MS]),
      share: random.next(),
    },
    skew: random.chance(0.5) ? 0 : random.pick([200, 2_000, 10_000]),
    recycled: random.chance(0.5) ? 0 : random.between(0, 0.3),
    pages: random.chance(0.5)
      ? { size: 1000, empty: false }
      : { size: random.whole(1, 5), empty: random.chance(0.3) },
    partsUnreadable: false,
    report: drawReport(random.fork('credential report')),
  };
}

function drawReport(random: Random): ReportFaults {
  return {
    takes: random.pick([1_000, 5_000, 60_000, 400_000, 1_800_000]),
    lag: random.pick([0, 10_000, LONGEST_LAG_MS]),
    earlierUser: random.pick([0, 0.5, 1]),
  };
}

function drawProbes(random: Random): FaultProfile['probes'] {
  return {
    'late by an hour': random.chance(0.5) ? random.next() * 0.5 : 0,
    forged: random.chance(0.5) ? random.next() : 0,
  };
}

function drawConflicts(random: Random): Conflicts {
  if (random.chance(0.6)) return calm.conflicts;
  return {
    concurrent: random.next() ** 2 * 0.4,
    unmodifiableMs: random.pick([0, 10_000, 60_000, LONGEST_UNMODIFIABLE_MS]),
  };
}

const stormy: readonly (readonly [Storm['service'], Storm['fault']])[] = [
  ['iam', 'throttled'],
  ['iam', 'server error before'],
  ['iam', 'time-out after'],
  ['iam', 'access denied'],
  ['events', 'server error after'],
  ['events', 'time-out before'],
  ['sqs', 'server error before'],
  ['dynamodb', 'throttled'],
  ['dynamodb', 'reset after'],
  ['ssm', 'server error before'],
  ['slack', '429'],
  ['slack', '5xx'],
  ['slack', 'hang'],
  ['slack', 'revoked'],
];

function drawStorms(random: Random, start: number, minutes: number): Storm[] {
  return Array.from({ length: random.pick([0, 0, 1, 1, 2]) }, () => {
    const [service, fault] = random.pick(stormy);
    const from = start + random.between(0, minutes) * 60_000;
    return { service, fault, from, to: from + random.between(5, 400) * 1000 };
  });
}
