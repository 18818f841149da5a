import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  paginateDescribeParameters,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { needs } from './needs.ts';

/**
 * The decrypted value of an SSM parameter. Under a customer-managed key, Parameter Store decrypts with the caller's
 * own right to the key (Parameter Store User Guide, "AWS KMS encryption for SecureString parameters").
 * @throws Error that says how to store it where it does not exist or is empty
 */
export const getParameter = needs(['kms:Decrypt'], async (ssm: SSMClient, name: string) => {
  const parameter = await readParameter(ssm, name);
  if (parameter === null) {
    throw new Error(`SSM parameter ${name} does not exist. ${howToStore(name)}`);
  }
  if (parameter.value === '')
    throw new Error(`SSM parameter ${name} is empty. ${howToStore(name, ' --overwrite')}`);
  return parameter.value;
});

function howToStore(name: string, overwrite = ''): string {
  return (
    'Store the Slack webhook there: ' +
    `aws ssm put-parameter --type SecureString --name ${name} --value file://webhook.txt${overwrite}`
  );
}

/** What an SSM parameter is, without its value. */
interface Described {
  readonly type: string;
  /** The KMS key of a SecureString: an alias, an id or an ARN. */
  readonly keyId: string | null;
}

/** What an SSM parameter is, without its value; null where it does not exist. */
export const describeParameter = needs(
  ['ssm:DescribeParameters'],
  async (ssm: SSMClient, name: string): Promise<Described | null> => {
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
    // A page may be empty and not the last one (SSM API reference).
    for await (const page of paginateDescribeParameters({ client: ssm }, { ParameterFilters })) {
      const found = page.Parameters?.[0];
      if (found) return { type: found.Type ?? '', keyId: found.KeyId ?? null };
    }
    return null;
  },
);

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

/**
 * Stores a secret as a SecureString. It replaces the value of an existing one.
 * @param keyId the KMS key of the existing one; null for the account's key of Parameter Store
 */
export const putSecret = needs(
  ['ssm:PutParameter'],
  async (ssm: SSMClient, name: string, value: string, keyId: string | null): Promise<void> => {
    const key = keyId === null ? {} : { KeyId: keyId };
    const type = { Type: 'SecureString' as const, ...key };
    await ssm.send(new PutParameterCommand({ Name: name, Value: value, Overwrite: true, ...type }));
  },
);

/**
 * Stores a text as a String. It replaces the value of an existing one. Parameter Store takes the advanced tier, which has
 * a price, only for more than 4 KB (Parameter Store User Guide, "Intelligent-Tiering").
 */
export const putText = needs(
  ['ssm:PutParameter'],
  async (ssm: SSMClient, name: string, value: string): Promise<void> => {
    const kind = { Type: 'String', Tier: 'Intelligent-Tiering' } as const;
    await ssm.send(new PutParameterCommand({ Name: name, Value: value, Overwrite: true, ...kind }));
  },
);
