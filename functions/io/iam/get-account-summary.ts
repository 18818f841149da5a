import { GetAccountSummaryCommand, type IAMClient } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

export interface AccountSummary {
  readonly users: number;
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
    return { users, rootHasMfa: rootMfa === 1, policiesPerUser, groupsPerUser };
  },
);
