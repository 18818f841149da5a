import { paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import { needs } from '../needs.ts';

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
