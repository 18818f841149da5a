import type { Settings } from '../../functions/domain/rules/settings.ts';
import {
  type CallFault,
  calm,
  type FaultProfile,
  LONGEST_LAG_MS,
  LONGEST_UNMODIFIABLE_MS,
  type Storm,
} from './fault-profile.ts';
import type { Random } from './random.ts';

interface NamedProfile {
  readonly calls: Partial<Record<CallFault, number>>;
  readonly profile: Partial<Omit<FaultProfile, 'calls'>>;
  /** Outages that replace those of the drawn profile. */
  readonly storms?: (draw: Random, start: number) => readonly Storm[];
  readonly settings: Partial<Settings>;
  /** How long people wait between two changes on average, in ms. */
  readonly peopleWaitMs?: number;
  /** How many sweeps begin while people are at work. */
  readonly sweeps?: number;
}

/** A profile makes one rare kind of fault frequent: some safeguards matter in no other run. */
export type ProfileName =
  | 'lost-answers'
  | 'sudden-deaths'
  | 'long-freezes'
  | 'crowds'
  | 'duplicates'
  | 'throttling'
  | 'conflicts'
  | 'table-unavailable'
  | 'adversary'
  | 'probes'
  | 'lost-events'
  | 'grace';

const LONG_LAG = { most: LONGEST_LAG_MS, share: 0.9 };

/** Each is added to the profile that a seed draws. */
export const namedProfiles: Readonly<Record<ProfileName, NamedProfile>> = {
  /** Calls take effect and still fail, or their second try is denied. Readings lag for long. */
  'lost-answers': {
    calls: { ...calm.calls, 'server error after': 0.35, 'access denied': 0.1 },
    profile: { lag: LONG_LAG, storms: [] },
    settings: { mode: 'enforce' },
  },
  /** Processes die often, under a low block limit. Readings lag for long. */
  'sudden-deaths': {
    calls: { ...calm.calls, 'death before': 0.05, 'death after': 0.05 },
    profile: { lag: LONG_LAG, storms: [] },
    settings: { mode: 'enforce', blockLimit: 2 },
  },
  /** Calls hang, batches are given up, and Lambda freezes instances in the middle of a review. */
  'long-freezes': {
    calls: { 'time-out before': 0.3, 'time-out after': 0.3, 'death before': 0, 'death after': 0 },
    profile: { recycled: 0, storms: [] },
    settings: { mode: 'enforce' },
  },
  /** People change the same few users every few seconds, while readings lag for long. */
  crowds: {
    calls: {},
    profile: { lag: LONG_LAG },
    settings: { mode: 'enforce' },
    peopleWaitMs: 4_000,
  },
  /** Events and messages arrive twice, late and out of order, and two instances handle them at once. */
  duplicates: {
    calls: calm.calls,
    profile: {
      entryRefused: 0,
      storms: [],
      recycled: 0,
      events: {
        lost: 0,
        undelivered: 0.05,
        doubled: 0.9,
        late: 0.5,
        'outcome doubled': 0.9,
        'outcome late': 0.5,
      },
      messages: { 'sent twice': 0.15, 'redelivered while running': 0.5, 'delete lost': 0.15 },
    },
    settings: { mode: 'enforce' },
  },
  /** More than half of all calls are throttled. */
  throttling: {
    calls: { throttled: 0.6 },
    profile: {},
    settings: { mode: 'enforce' },
  },
  /** IAM refuses changes for a while with status 409, and nothing else fails. */
  conflicts: {
    calls: calm.calls,
    profile: {
      conflicts: { concurrent: 0.7, unmodifiableMs: LONGEST_UNMODIFIABLE_MS },
      entryRefused: 0,
      events: calm.events,
      messages: calm.messages,
      recycled: 0,
      storms: [],
    },
    settings: { mode: 'enforce' },
  },
  /** The state table is unavailable for minutes to hours, and nothing else of AWS fails. */
  'table-unavailable': {
    calls: calm.calls,
    profile: { events: { ...calm.events, doubled: 0.2, late: 0.1 }, recycled: 0 },
    storms: (draw, start) => {
      const fault = draw.pick(['throttled', 'access denied', 'reset before'] as const);
      const from = start + draw.between(0, 10) * 60_000;
      const to = from + draw.pick([5, 60, 600]) * 60_000;
      return [{ service: 'dynamodb', fault, from, to, steady: true }];
    },
    settings: { mode: 'enforce' },
  },
  /** Attackers react to each block within seconds. No event is lost, and nothing of AWS fails. */
  adversary: {
    calls: calm.calls,
    profile: {
      entryRefused: 0,
      events: { ...calm.events, doubled: 0.2, late: 0.1 },
      recycled: 0,
      storms: [],
    },
    settings: { mode: 'enforce' },
    peopleWaitMs: 120_000,
  },
  /** Sweeps follow each other within minutes, and the events of their probes are lost, doubled, late by an hour, and forged. */
  probes: {
    calls: { ...calm.calls, 'server error after': 0.1, 'time-out after': 0.05 },
    profile: {
      entryRefused: 0,
      events: { ...calm.events, lost: 0.3, doubled: 0.5, late: 0.3 },
      probes: { 'late by an hour': 0.4, forged: 0.6 },
      storms: [],
      recycled: 0,
    },
    settings: {},
    peopleWaitMs: 240_000,
    sweeps: 3,
  },
  /** Most events are lost, so that only the sweep finds a change, and the credential report shows earlier users. */
  'lost-events': {
    calls: calm.calls,
    profile: {
      entryRefused: 0,
      events: { ...calm.events, lost: 0.9 },
      report: { takes: 60_000, lag: LONGEST_LAG_MS, earlierUser: 1 },
      storms: [],
      recycled: 0,
    },
    settings: { mode: 'enforce' },
    peopleWaitMs: 10_000,
  },
  /** Users have five hours to enrol, while events are lost, doubled and late, and people change something every few seconds. */
  grace: {
    calls: {},
    profile: { events: { ...calm.events, lost: 0.3, doubled: 0.3, late: 0.3 }, storms: [] },
    settings: { mode: 'enforce', graceHours: 5 },
    peopleWaitMs: 20_000,
  },
};

/**
 * @param drawn the seed's own profile
 * @param start when the run begins
 */
export function namedProfile(
  drawn: FaultProfile,
  name: ProfileName,
  draw: Random,
  start: number,
): FaultProfile {
  const { calls, profile, storms } = namedProfiles[name];
  const laid = { ...drawn, ...profile, calls: { ...drawn.calls, ...calls } };
  return storms ? { ...laid, storms: storms(draw, start) } : laid;
}
