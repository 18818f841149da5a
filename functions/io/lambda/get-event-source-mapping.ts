import {
  GetEventSourceMappingCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { needs } from '../needs.ts';

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
