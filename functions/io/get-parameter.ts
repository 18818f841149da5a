import type { SSMClient } from '@aws-sdk/client-ssm';
import { readParameter } from './ssm/read-parameter.ts';

/**
 * The decrypted value of an SSM parameter.
 * @throws Error that says how to store it where it does not exist
 */
export async function getParameter(ssm: SSMClient, name: string): Promise<string> {
  const parameter = await readParameter(ssm, name);
  if (parameter === null) {
    throw new Error(
      `SSM parameter ${name} does not exist. Store the Slack webhook there: ` +
        `aws ssm put-parameter --type SecureString --name ${name} --value <webhook URL>`,
    );
  }
  if (parameter.value === '') throw new Error(`SSM parameter ${name} is empty`);
  return parameter.value;
}
