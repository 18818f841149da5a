import { readFileSync } from 'node:fs';
import { parse, type ScalarTag } from 'yaml';
import { StackTemplate } from '../../functions/domain/deployment/stack-template.ts';
import { type Statement, type Template, template } from './template.ts';

export const HUB = '111122223333';
export const MEMBER = '444455556666';
export const ORGANIZATION = 'o-abcdefghij';

export const SPOKE_FILE = 'infra/spoke.yml';

/** CloudFormation's short forms, as the long ones: !Ref X is { Ref: X }. */
const shortForms = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals', 'Not', 'Select', 'Split'].flatMap(
  (name) => {
    const long = name === 'Ref' ? name : `Fn::${name}`;
    const tag = `!${name}`;
    return [
      { tag, resolve: (text: string) => ({ [long]: text }) },
      {
        tag,
        collection: 'seq' as const,
        resolve: (list: { toJSON(): unknown }) => ({ [long]: list.toJSON() }),
      },
    ];
  },
);

/** The spoke's template, as CloudFormation reads it. */
export const spokeTemplate = () =>
  parse(readFileSync(SPOKE_FILE, 'utf8'), {
    customTags: shortForms as unknown as ScalarTag[],
  }) as Template;

/** The outputs of the hub's stack in HUB that its spokes need. */
export const hubOutputs = {
  HubBusArn: `arn:aws:events:us-east-1:${HUB}:event-bus/mfa-hub`,
  HubReviewRoleArn: `arn:aws:iam::${HUB}:role/mfa-OnIamChangeRole-X`,
  HubSweepRoleArn: `arn:aws:iam::${HUB}:role/mfa-NightlySweepRole-X`,
  HubReportRoleArn: `arn:aws:iam::${HUB}:role/ForceMFA-report`,
} as const;

/** The spoke's template as CloudFormation would deploy it in MEMBER. */
export function deployedSpoke(parameters: Readonly<Record<string, string>> = {}): StackTemplate {
  const given = { OrganizationId: ORGANIZATION, ...hubOutputs, ...parameters };
  return deployed(spokeTemplate(), MEMBER, 'spoke', given, {});
}

/** The packaged template as CloudFormation would deploy it in HUB. */
export function deployedHub(parameters: Readonly<Record<string, string>> = {}): StackTemplate {
  const names = {
    OnIamChangeRole: 'mfa-OnIamChangeRole-X',
    NightlySweepRole: 'mfa-NightlySweepRole-X',
    ReportRole: 'ForceMFA-report',
    HubBus: 'mfa-hub',
  };
  return deployed(template(), HUB, 'mfa', { S3Bucket: 'code', ...parameters }, names);
}

function deployed(
  source: Template,
  account: string,
  name: string,
  given: Readonly<Record<string, string>>,
  names: Readonly<Record<string, string>>,
): StackTemplate {
  const defaults = Object.entries(source.Parameters).flatMap(([parameter, { Default }]) =>
    Default === undefined ? [] : [[parameter, Default]],
  );
  const parameters = { ...Object.fromEntries(defaults), ...given } as Record<string, string>;
  const resources = Object.entries(source.Resources).map(
    ([id, { Type }]) => [id, { type: Type, physicalId: names[id] ?? id }] as const,
  );
  return new StackTemplate(source, {
    name,
    account,
    partition: 'aws',
    region: 'us-east-1',
    parameters,
    resources: new Map(resources),
  });
}

/** A role as deployed. */
export interface DeployedRole {
  readonly RoleName?: string;
  readonly AssumeRolePolicyDocument: object;
  readonly Policies: readonly {
    readonly PolicyName: string;
    readonly PolicyDocument: { readonly Statement: Statement[] };
  }[];
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** A role's properties, with the statements that the parameters chose. */
export const roleOf = (stack: StackTemplate, id: string) =>
  stack.propertiesOf(id) as unknown as DeployedRole;
