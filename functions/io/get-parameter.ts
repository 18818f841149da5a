import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { needs } from './needs.ts';

/**
 * The decrypted value of an SSM parameter.
 * @throws Error that says how to store it where it does not exist
 */
export const getParameter = needs(
  ['ssm:GetParameter'],
  async (ssm: SSMClient, name: string): Promise<string> => {
    try {
      const { Parameter } = await ssm.send(
        new GetParameterCommand({ Name: name, WithDecryption: true }),
      );
      if (!Parameter?.Value) throw new Error(`SSM parameter ${name} is empty`);
      return Parameter.Value;
    } catch (error) {
      if (!(error instanceof ParameterNotFound)) throw error;
      throw new Error(
        `SSM parameter ${name} does not exist. Store the Slack webhook there: ` +
          `aws ssm put-parameter --type SecureString --name ${name} --value <webhook URL>`,
      );
    }
  },
);
