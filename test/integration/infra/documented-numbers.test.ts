import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { metricUnits } from '../../../functions/domain/outcomes/metrics.ts';
import { template } from '../../fakes/template.ts';

interface Queue {
  readonly VisibilityTimeout: number;
  readonly MessageRetentionPeriod: number;
  readonly RedrivePolicy: { readonly maxReceiveCount: number };
}

interface Alarm {
  readonly EvaluationPeriods: number;
  readonly Metrics: readonly { readonly MetricStat?: { readonly Period: number } }[];
}

const propertiesOf = <T>(id: string) => template().Resources[id]?.Properties as T | undefined;
const queue = (id: string) => {
  const found = propertiesOf<Queue>(id);
  if (found === undefined) throw new Error(`no queue ${id}`);
  const tries = found.RedrivePolicy.maxReceiveCount;
  const apart = found.VisibilityTimeout / 60;
  return { tries, apart, minutes: tries * apart, days: found.MessageRetentionPeriod / 86_400 };
};
const alarms = () =>
  Object.values(template().Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
/** The metrics that an alarm watches: each has a price. */
const metricsOf = ({ Properties }: { readonly Properties?: unknown }) => {
  const { Metrics } = Properties as Partial<Alarm>;
  return Metrics?.filter(({ MetricStat }) => MetricStat) ?? [null];
};
const alarmMinutes = (id: string) => {
  const { EvaluationPeriods = 0, Metrics = [] } = propertiesOf<Alarm>(id) ?? {};
  const period = Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 0;
  return (EvaluationPeriods * period) / 60;
};
const words: Readonly<Record<number, string>> = { 30: 'half an hour', 60: 'an hour' };
const timeoutMinutes = (id: string) => (propertiesOf<{ Timeout: number }>(id)?.Timeout ?? 0) / 60;

// Each is a number in the docs that the template decides.
it.each<[string, string, () => string]>([
  [
    'the tries of a change',
    'docs/runbook.md',
    () => {
      const { tries, minutes } = queue('IamChangesQueue');
      return `could not be reviewed in ${tries} tries (${minutes} minutes)`;
    },
  ],
  [
    'the time until changes become failed messages',
    'docs/runbook.md',
    () =>
      `by itself within ${queue('IamChangesQueue').minutes} minutes: after that changes become failed messages`,
  ],
  [
    'the tries of a change',
    'docs/events.md',
    () => {
      const { tries, minutes } = queue('IamChangesQueue');
      return `is tried ${tries} times in ${minutes} minutes`;
    },
  ],
  [
    'the tries of a sweep',
    'docs/runbook.md',
    () => {
      const { tries, apart } = queue('SweepsQueue');
      return `sweep is tried ${tries} times, ${apart} minutes apart`;
    },
  ],
  [
    'the time of a sweep',
    'docs/runbook.md',
    () => `ran out of time (${timeoutMinutes('NightlySweepLambdaFunction')} minutes)`,
  ],
  [
    'the waiting time of messages to Slack',
    'docs/runbook.md',
    () => `Messages wait for ${queue('OutcomesQueue').days} days`,
  ],
  [
    'the delay of IamChangesLateAlarm',
    'docs/runbook.md',
    () =>
      `The queue of IAM changes has not been empty for ${words[alarmMinutes('IamChangesLateAlarm')]}`,
  ],
  [
    'the delay of OutcomesLateAlarm',
    'docs/runbook.md',
    () =>
      `The queue of messages to Slack has not been empty for ${words[alarmMinutes('OutcomesLateAlarm')]}`,
  ],
  [
    'the number of alarms and of the metrics that they watch',
    'docs/metrics.md',
    () => `${alarms().length} alarms on ${alarms().flatMap(metricsOf).length} metrics`,
  ],
  [
    'the price of the alarms',
    'docs/scale.md',
    () => `${alarms().flatMap(metricsOf).length} × 0.10`,
  ],
  ['the price of the metrics', 'docs/scale.md', () => `${Object.keys(metricUnits).length} × 0.30`],
])('the docs state %s that the template has: %s', (_, file, message) => {
  const text = readFileSync(file, 'utf8').replaceAll(/\s+/g, ' ');
  expect(text).toContain(message());
});
