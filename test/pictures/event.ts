import type { Template } from '../fakes/template.ts';
import { type Arrow, type Box, diagram } from './diagram.ts';

export const EVENT_PICTURE = 'docs/pictures/event.svg';

/** What of a resource's properties the picture shows. */
/** A part of an event pattern that names calls. */
interface Calls {
  readonly eventName?: readonly string[];
}

interface Shown {
  readonly MessageRetentionPeriod: number;
  readonly RedrivePolicy: {
    readonly deadLetterTargetArn: Reference;
    readonly maxReceiveCount: number;
  };
  readonly EventSourceArn: Reference;
  readonly FunctionName: Reference & { readonly 'Fn::Sub': string };
  readonly BatchSize: number;
  readonly MaximumBatchingWindowInSeconds: number;
  readonly ScalingConfig: { readonly MaximumConcurrency: number };
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly EventBusName: Reference;
  readonly EventPattern: { readonly detail: Calls & { readonly $or?: readonly Calls[] } };
  readonly Targets: readonly { readonly Arn: Reference }[];
  readonly ScheduleExpression: { readonly Ref: string };
}

interface Reference {
  readonly 'Fn::GetAtt'?: readonly [id: string, attribute: string];
}

/**
 * The way of an event, from the resources of the template: what each rule, queue and function is joined to, and their
 * numbers.
 * @param template the packaged template
 * @returns an SVG document; the same template gives the same bytes
 * @throws Error where the template has no such way any more
 */
export function eventPicture({ Resources, Parameters }: Template): string {
  const ofType = (type: string) =>
    Object.entries(Resources)
      .filter(([, { Type, Condition }]) => Type === type && Condition === undefined)
      .map(([id, { Properties }]) => [id, Properties as unknown as Shown] as const);
  const properties = (id: string) => Resources[id]?.Properties as unknown as Shown;
  const functionOf = (id: string) => properties(id).FunctionName['Fn::Sub'].split('}-')[1] ?? '';

  const rules = ofType('AWS::Events::Rule');
  const targetOf = (rule: string) => idOf(properties(rule).Targets[0]?.Arn);
  const consumerOf = (queue: string) => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').map(([, one]) => one);
    const mapping = mappings.find(({ EventSourceArn }) => idOf(EventSourceArn) === queue);
    if (mapping === undefined) throw new Error(`no function reads ${queue}`);
    return { id: idOf(mapping.FunctionName), ...mapping };
  };

  const changes = targetOf('UserChangesRule');
  const changeRules = rules.filter(([id]) => targetOf(id) === changes);
  const calls = changeRules.flatMap(
    ([
      ,
      {
        EventPattern: { detail },
      },
    ]) => [detail, ...(detail.$or ?? [])].flatMap(({ eventName }) => eventName ?? []),
  );
  const review = consumerOf(changes);
  const bus = idOf(properties('OutcomesToSlackRule').EventBusName);
  const outcomes = targetOf('OutcomesToSlackRule');
  const notify = consumerOf(outcomes);
  const scheduled = properties('SweepScheduleRule');
  const sweep = targetOf('SweepScheduleRule');

  const queue = (id: string, column: number, row: number): Box => {
    const { maxReceiveCount, deadLetterTargetArn } = properties(id).RedrivePolicy;
    const failed = idOf(deadLetterTargetArn);
    return {
      column,
      row,
      service: 'SQS queue',
      name: id,
      lines: [
        `${amount(maxReceiveCount)} tries, then ${duration(properties(failed).MessageRetentionPeriod)}`,
        `in ${failed}`,
      ],
    };
  };
  const lambda = (id: string, column: number, row: number, ...lines: readonly string[]): Box => ({
    column,
    row,
    service: `Lambda, ${properties(id).MemorySize} MB, ${duration(properties(id).Timeout)}`,
    name: functionOf(id),
    lines,
    isOurCode: true,
  });
  const atOnce = (queueId: string) => consumerOf(queueId).ScalingConfig.MaximumConcurrency;

  const boxes: Readonly<Record<string, Box>> = {
    schedule: {
      column: 0,
      row: 0,
      service: 'EventBridge',
      name: 'schedule',
      lines: [Parameters[scheduled.ScheduleExpression.Ref]?.Default ?? '', 'or your own'],
    },
    sweep: lambda(sweep, 1, 0, 'all users, in bulk', `${atOnce('SweepsQueue')} accounts at once`),
    table: {
      column: 3,
      row: 0,
      service: 'DynamoDB',
      name: 'StateTable',
      lines: ['actions begun, done', 'and reported'],
    },
    call: {
      column: 0,
      row: 1,
      service: 'CloudTrail',
      name: 'an IAM call',
      lines: ['CreateUser, or', 'DeactivateMFADevice, …'],
    },
    rules: {
      column: 1,
      row: 1,
      service: 'EventBridge',
      name: `${changeRules.length} rules`,
      lines: [`for ${new Set(calls).size} calls, on users`, 'or on the enforcer'],
    },
    changes: queue(changes, 2, 1),
    review: lambda(
      review.id,
      3,
      1,
      `batches of ${review.BatchSize}, ${atOnce(changes)} at once`,
      'read, decide, act',
    ),
    iam: {
      column: 4,
      row: 1,
      service: 'IAM',
      name: 'that one user',
      lines: ['read as it is now,', 'blocked or unblocked'],
    },
    slack: {
      column: 0,
      row: 2,
      service: 'Slack',
      name: 'a message',
      lines: ['who, why, after whose', 'call; what to do now'],
    },
    notify: lambda(
      notify.id,
      1,
      2,
      `up to ${notify.BatchSize} outcomes`,
      `of ${duration(notify.MaximumBatchingWindowInSeconds)} in a message`,
    ),
    outcomes: queue(outcomes, 2, 2),
    bus: {
      column: 3,
      row: 2,
      service: 'EventBridge',
      name: bus,
      lines: ['user-blocked, …:', 'a public contract'],
    },
    receivers: {
      column: 4,
      row: 2,
      service: 'your rules',
      name: 'other receivers',
      lines: ['e-mail, chat, tickets'],
    },
  };
  const arrows: readonly Arrow[] = [
    { from: 'call', to: 'rules' },
    { from: 'rules', to: 'changes' },
    { from: 'changes', to: 'review' },
    { from: 'review', to: 'iam', both: true },
    { from: 'review', to: 'bus' },
    { from: 'review', to: 'table', both: true },
    { from: 'bus', to: 'outcomes' },
    { from: 'bus', to: 'receivers' },
    { from: 'outcomes', to: 'notify' },
    { from: 'notify', to: 'slack' },
    { from: 'schedule', to: 'sweep' },
    { from: 'sweep', to: 'changes', label: 'users to review' },
  ];
  return diagram({
    title: 'The way of an event',
    description:
      'An IAM call goes from CloudTrail through EventBridge rules and an SQS queue to the function on-iam-change, which ' +
      'reads one user from IAM, blocks or unblocks the user, and publishes the outcome. The outcome goes through a bus ' +
      'and a queue to notify-slack and to Slack. A nightly sweep sends users with a difference to the same queue.',
    boxes,
    arrows,
  });
}

function idOf(reference: Reference | undefined): string {
  const [id] = reference?.['Fn::GetAtt'] ?? [];
  if (id === undefined) throw new Error(`no resource: ${JSON.stringify(reference)}`);
  return id;
}

/** Seconds in words: "60 s", "15 min", "14 days". */
function duration(seconds: number): string {
  if (seconds >= 86_400) return `${seconds / 86_400} days`;
  return seconds > 60 ? `${seconds / 60} min` : `${seconds} s`;
}

function amount(count: number): string {
  return count.toLocaleString('en-US');
}
