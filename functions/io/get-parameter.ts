import type { SSMClient } from '@aws-sdk/client-ssm';
import { needs } from './needs.ts';
import { readParameter } from './ssm/read-parameter.ts';

/**
 * The decrypted value of an SSM parameter. Under a customer-managed key, Parameter Store decrypts with the caller's
 * own right to the key (Parameter Store User Guide, "AWS KMS encryption for SecureString parameters").
 * @throws Error that says how to store it where it does not exist
 */
export const getParameter = needs(['kms:Decrypt'], async (ssm: SSMClient, name: string) => {
  const parameter = await readParameter(ssm, name);
  if (parameter === null) {
    throw new Error(
      `SSM parameter ${name} does not exist. Store the Slack webhook there: ` +
        `aws ssm put-parameter --type SecureString --name ${name} --value file://webhook.txt`,
    );
  }
  if (parameter.value === '') throw new Error(`SSM parameter ${name} is empty`);
  return parameter.value;
});
