import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { needs } from './needs.ts';

export interface StackSummary {
  readonly status: string;
  /** Every parameter of the template, as deployed. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A stack's status and parameters, or null if there is no such stack. */
export const describeStack = needs(
  ['cloudformation:DescribeStacks'],
  async (cloudFormation: CloudFormationClient, name: string): Promise<StackSummary | null> => {
    try {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
      const stack = Stacks?.[0];
      if (!stack?.StackStatus) throw new Error(`DescribeStacks answered without ${name}`);
      const parameters = (stack.Parameters ?? []).map(
        ({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue] as const,
      );
      return { status: stack.StackStatus, parameters: Object.fromEntries(parameters) };
    } catch (error) {
      // CloudFormation has no error code for a missing stack: it answers ValidationError with this message.
      if (error instanceof Error && / does not exist$/.test(error.message)) return null;
      throw error;
    }
  },
);

/**
 * The template that a stack was last deployed with, parsed.
 * @throws if it is not JSON: then another tool deployed it
 */
export const getTemplate = needs(
  ['cloudformation:GetTemplate'],
  async (cloudFormation: CloudFormationClient, name: string): Promise<unknown> => {
    const { TemplateBody } = await cloudFormation.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
    );
    try {
      return JSON.parse(TemplateBody ?? '') as unknown;
    } catch {
      throw new Error(`The template of ${name} is not JSON: another tool deployed it`);
    }
  },
);

export interface StackResource {
  readonly type: string;
  readonly physicalId: string;
}

/** The resources of a stack: logical ID → type and physical ID. It includes resources that were deleted outside the stack. */
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
