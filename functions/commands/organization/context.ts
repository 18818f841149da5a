import type { DeploymentContext } from '../../pipeline/doctor/check.ts';
import {
  connectToDeployment,
  type DeploymentOptions,
  refuseOtherRegion,
} from '../connect-deployment.ts';
import type { Terminal } from '../terminal.ts';

/** Options that every command has. The stack is the hub's. */
export interface CommonOptions extends DeploymentOptions {
  readonly stackSet: string;
}

/** The hub's deployment and the stack set of the spokes. It is passed in, so that a test can replace it. */
export interface Context extends DeploymentContext {
  readonly terminal: Terminal;
  readonly stackSet: string;
}

/**
 * Connects to the hub's account, in the Region where IAM's events are delivered.
 * @throws Refused for another Region
 */
export async function connect(terminal: Terminal, options: CommonOptions): Promise<Context> {
  const context = await connectToDeployment(terminal, options);
  refuseOtherRegion(context);
  return { ...context, terminal, stackSet: options.stackSet };
}
