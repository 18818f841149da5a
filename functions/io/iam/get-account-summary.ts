import { GetAccountSummaryCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

export interface AccountSummary {
  readonly users: number;
  /** Or no credentials at all. */
  readonly rootHasMfa: boolean;
  /** Managed policies that may be attached to a user. */
  readonly policiesPerUser: number;
  /** Groups that a user may be in. */
  readonly groupsPerUser: number;
}

/** The account's number of users, whether its root user has MFA, and its quotas. */
export const getAccountSummary = needs(
  ['iam:GetAccountSummary'],
  async (iam: IAMClient): Promise<AccountSummary> => {
    const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
    const users = SummaryMap?.Users;
    const rootMfa = SummaryMap?.AccountMFAEnabled;
    const policiesPerUser = SummaryMap?.AttachedPoliciesPerUserQuota;
    const groupsPerUser = SummaryMap?.GroupsPerUserQuota;
    if (
      users === undefined ||
      rootMfa === undefined ||
      policiesPerUser === undefined ||
      groupsPerUser === undefined
    ) {
      throw new Error('GetAccountSummary answered without users, root MFA or quotas');
    }
    // Centralized root access takes the root user's credentials away: then there is nothing to protect.
    const rootCannotSignIn =
      SummaryMap?.AccountPasswordPresent === 0 && SummaryMap.AccountAccessKeysPresent === 0;
    const rootHasMfa = rootMfa === 1 || rootCannotSignIn;
    return { users, rootHasMfa, policiesPerUser, groupsPerUser };
  },
);
