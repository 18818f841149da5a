import { StackTemplate } from '../../domain/deployment/stack-template.ts';
import { describeStack, getTemplate, listStackResources } from '../../io/cloudformation.ts';
import type { Deployment, DeploymentContext } from './deployment-context.ts';
import { type Finding, unknown } from './run-check.ts';

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
