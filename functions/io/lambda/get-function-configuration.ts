import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { needs } from '../needs.ts';

export interface FunctionConfiguration {
  readonly state: string;
  readonly lastUpdate: string;
  /** Why it is in that state, in AWS's words. */
  readonly reason: string | null;
  readonly role: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** How a function is configured, and whether it can run; null where it does not exist. */
export const getFunctionConfiguration = needs(
  ['lambda:GetFunctionConfiguration'],
  async (lambda: LambdaClient, name: string): Promise<FunctionConfiguration | null> => {
    try {
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      return {
        state: found.State ?? 'unknown',
        lastUpdate: found.LastUpdateStatus ?? 'unknown',
        reason: found.StateReason ?? found.LastUpdateStatusReason ?? null,
        role: found.Role ?? '',
        variables: found.Environment?.Variables ?? {},
      };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  },
);
