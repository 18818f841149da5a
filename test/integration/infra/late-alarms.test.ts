import { describe, expect, it } from 'vitest';
import { resourcesOf } from '../../fakes/template.ts';

/** A queue at one moment, by the name of SQS's metric. */
type Depth = Readonly<Record<string, number>>;

interface Stat {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Period: number;
    readonly Stat: string;
    readonly Metric: { readonly MetricName: string };
  };
}

interface LateAlarm {
  readonly Metrics: readonly Stat[];
  readonly EvaluationPeriods: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
}

/** The seconds from and until which a message is in one state in the queue. */
interface Stay {
  readonly as: 'Visible' | 'NotVisible' | 'Delayed';
  readonly from: number;
  readonly until: number;
}

const alarmOf = (id: string) =>
  resourcesOf('AWS::CloudWatch::Alarm').find(([one]) => one === id)?.[1] as unknown as LateAlarm;

/** The metrics that SQS reports each minute. */
function depths(stays: readonly Stay[], seconds: number): Depth[] {
  return Array.from({ length: seconds / 60 }, (_, minute) => {
    const at = minute * 60;
    const there = stays.filter(({ from, until }) => from <= at && at < until);
    const count = (as: Stay['as']) => there.filter((stay) => stay.as === as).length;
    return {
      ApproximateNumberOfMessagesVisible: count('Visible'),
      ApproximateNumberOfMessagesNotVisible: count('NotVisible'),
      ApproximateNumberOfMessagesDelayed: count('Delayed'),
    };
  });
}

/** CloudWatch for the one expression in our alarms, a sum of minima. @returns the seconds until it goes off, or null */
function goesOffAfter(alarm: LateAlarm, samples: readonly Depth[]): number | null {
  const stats = alarm.Metrics.filter(({ MetricStat }) => MetricStat);
  const expression = alarm.Metrics.find(({ Expression }) => Expression)?.Expression ?? '';
  expect(expression.split(' + ').toSorted()).toEqual(stats.map(({ Id }) => Id).toSorted());
  expect(alarm).toMatchObject({ ComparisonOperator: 'GreaterThanThreshold' });
  const periods = stats.map(({ MetricStat }) => MetricStat?.Period);
  expect(new Set(periods).size).toBe(1);
  const perPeriod = (periods[0] ?? 0) / 60;
  const breaching = Array.from({ length: Math.floor(samples.length / perPeriod) }, (_, period) => {
    const within = samples.slice(period * perPeriod, (period + 1) * perPeriod);
    const minima = stats.map(({ MetricStat }) => {
      expect(MetricStat?.Stat).toBe('Minimum');
      return Math.min(...within.map((one) => one[MetricStat?.Metric.MetricName ?? ''] ?? 0));
    });
    return minima.reduce((sum, one) => sum + one, 0) > alarm.Threshold;
  });
  const { EvaluationPeriods: needed } = alarm;
  const last = breaching.findIndex(
    (_, index) =>
      index >= needed - 1 && breaching.slice(index - needed + 1, index + 1).every(Boolean),
  );
  return last === -1 ? null : (last + 1) * perPeriod * 60;
}

/** The same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Random start times of something that happens a given number of times an hour. */
function times(random: () => number, anHour: number, seconds: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < seconds; ) {
    at += -Math.log(1 - random()) * (3600 / anHour);
    found.push(at);
  }
  return found;
}

const VISIBILITY = 360;
const TRIES = 5;
const HOURS = 2 * 3600;

/** A message that the function receives within a second and handles within another. */
function handled(at: number, random: () => number): Stay[] {
  const taken = at + random();
  return [
    { as: 'Visible', from: at, until: taken },
    { as: 'NotVisible', from: taken, until: taken + 1 },
  ];
}

/** A change that is acted on at once. Its own change comes back after two minutes (docs/decisions/008). */
const acted = (at: number, random: () => number): Stay[] => [
  ...handled(at, random),
  ...handled(at + 4, random),
  { as: 'Delayed', from: at + 5, until: at + 124 },
  ...handled(at + 124, random),
];

/** A user whom the block limit refuses: reviewed again with a delay that grows to 15 minutes. */
function refused(at: number, random: () => number): Stay[] {
  const stays: Stay[] = [];
  let [from, delay] = [at, 60];
  while (from < HOURS) {
    stays.push(...handled(from, random));
    stays.push({ as: 'Delayed', from: from + 1, until: from + 1 + delay });
    from += 1 + delay;
    delay = Math.min(900, delay * 2);
  }
  return stays;
}

/** A message on which the function fails: hidden until its next try, then a failed message of another queue. */
const failing = (at: number): Stay => ({
  as: 'NotVisible',
  from: at,
  until: at + TRIES * VISIBILITY,
});

describe('IamChangesLateAlarm', () => {
  const alarm = alarmOf('IamChangesLateAlarm');

  it.each([20, 30, 60, 90, 120, 180, 240])(
    'never goes off where %s changes an hour are handled at once, with or without 100 refused users',
    (anHour) => {
      const random = randomOf(anHour);
      let alarms = 0;
      for (let run = 0; run < 50; run += 1) {
        const changes = times(random, anHour, HOURS).flatMap((at) => acted(at, random));
        const crowd = Array.from({ length: 100 }, () => refused(random() * 60, random)).flat();
        for (const stays of [changes, [...changes, ...crowd]]) {
          if (goesOffAfter(alarm, depths(stays, HOURS)) !== null) alarms += 1;
        }
      }
      expect(alarms).toBe(0);
    },
  );

  it('goes off within 35 minutes where the function takes no message', () => {
    for (let begin = 0; begin < 300; begin += 20) {
      const stuck: Stay[] = [{ as: 'Visible', from: begin, until: HOURS }];
      const after = goesOffAfter(alarm, depths(stuck, HOURS));
      expect((after ?? Number.POSITIVE_INFINITY) - begin).toBeLessThanOrEqual(35 * 60);
    }
  });

  it.each([10, 20, 240])(
    'goes off within 35 minutes where the function fails on every message, with %s an hour',
    (anHour) => {
      for (let run = 0; run < 50; run += 1) {
        const random = randomOf(run + 1);
        const begins = times(random, anHour, HOURS);
        const after = goesOffAfter(alarm, depths(begins.map(failing), HOURS));
        // A single message is a failed message after 30 minutes, and IamChangesFailedAlarm goes off.
        const begin = begins[0] ?? 0;
        const second = begins[1] ?? 0;
        if (second - begin > TRIES * VISIBILITY - 300) continue;
        expect((after ?? Number.POSITIVE_INFINITY) - begin).toBeLessThanOrEqual(35 * 60);
      }
    },
  );
});

describe.each(['OutcomesLateAlarm', 'UserMailLateAlarm'])('%s', (id) => {
  const alarm = alarmOf(id);

  it('goes off between 60 and 65 minutes where the service accepts nothing', () => {
    const waiting: Stay[] = [{ as: 'NotVisible', from: 0, until: HOURS }];
    expect(goesOffAfter(alarm, depths(waiting, HOURS))).toBe(3600);
    const short: Stay[] = [{ as: 'NotVisible', from: 0, until: 3000 }];
    expect(goesOffAfter(alarm, depths(short, HOURS))).toBeNull();
  });
});
