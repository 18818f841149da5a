import { describe, expect, it } from 'vitest';
import {
  deployedResources,
  hubResources,
  mailResources,
} from '../../../functions/domain/deployment/deployed-resources.ts';
import { StackTemplate } from '../../../functions/domain/deployment/stack-template.ts';
import { template as packaged } from '../../fakes/template.ts';

const where = {
  name: 'stack',
  partition: 'aws-us-gov',
  region: 'us-gov-west-1',
  account: '111122223333',
};

/** The packaged template as CloudFormation would deploy it, with the names that CloudFormation makes. */
function deployedTemplate(parameters: Readonly<Record<string, string>> = {}): StackTemplate {
  const { Resources, Parameters } = packaged();
  const defaults = Object.entries(Parameters).map(([name, { Default = '' }]) => [name, Default]);
  const resources = Object.entries(Resources).map(
    ([id, { Type }]) => [id, { type: Type, physicalId: physicalId(Type, id) }] as const,
  );
  return new StackTemplate(packaged(), {
    ...where,
    parameters: { ...Object.fromEntries(defaults), ...parameters },
    resources: new Map(resources),
  });
}

function physicalId(type: string, id: string): string {
  if (type === 'AWS::SQS::Queue')
    return `https://sqs.us-gov-west-1.amazonaws.com/111122223333/${id}`;
  if (/^OutcomesTo/.test(id)) return `stack|${id}`;
  return `the-${id}`;
}

const RULES = 'arn:aws-us-gov:events:us-gov-west-1:111122223333:rule';
const SQS = 'arn:aws-us-gov:sqs:us-gov-west-1:111122223333';

describe('the packaged template', () => {
  it.each([...deployedResources, ...hubResources, ...mailResources, 'NotifyUserSend'])(
    'describes the resource %s completely',
    (id) => {
      const properties = deployedTemplate({
        OrganizationId: 'o-abcdefghij',
        NotifyUsers: 'email',
        NotifyFrom: 'aws@example.com',
      }).propertiesOf(id);
      expect(Object.keys(properties).length).toBeGreaterThan(0);
      expect(JSON.stringify(properties)).not.toMatch(/"Fn::|"Ref"/);
    },
  );

  it.each([
    ['UserChangesRule', `${RULES}/the-UserChangesRule`],
    // Its rule is on a bus of its own.
    ['OutcomesToSlackRule', `${RULES}/stack/OutcomesToSlackRule`],
    ['IamChangesUndelivered', `${SQS}:IamChangesUndelivered`],
  ])('names %s as AWS does in its partition', (_, arn) => {
    const template = deployedTemplate();
    const policies = template.idsOf('AWS::SQS::QueuePolicy').map((id) => template.propertiesOf(id));
    expect(JSON.stringify(policies)).toContain(`"${arn}"`);
  });

  it('leaves IAM’s own variables unresolved', () => {
    const { PolicyDocument } = deployedTemplate().propertiesOf('ForceMfaPolicy');
    expect(JSON.stringify(PolicyDocument)).toContain(
      'arn:aws-us-gov:iam::*:user/*/${aws:username}',
    );
  });

  it.each([
    ['yes', 'no', ['OnIamChangeBoundaryDeny']],
    ['no', 'no', []],
    ['yes', 'yes', ['OnIamChangeBoundaryDeny', 'OnIamChangeInlineDeny']],
  ])('has the policies that BoundaryDeny=%s and InlineDeny=%s choose', (boundary, inline, ids) => {
    const template = deployedTemplate({ BoundaryDeny: boundary, InlineDeny: inline });
    expect(template.idsOf('AWS::IAM::RolePolicy')).toEqual(ids);
  });
});
