import {
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { needs } from './needs.ts';

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

/** The state of what brings a queue's messages to a function, or null where it does not exist. */
export const getEventSourceMapping = needs(
  ['lambda:GetEventSourceMapping'],
  async (lambda: LambdaClient, uuid: string): Promise<{ readonly state: string } | null> => {
    try {
      const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      return { state: State ?? 'unknown' };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  },
);

/** Stops a function from receiving a queue's messages. They stay in the queue. */
export const disableEventSourceMapping = needs(
  ['lambda:UpdateEventSourceMapping'],
  async (lambda: LambdaClient, uuid: string): Promise<void> => {
    try {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: false }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  },
);

/** Starts a function, and does not wait for its end. */
export const startFunction = needs(
  ['lambda:InvokeFunction'],
  async (lambda: LambdaClient, name: string): Promise<void> => {
    await lambda.send(new InvokeCommand({ FunctionName: name, InvocationType: 'Event' }));
  },
);

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
