import { queueAttributes } from './check-queues.ts';
import type { Deployment } from './deployment-context.ts';

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
