import { StackTemplate } from '../../domain/deployment/stack-template.ts';
import { describeStack, getTemplate, listStackResources } from '../../io/cloudformation.ts';
import type { Deployment, DeploymentContext } from './deployment-context.ts';
import { type Finding, unknown } from './run-check.ts';

/** A stack, and what could not be read of it. */
export interface ReadDeployment {
  readonly deployment: Deployment;
  readonly unseen: readonly Finding[];
}

/**
 * Reads what a stack has deployed, and the template it was deployed with.
 * @returns null where there is no such stack
 * @throws where its status or its resources cannot be read
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
    return { deployment: { status, facts, template }, unseen: [] };
  } catch (error) {
    const { message, ...unseen } = unknown(context, 'stack', error);
    const without = `${message}: rules, queues, functions and roles are not compared with the template`;
    return {
      deployment: { status, facts, template: null },
      unseen: [{ ...unseen, message: without }],
    };
  }
}
