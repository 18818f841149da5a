import { paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import { needs } from '../needs.ts';

/** What an SSM parameter is, without its value; null where it does not exist. */
export const describeParameter = needs(
  ['ssm:DescribeParameters'],
  async (ssm: SSMClient, name: string): Promise<{ readonly type: string } | null> => {
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
    // A page may be empty and not the last one (SSM API reference).
    for await (const page of paginateDescribeParameters({ client: ssm }, { ParameterFilters })) {
      const found = page.Parameters?.[0];
      if (found) return { type: found.Type ?? '' };
    }
    return null;
  },
);
