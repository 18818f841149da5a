import { GetFunctionConcurrencyCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { needs } from '../needs.ts';

/** How many copies of a function may run at once, or null where none are reserved. 0 switches it off. */
export const getReservedConcurrency = needs(
  ['lambda:GetFunctionConcurrency'],
  async (lambda: LambdaClient, name: string): Promise<number | null> => {
    const { ReservedConcurrentExecutions } = await lambda.send(
      new GetFunctionConcurrencyCommand({ FunctionName: name }),
    );
    return ReservedConcurrentExecutions ?? null;
  },
);
