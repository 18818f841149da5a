import { describe, expect, it } from 'vitest';
import {
  deployedResources,
  failedMessages,
  hubResources,
  mailResources,
} from '../../../functions/domain/deployment/deployed-resources.ts';
import { requiredRights, rightsOf } from '../../../functions/domain/deployment/required-rights.ts';
import { CHOSEN, granted } from '../../fakes/granted.ts';
import { resourcesOf } from '../../fakes/template.ts';

describe('the doctor’s data about a deployment', () => {
  it.each(requiredRights)('has the rights of $roleId in the template', ({ roleId, rights }) => {
    expect(rights).toEqual(granted(roleId));
  });

  it('has the rights that parameters add in the template', () => {
    const chosen = requiredRights.flatMap((one) => Object.entries(one.chosen));
    expect(chosen).toEqual(CHOSEN.map(([parameter, , , actions]) => [parameter, actions]));
  });

  it('follows the parameters of a deployment', () => {
    const of = (parameters: Record<string, string>) =>
      requiredRights
        .flatMap((one) => rightsOf(one, parameters))
        .filter((action) => /^(sts|iam:Put)/.test(action));
    expect(of({})).toEqual([]);
    expect(of({ BoundaryDeny: 'no', InlineDeny: 'no', OrganizationId: '' })).toEqual([]);
    expect(of({ BoundaryDeny: 'yes' })).toEqual(['iam:PutUserPermissionsBoundary']);
    expect(of({ OrganizationId: 'o-abcdefghij' })).toEqual(['sts:AssumeRole', 'sts:AssumeRole']);
  });

  it('has each function with its entry point and its role', () => {
    const deployed = resourcesOf('AWS::Lambda::Function').map(([id, { Handler, Role }]) => ({
      entryPoint: String(Handler).split('/')[1],
      functionId: id,
      roleId: idOf(Role),
    }));
    const known = requiredRights.map(({ entryPoint, functionId, roleId }) => ({
      entryPoint,
      functionId,
      roleId,
    }));
    expect(known).toEqual(deployed);
  });

  it('has every resource of the kinds that it checks', () => {
    const kinds = [
      'AWS::Events::Rule',
      'AWS::SQS::Queue',
      'AWS::Lambda::Function',
      'AWS::Lambda::EventSourceMapping',
      'AWS::IAM::Role',
      'AWS::IAM::ManagedPolicy',
      'AWS::DynamoDB::Table',
    ];
    const deployed = kinds.flatMap((kind) => resourcesOf(kind).map(([id]) => id));
    const known = [...deployedResources, ...hubResources, ...mailResources];
    expect(known.toSorted()).toEqual(deployed.toSorted());
  });
});

interface Target {
  readonly Arn: unknown;
  readonly DeadLetterConfig: { readonly Arn: unknown };
}

/** The logical id of { 'Fn::GetAtt': [id, 'Arn'] }. */
const idOf = (value: unknown) => (value as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];
/** By the id of a dead-letter queue: the queues whose messages end there, by EventBridge or by failing. */
function homes(): {
  readonly byRule: Map<string, string>;
  readonly byFailing: Map<string, string>;
} {
  const targets = resourcesOf('AWS::Events::Rule').flatMap(
    ([, { Targets }]) => Targets as Target[],
  );
  const queues = resourcesOf('AWS::SQS::Queue').flatMap(([id, { RedrivePolicy }]) =>
    RedrivePolicy === undefined
      ? []
      : ([
          [idOf((RedrivePolicy as { deadLetterTargetArn: unknown }).deadLetterTargetArn), id],
        ] as const),
  );
  return {
    byRule: new Map(
      targets.map(({ Arn, DeadLetterConfig }) => [idOf(DeadLetterConfig.Arn), idOf(Arn)]),
    ),
    byFailing: new Map(queues),
  };
}
/** By the id of a queue: the function that takes its messages. */
const takers = () =>
  new Map(
    resourcesOf('AWS::Lambda::EventSourceMapping').map(([, { EventSourceArn, FunctionName }]) => [
      idOf(EventSourceArn),
      idOf(FunctionName),
    ]),
  );

describe('the doctor’s data about failed messages', () => {
  it('has every dead-letter queue', () => {
    const { byRule, byFailing } = homes();
    expect(failedMessages.map(({ id }) => id).toSorted()).toEqual(
      [...new Set([...byRule.keys(), ...byFailing.keys()])].toSorted(),
    );
  });

  it.each(failedMessages)(
    'has the queue whose failed messages are in $id',
    ({ id, functionId, sourceQueue }) => {
      const { byRule, byFailing } = homes();
      const failing = byFailing.get(id);
      const rule = byRule.get(id);
      expect(functionId).toBe(failing === undefined ? null : takers().get(failing));
      // A failed direct invocation leaves a record in the same queue as the failed messages of the function.
      const isNotes = failing !== undefined && rule !== undefined && rule !== failing;
      expect(sourceQueue).toBe(isNotes ? null : (failing ?? rule));
    },
  );

  it('explains a message in each queue', () => {
    expect(Object.fromEntries(failedMessages.map(({ id, means }) => [id, means]))).toEqual({
      IamChangesFailed: 'IAM changes that could not be reviewed',
      IamChangesUndelivered: 'IAM changes that EventBridge could not bring to their queue',
      SweepsFailed: 'sweeps that failed',
      OutcomesFailed: 'outcomes that were not sent to Slack',
      OutcomesUndelivered: 'outcomes that EventBridge could not bring to their queue',
      UserMailFailed: 'outcomes whose mails users did not get',
    });
  });
});
