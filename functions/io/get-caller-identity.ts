import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { needs } from './needs.ts';

/** Who the caller is, and in which account. It needs no permission (STS API reference). */
export const getCallerIdentity = needs(
  [],
  async (sts: STSClient): Promise<{ account: string; arn: string }> => {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    if (!Account || !Arn) throw new Error('GetCallerIdentity answered without an account');
    return { account: Account, arn: Arn };
  },
);
