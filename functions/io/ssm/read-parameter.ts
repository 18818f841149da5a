import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { needs } from '../needs.ts';

export interface Parameter {
  readonly type: string;
  readonly value: string;
}

/** An SSM parameter with its decrypted value, or null where it does not exist. */
export const readParameter = needs(
  ['ssm:GetParameter'],
  async (ssm: SSMClient, name: string): Promise<Parameter | null> => {
    try {
      const { Parameter } = await ssm.send(
        new GetParameterCommand({ Name: name, WithDecryption: true }),
      );
      return { type: Parameter?.Type ?? '', value: Parameter?.Value ?? '' };
    } catch (error) {
      if (error instanceof ParameterNotFound) return null;
      throw error;
    }
  },
);
