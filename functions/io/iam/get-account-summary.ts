import { GetAccountSummaryCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

export interface AccountSummary {
  readonly users: number;
  readonly rootHasMfa: boolean;
}

/** The account's number of users and whether its root user has MFA. */
export const getAccountSummary = needs(
  ['iam:GetAccountSummary'],
  async (iam: IAMClient): Promise<AccountSummary> => {
    const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
    const users = SummaryMap?.Users;
    const rootMfa = SummaryMap?.AccountMFAEnabled;
    if (users === undefined || rootMfa === undefined) {
      throw new Error('GetAccountSummary answered without Users or AccountMFAEnabled');
    }
    return { users, rootHasMfa: rootMfa === 1 };
  },
);
