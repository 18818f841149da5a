import { queueAttributes } from './check-queues.ts';
import type { Deployment } from './deployment-context.ts';

type Properties = Readonly<Record<string, unknown>>;

/** By type: what the AWS CLI takes from a file to fix a resource. */
const documents: Readonly<Record<string, (properties: Properties) => unknown>> = {
  'AWS::Events::Rule': ({ EventPattern }) => EventPattern,
  'AWS::Lambda::Function': ({ Environment }) => Environment,
  'AWS::IAM::Role': ({ Policies }) =>
    (Policies as readonly { PolicyDocument: unknown }[])[0]?.PolicyDocument,
  'AWS::IAM::RolePolicy': ({ PolicyDocument }) => PolicyDocument,
};

/**
 * What a resource must be, as it was deployed: a queue's attributes, a rule's event pattern, a function's
 * environment, a role's rights.
 * @param id the logical id
 * @returns null for one that has no such document
 */
export function resourceDocument({ facts, template }: Deployment, id: string): unknown {
  if (template === null) return null;
  if (template.idsOf('AWS::SQS::Queue').includes(id)) {
    const url = facts.resources.get(id)?.physicalId ?? '';
    // SQS takes every attribute as a text.
    const entries = Object.entries(queueAttributes(template, id, url));
    return Object.fromEntries(entries.map(([name, value]) => [name, JSON.stringify(value)]));
  }
  const type = Object.keys(documents).find((one) => template.idsOf(one).includes(id));
  return documents[type ?? '']?.(template.propertiesOf(id)) ?? null;
}
