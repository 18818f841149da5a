import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CloudTrailRecord } from '../../../events/envelope.ts';
import { type ResourceKind, tamperingCalls, tamperingOf } from '../../../events/tampering.ts';
import { ownResource } from '../../../functions/domain/deployment/own-resources.ts';
import { matchesPattern } from '../../../infra/local/event-pattern.ts';
import { deployedHub, deployedSpoke, HUB, MEMBER, ORGANIZATION } from '../../fakes/deployed.ts';
import { docsTable } from '../../fakes/docs-table.ts';
import { resourcesOf } from '../../fakes/template.ts';

// The table of tampering calls, the EventBridge rules and the function must agree on every call and every name.

const parameters = ['/mfa-enforcer/slack-webhook', '/mfa-enforcer/mail-text'];
const names = { account: HUB, stack: 'mfa', parameters };
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${HUB}:${rest}`;
const queue = `${HUB}/mfa-IamChangesQueue-X`;

/** The names of resources as calls give them: the enforcer's own in the hub and in a spoke, and others'. */
const examples: Readonly<
  Record<
    ResourceKind,
    {
      readonly hub: readonly string[];
      readonly spoke: readonly string[];
      readonly others: readonly string[];
    }
  >
> = {
  rule: {
    hub: ['mfa-UserChangesRule-X', 'mfa-ResourcesTamperedRule-X'],
    spoke: ['ForceMFA-user-changes', 'ForceMFA-rules-tampered'],
    others: ['nightly-backup'],
  },
  bus: { hub: ['mfa', 'mfa-hub'], spoke: [], others: ['default', 'theirs'] },
  queue: {
    hub: [`https://sqs.us-east-1.amazonaws.com/${queue}`, `https://queue.amazonaws.com/${queue}`],
    spoke: [],
    others: [`https://sqs.us-east-1.amazonaws.com/${HUB}/tmp`],
  },
  mapping: {
    hub: [
      'OnIamChangeEventSourceMappingSQSIamChangesQueue',
      'NightlySweepEventSourceMappingSQSSweepsQueue',
      'NotifySlackEventSourceMappingSQSOutcomesQueue',
      'NotifyUserEventSourceMappingSQSUserMailQueue',
    ],
    spoke: [],
    others: ['3f0c'],
  },
  function: {
    hub: [
      'mfa-on-iam-change',
      arn('lambda', 'function:mfa-on-iam-change'),
      `${HUB}:function:mfa-x`,
    ],
    spoke: [],
    others: ['theirs', arn('lambda', 'function:theirs')],
  },
  table: {
    hub: ['mfa-StateTable-X', arn('dynamodb', 'table/mfa-StateTable-X')],
    spoke: [],
    others: ['theirs', arn('dynamodb', 'table/theirs')],
  },
  parameter: {
    hub: parameters.flatMap((name) => [name, arn('ssm', `parameter${name}`)]),
    spoke: [],
    others: ['/theirs'],
  },
  alarm: { hub: ['mfa-BreakerOpenAlarm-X'], spoke: [], others: ['theirs'] },
  stack: {
    hub: ['mfa', arn('cloudformation', 'stack/mfa/3f0c')],
    spoke: [],
    others: ['theirs', arn('cloudformation', 'stack/theirs/3f0c')],
  },
  trail: { hub: ['theirs', arn('cloudtrail', 'trail/main')], spoke: ['theirs'], others: [] },
  group: { hub: ['ForceMFA'], spoke: ['ForceMFA'], others: ['developers'] },
  role: {
    hub: [
      'mfa-OnIamChangeRole-X',
      'MFA-oniamchangerole-x',
      'mfa-NightlySweepRole-X',
      'ForceMFA-report',
    ],
    spoke: ['ForceMFA-review', 'ForceMFA-read', 'forcemfa-forward'],
    others: ['web-server'],
  },
};

type Stack = ReturnType<typeof deployedHub>;
const hub = deployedHub({ OrganizationId: ORGANIZATION });
const spoke = deployedSpoke();

function patternsOf(stack: Stack): [string, object][] {
  return stack
    .idsOf('AWS::Events::Rule')
    .filter((id) => id.endsWith('TamperedRule'))
    .map((id) => [id, stack.propertiesOf(id).EventPattern as object]);
}

/** A call as EventBridge carries it. */
function eventOf(id: string, parameter: string, name: string, more: object = {}) {
  const [service, eventName] = id.split(':');
  const isList = ['names', 'alarmNames'].includes(parameter);
  return {
    source: `aws.${service}`,
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventID: 'e',
      eventTime: '2026-03-01T12:00:00Z',
      eventSource: `${service}.amazonaws.com`,
      eventName,
      requestParameters: { [parameter]: isList ? ['another', name] : name },
      ...more,
    },
  };
}

const matchedBy = (stack: Stack, event: object) =>
  patternsOf(stack)
    .filter(([, pattern]) => matchesPattern(pattern, event))
    .map(([id]) => id);

function isOwn(account: string, event: ReturnType<typeof eventOf>): boolean {
  const seen = tamperingOf(CloudTrailRecord.parse(event.detail));
  if (seen === null) throw new Error('no tampering call');
  return ownResource(seen, { account, denyGroup: 'ForceMFA' }, names) !== undefined;
}

const cases = (whose: 'hub' | 'spoke' | 'others') =>
  tamperingCalls.flatMap(({ id, kind, parameter }) =>
    examples[kind][whose].map((name) => ({ id, kind, parameter, name })),
  );

describe('the table of tampering calls', () => {
  it.each(cases('hub'))(
    'has one rule for $id on the hub’s $name, and the function reports it',
    (one) => {
      const event = eventOf(one.id, one.parameter, one.name);
      expect(matchedBy(hub, event)).toHaveLength(1);
      expect(isOwn(HUB, event)).toBe(true);
      // Another stack may make the call, too.
      const sourceIPAddress = 'cloudformation.amazonaws.com';
      expect(
        matchedBy(hub, eventOf(one.id, one.parameter, one.name, { sourceIPAddress })),
      ).toHaveLength(1);
    },
  );

  it.each(cases('spoke'))(
    'has one rule for $id on a spoke’s $name, and the function reports it',
    (one) => {
      const event = eventOf(one.id, one.parameter, one.name);
      expect(matchedBy(spoke, event)).toHaveLength(1);
      expect(isOwn(MEMBER, event)).toBe(true);
    },
  );

  it.each(cases('others'))(
    '$id on another owner’s $name is neither',
    ({ id, kind, parameter, name }) => {
      const event = eventOf(id, parameter, name);
      expect([...matchedBy(hub, event), ...matchedBy(spoke, event)]).toEqual([]);
      // The function in the call says whose mapping it is.
      const functionArn = arn('lambda', 'function:theirs');
      const answered = eventOf(id, parameter, name, { responseElements: { functionArn } });
      expect([isOwn(HUB, kind === 'mapping' ? answered : event), isOwn(MEMBER, event)]).toEqual([
        false,
        false,
      ]);
    },
  );

  it('has every call that the rules match', () => {
    const known = new Set(tamperingCalls.map(({ id }) => id.split(':')[1]));
    for (const [id, pattern] of [...patternsOf(hub), ...patternsOf(spoke)]) {
      const { detail } = pattern as { detail: { eventName: string[] } };
      expect(
        detail.eventName.filter((name) => !known.has(name)),
        id,
      ).toEqual([]);
    }
  });

  it('does not count calls that failed', () => {
    for (const { id, parameter, name } of cases('hub')) {
      const event = eventOf(id, parameter, name, { errorCode: 'AccessDenied' });
      expect(matchedBy(hub, event), id).toEqual([]);
    }
  });

  it('protects every role, mapping and function of the hub', () => {
    const roles = resourcesOf('AWS::IAM::Role').map(([id]) => id);
    const { detail } = hub.propertiesOf('RolesTamperedRule').EventPattern as {
      detail: { requestParameters: { roleName: object[] } };
    };
    expect(detail.requestParameters.roleName).toHaveLength(roles.length);
    const mappings = resourcesOf('AWS::Lambda::EventSourceMapping').map(([id]) => id);
    expect(examples.mapping.hub.toSorted()).toEqual(mappings.toSorted());
  });

  it('is the table of docs/block-methods.md', () => {
    expect(readFileSync('docs/block-methods.md', 'utf8')).toContain(`\n${docsTable()}\n`);
  });

  it('fits an event pattern: 2,048 characters by default (EventBridge quotas)', () => {
    for (const [id, pattern] of patternsOf(hub)) {
      expect(
        JSON.stringify(pattern).replaceAll('mfa', 'iam-mfa-enforcer-prod').length,
        id,
      ).toBeLessThan(2048);
    }
  });
});
