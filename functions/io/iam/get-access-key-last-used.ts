import { GetAccessKeyLastUsedCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** When and for what an access key was last used. */
export interface LastUse {
  readonly at: Date;
  /** The service's namespace, such as "s3". */
  readonly service: string;
  readonly region: string;
}

/** The last use of an access key, or null where IAM knows of none. IAM notes it within about 15 minutes. */
export const getAccessKeyLastUsed = needs(
  ['iam:GetAccessKeyLastUsed'],
  async (iam: IAMClient, key: string): Promise<LastUse | null> => {
    const { AccessKeyLastUsed } = await iam.send(
      new GetAccessKeyLastUsedCommand({ AccessKeyId: key }),
    );
    const { LastUsedDate, ServiceName = '', Region = '' } = AccessKeyLastUsed ?? {};
    return LastUsedDate ? { at: LastUsedDate, service: ServiceName, region: Region } : null;
  },
);
