import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import {
  DescribeEventBusCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  type Rule,
} from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describeTrails, isLogging } from '../../functions/io/cloudtrail.ts';
import { matchesPattern } from './event-pattern.ts';
import { type LocalCredentials, localClient } from './local-client.ts';

/** An event as EventBridge matches it. */
interface Envelope {
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What stands between an IAM call and the queues: moto delivers past all of it. */
export interface Delivery {
  /**
   * Whether AWS would deliver an event to anything: a trail is on, and a rule that is enabled sends it to a queue or a bus whose
   * policy allows that.
   * @param caller of the account that the event is of
   */
  reaches(event: Envelope, caller: LocalCredentials): Promise<boolean>;
  stop(): void;
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

const statementsOf = (policy: string | undefined): Statement[] =>
  policy === undefined ? [] : (JSON.parse(policy) as { Statement: Statement[] }).Statement;

/**
 * Whether a queue's policy lets a rule send to it. The condition on the rule is all that our policies have. Names are compared:
 * moto's CloudFormation leaves the bus out of a rule's ARN.
 */
function allowsRule(policy: string | undefined, { Name = '' }: Rule): boolean {
  return statementsOf(policy).some(({ Effect, Condition = {} }) => {
    const arns = Object.values(Condition).flatMap((keys) => [keys['aws:SourceArn'] ?? []].flat());
    return (
      Effect === 'Allow' &&
      (Object.keys(Condition).length === 0 || arns.some((arn) => arn.endsWith(`/${Name}`)))
    );
  });
}

/**
 * Asks moto for the same thing once at a time: many calls at once ask for it, and moto answers one after the other. No answer is
 * kept, so that a change counts at once.
 */
function askedOnce() {
  const underWay = new Map<string, Promise<unknown>>();
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const asked = underWay.get(key);
    if (asked !== undefined) return asked as Promise<T>;
    const answer = ask().finally(() => underWay.delete(key));
    underWay.set(key, answer);
    return answer;
  };
}

/** @param moto with the hub's account, if it is an organization's */
export function startDelivery(moto: string): Delivery {
  const once = askedOnce();
  const cloudTrail = localClient(CloudTrailClient, moto);
  const own = localClient(EventBridgeClient, moto);
  const sqs = localClient(SQSClient, moto);

  const isRecorded = async () => {
    // The trail is the organization's, so it is in the hub's account.
    for (const { arn } of await describeTrails(cloudTrail)) {
      if (await isLogging(cloudTrail, arn)) return true;
    }
    return false;
  };
  const mayReach = async (arn: string, rule: Rule, event: Envelope): Promise<boolean> => {
    const [, , service, , , name = ''] = arn.split(':');
    if (service === 'sqs') {
      const { Attributes } = await once(arn, async () => {
        const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
        const AttributeNames = ['Policy' as const];
        return sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      });
      return allowsRule(Attributes?.Policy, rule);
    }
    const bus = name.replace('event-bus/', '');
    const { Policy } = await once(arn, () => own.send(new DescribeEventBusCommand({ Name: bus })));
    const isAllowed = statementsOf(Policy).some(({ Effect }) => Effect === 'Allow');
    return isAllowed && passes(own, bus, event);
  };
  const passes = async (
    events: EventBridgeClient,
    bus: string,
    event: Envelope,
  ): Promise<boolean> => {
    const ofBus = `${event.account}/${bus}`;
    const { Rules = [] } = await once(ofBus, () =>
      events.send(new ListRulesCommand({ EventBusName: bus })),
    );
    const matching = Rules.filter(
      ({ State, EventPattern }) =>
        State === 'ENABLED' && EventPattern && matchesPattern(JSON.parse(EventPattern), event),
    );
    for (const rule of matching) {
      const named = { Rule: rule.Name, EventBusName: bus };
      const { Targets = [] } = await once(`${ofBus}/${rule.Name}`, () =>
        events.send(new ListTargetsByRuleCommand(named)),
      );
      for (const { Arn = '' } of Targets) if (await mayReach(Arn, rule, event)) return true;
    }
    return false;
  };
  return {
    reaches: async (event, caller) => {
      if (!(await once('trail', isRecorded))) return false;
      const events = localClient(EventBridgeClient, moto, caller);
      try {
        return await passes(events, 'default', event);
      } finally {
        events.destroy();
      }
    },
    stop: () => {
      for (const client of [cloudTrail, own, sqs]) client.destroy();
    },
  };
}
