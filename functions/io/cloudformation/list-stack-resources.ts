import {
  type CloudFormationClient,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { needs } from '../needs.ts';

export interface StackResource {
  readonly type: string;
  readonly physicalId: string;
}

/** What a stack has deployed: logical id → type and physical id. It tells nothing of what was deleted since. */
export const listStackResources = needs(
  ['cloudformation:ListStackResources'],
  async (
    cloudFormation: CloudFormationClient,
    name: string,
  ): Promise<ReadonlyMap<string, StackResource>> => {
    const resources = new Map<string, StackResource>();
    for await (const page of paginateListStackResources(
      { client: cloudFormation },
      { StackName: name },
    )) {
      for (const one of page.StackResourceSummaries ?? []) {
        const { LogicalResourceId, ResourceType = '', PhysicalResourceId = '' } = one;
        if (!LogicalResourceId || PhysicalResourceId === '') continue;
        resources.set(LogicalResourceId, { type: ResourceType, physicalId: PhysicalResourceId });
      }
    }
    return resources;
  },
);
