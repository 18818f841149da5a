import { StackTemplate } from '../../domain/deployment/stack-template.ts';
import { describeStack, getTemplate, listStackResources } from '../../io/cloudformation.ts';
import { type Deployment, type DeploymentContext, type Finding, unknown } from './check.ts';
import { queueAttributes } from './check-queues.ts';

/** A stack, and the findings about what could not be read. */
export interface ReadDeployment {
  readonly deployment: Deployment;
  readonly unread: readonly Finding[];
}

/**
 * Reads a stack's resources and template.
 * @returns null if there is no such stack
 * @throws if its status or its resources cannot be read
 */
export async function readDeployment(context: DeploymentContext): Promise<ReadDeployment | null> {
  const { account, partition, region, stack: name, clients } = context;
  const summary = await describeStack(clients.cloudFormation, name);
  if (summary === null) return null;
  const { status, parameters } = summary;
  const resources = await listStackResources(clients.cloudFormation, name);
  const facts = { name, account, partition, region, parameters, resources };
  try {
    const template = new StackTemplate(await getTemplate(clients.cloudFormation, name), facts);
    return { deployment: { status, facts, template }, unread: [] };
  } catch (error) {
    const { message, ...finding } = unknown(context, 'stack', error);
    const without = `${message}, so rules, queues, functions and roles were not compared with the template`;
    return {
      deployment: { status, facts, template: null },
      unread: [{ ...finding, message: without }],
    };
  }
}

type Properties = Readonly<Record<string, unknown>>;

/** By type: the document that the AWS CLI reads from a file to fix a resource. */
const documents: Readonly<Record<string, (properties: Properties) => unknown>> = {
  'AWS::Events::Rule': ({ EventPattern }) => EventPattern,
  'AWS::Lambda::Function': ({ Environment }) => Environment,
  'AWS::IAM::Role': ({ Policies }) =>
    (Policies as readonly { PolicyDocument: unknown }[])[0]?.PolicyDocument,
  'AWS::IAM::RolePolicy': ({ PolicyDocument }) => PolicyDocument,
};

/**
 * The deployed definition of a resource: a queue's attributes, a rule's event pattern, a function's environment or a
 * role's policy.
 * @param id the logical ID
 * @returns null for a resource without such a document
 */
export function resourceDocument({ facts, template }: Deployment, id: string): unknown {
  if (template === null) return null;
  if (template.idsOf('AWS::SQS::Queue').includes(id)) {
    const url = facts.resources.get(id)?.physicalId ?? '';
    // SQS takes every attribute as a string.
    const entries = Object.entries(queueAttributes(template, id, url));
    return Object.fromEntries(entries.map(([name, value]) => [name, JSON.stringify(value)]));
  }
  const type = Object.keys(documents).find((one) => template.idsOf(one).includes(id));
  return documents[type ?? '']?.(template.propertiesOf(id)) ?? null;
}
