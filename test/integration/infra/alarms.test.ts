import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricUnits } from '../../../functions/domain/outcomes/metrics.ts';
import { METRIC_NAMESPACE } from '../../../functions/pipeline/measure.ts';
import { spokeTemplate } from '../../fakes/deployed.ts';
import { resourcesOf, template } from '../../fakes/template.ts';

interface Metric {
  readonly Namespace?: string;
  readonly MetricName?: string;
}

interface Alarm extends Metric {
  readonly AlarmDescription: string;
  readonly AlarmActions?: unknown;
  readonly OKActions?: unknown;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Metrics?: readonly {
    readonly MetricStat?: { readonly Metric: Metric; readonly Period: number };
    readonly Expression?: string;
  }[];
  readonly Period?: number;
  readonly EvaluationPeriods: number | { readonly Ref: string };
  readonly TreatMissingData: string;
}

const alarms = (): [string, Alarm][] =>
  resourcesOf('AWS::CloudWatch::Alarm').map(([id, properties]) => [
    id,
    properties as unknown as Alarm,
  ]);
const alarmOf = (id: string) => alarms().find(([one]) => one === id)?.[1];
const ids = () => alarms().map(([id]) => id);

/** The metrics that an alarm watches. */
const metricsOf = ({ Metrics, ...alarm }: Alarm): Metric[] =>
  Metrics?.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])) ?? [alarm];

const runbook = () => readFileSync('docs/runbook.md', 'utf8');

/** The alarms of the hub, and those of a spoke. */
const allAlarms = () => {
  const spoke = spokeTemplate().Resources;
  const ofSpoke = Object.entries(spoke).flatMap(([id, { Type, Properties }]) =>
    Type === 'AWS::CloudWatch::Alarm' ? [[id, Properties] as const] : [],
  );
  return [...alarms(), ...ofSpoke];
};

describe('the runbook', () => {
  it('has an entry for exactly the alarms that exist', () => {
    const entries = [...runbook().matchAll(/^### (\w+Alarm)$/gm)].map(([, id]) => id);
    expect(entries.toSorted()).toEqual(
      allAlarms()
        .map(([id]) => id)
        .toSorted(),
    );
    expect(new Set(entries).size).toBe(entries.length);
  });

  it('is linked by each alarm, with its entry', () => {
    for (const [id, { AlarmDescription }] of allAlarms()) {
      expect(JSON.stringify(AlarmDescription)).toMatch(new RegExp(`\\. docs/runbook\\.md, ${id}"`));
    }
  });

  it('states for each alarm the effect on users, the urgency, the checks and the fix', () => {
    const entries = runbook().split(/^### /m).slice(1);
    for (const entry of entries.filter((one) => /^\w+Alarm\n/.test(one))) {
      for (const part of ['**Users:**', '**Urgent:**', '**Check:**', '**Fix:**']) {
        expect(entry, entry.split('\n')[0]).toContain(part);
      }
    }
  });

  it('uses only outputs that the stack has', () => {
    const asked = [...runbook().matchAll(/\$\(out (\w+)\)/g)].map(([, name]) => name ?? '');
    expect(asked.length).toBeGreaterThan(10);
    expect(Object.keys(template().Outputs)).toEqual(expect.arrayContaining(asked));
  });

  it('has no broken link', () => {
    const links = [...runbook().matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, to]) => to ?? '');
    for (const link of links.filter((one) => !one.startsWith('http'))) {
      expect(existsSync(`docs/${link}`), link).toBe(true);
    }
  });
});

describe('the alarms', () => {
  it('watch every dead-letter queue and every function', () => {
    const watched = (namespace: string) =>
      alarms()
        .filter(([, { Namespace }]) => Namespace === namespace)
        .map(([, { Dimensions }]) => JSON.stringify(Dimensions?.[0]?.Value));
    const failedMessages = resourcesOf('AWS::SQS::Queue')
      .filter(([, { RedrivePolicy }]) => RedrivePolicy === undefined)
      .map(([id]) => JSON.stringify({ 'Fn::GetAtt': [id, 'QueueName'] }));
    expect(watched('AWS/SQS').toSorted()).toEqual(failedMessages.toSorted());
    const functions = resourcesOf('AWS::Lambda::Function').map(([id]) =>
      JSON.stringify({ Ref: id }),
    );
    expect(watched('AWS/Lambda').toSorted()).toEqual(functions.toSorted());
  });

  it('watch only existing metrics of the enforcer, with their dimension', () => {
    const ours = alarms().flatMap(([, alarm]) =>
      metricsOf(alarm).filter(({ Namespace }) => Namespace === METRIC_NAMESPACE),
    );
    expect(ours.map(({ MetricName }) => MetricName)).toEqual([
      'SweepsFinished',
      'BreakerOpen',
      'FoundBySweep',
    ]);
    for (const metric of ours) {
      expect(Object.keys(metricUnits)).toContain(metric.MetricName);
      expect(metric).toHaveProperty('Dimensions', [
        { Name: 'Stack', Value: { Ref: 'AWS::StackName' } },
      ]);
    }
  });

  it('notify of both states, except the one that is not urgent', () => {
    const silent = alarms().filter(([, alarm]) => !alarm.AlarmActions || !alarm.OKActions);
    expect(silent.map(([id]) => id)).toEqual(['FoundBySweepAlarm']);
  });

  it('evaluate no more time than CloudWatch allows', () => {
    for (const [id, alarm] of alarms()) {
      const stat = alarm.Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat;
      const period = alarm.Period ?? stat?.Period ?? 0;
      const hours = Number(template().Parameters.SweepOverdueHours?.Default);
      const periods = typeof alarm.EvaluationPeriods === 'number' ? alarm.EvaluationPeriods : hours;
      // PutMetricAlarm: a day for periods under an hour, else seven days.
      expect(period * periods, id).toBeLessThanOrEqual(period < 3600 ? 86_400 : 604_800);
    }
    const { AllowedPattern = '' } = template().Parameters.SweepOverdueHours ?? {};
    const allowed = Array.from({ length: 1000 }, (_, hours) => hours).filter((hours) =>
      new RegExp(AllowedPattern).test(String(hours)),
    );
    expect([allowed[0], allowed.at(-1), allowed.length]).toEqual([2, 168, 167]);
  });

  it('treat missing data about sweeps as a missing sweep', () => {
    const alarm = alarmOf('SweepMissingAlarm');
    expect(alarm?.TreatMissingData).toBe('breaching');
    expect(alarm?.Metrics?.[0]?.Expression).toBe('FILL(finished, 0)');
    const others = alarms().filter(([id]) => id !== 'SweepMissingAlarm');
    expect(new Set(others.map(([, one]) => one.TreatMissingData))).toEqual(
      new Set(['notBreaching']),
    );
  });
});

describe('the dashboard', () => {
  const [[, properties] = []] = resourcesOf('AWS::CloudWatch::Dashboard');
  const body = properties?.DashboardBody as Readonly<Record<string, string>>;
  const text = body['Fn::Sub'] ?? '';
  const { widgets } = JSON.parse(text) as {
    widgets: {
      type: string;
      x: number;
      y: number;
      width: number;
      height: number;
      properties: { alarms?: string[]; metrics?: [string, string, string, string, object][] };
    }[];
  };
  const metrics = widgets.flatMap((widget) => widget.properties.metrics ?? []);

  it('is named after the stack', () => {
    expect(properties?.DashboardName).toEqual({ Ref: 'AWS::StackName' });
  });

  it('shows every alarm', () => {
    const shown = widgets.flatMap((widget) => widget.properties.alarms ?? []);
    const names = shown.map((arn) => /:alarm:\$\{(\w+)\}$/.exec(arn)?.[1]);
    expect(names.toSorted()).toEqual(ids().toSorted());
  });

  it('shows exactly the metrics of the enforcer', () => {
    const ours = metrics.filter(([namespace]) => namespace === METRIC_NAMESPACE);
    expect(new Set(ours.map(([, name]) => name))).toEqual(new Set(Object.keys(metricUnits)));
    for (const [, , ...dimension] of ours) {
      expect(dimension.slice(0, 2)).toEqual(['Stack', '${AWS::StackName}']);
    }
  });

  it('shows every queue and every function', () => {
    for (const [id] of resourcesOf('AWS::SQS::Queue'))
      expect(text).toContain(`\${${id}.QueueName}`);
    for (const [id] of resourcesOf('AWS::Lambda::Function')) expect(text).toContain(`\${${id}}`);
  });

  it('refers only to resources of the stack', () => {
    const { Resources, Parameters } = template();
    const pseudo = ['AWS::StackName', 'AWS::Region', 'AWS::Partition', 'AWS::AccountId'];
    const known = [...Object.keys(Resources), ...Object.keys(Parameters), ...pseudo];
    const referred = [...text.matchAll(/\$\{([\w:]+)(?:\.\w+)?\}/g)].map(([, name]) => name ?? '');
    expect(known).toEqual(expect.arrayContaining(referred));
  });

  it('has no overlapping widgets', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, cell) =>
        [x + (cell % width), y + Math.floor(cell / width)].join(),
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });
});
