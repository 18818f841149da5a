import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { needs } from '../needs.ts';

export interface StackSummary {
  readonly status: string;
  /** Every parameter of the template, as deployed. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A stack's status and parameters, or null where there is no such stack. */
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
      // CloudFormation has no error of its own for a stack that is not there.
      if (error instanceof Error && / does not exist$/.test(error.message)) return null;
      throw error;
    }
  },
);
