import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import { BadSpoke, readRole, reviewRole, spokeSettings } from '../../domain/accounts/spoke.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { listRoleTags } from '../../io/iam-policies.ts';
import { assumeRole, type RoleSession } from '../../io/sts.ts';
import { AccountUnreachable, unreachable } from './account-unreachable.ts';

/** What sessions in other accounts are opened with. */
export interface SpokeSessions {
  readonly sts: STSClient;
  /** Makes a client that asks for credentials when it has none, or they are about to end. */
  readonly iamWith: (credentials: () => Promise<RoleSession>) => IAMClient;
  /** The hub's settings: a spoke's policies, group and roles are named alike. */
  readonly hub: Settings;
  /** Which of a spoke's roles is assumed. */
  readonly role: 'review' | 'read';
  /** Says in the spoke's CloudTrail who it was. */
  readonly sessionName: string;
}

/**
 * A client that acts in a spoke's account under its role. Each session is checked to be in that account; the SDK
 * renews one five minutes before it ends. A call throws AccountUnreachable where there is no session to be had.
 * @param account 12 digits
 */
export function spokeClient(sessions: SpokeSessions, account: string): IAMClient {
  const { sts, iamWith, hub, sessionName } = sessions;
  const roleArn = `arn:${hub.policyArn.split(':')[1]}:iam::${account}:role/${roleOf(sessions)}`;
  return iamWith(async () => {
    const session = await assumeRole(sts, roleArn, sessionName).catch((error: unknown) => {
      throw unreachable(account, roleArn, error);
    });
    if (session.account === account) return session;
    const why = `the session of ${roleArn} is in account ${session.account}`;
    throw new AccountUnreachable(account, 'account-wrong', why);
  });
}

/**
 * How a spoke's account is managed, as the tags of its role say now.
 * @param iam the spoke's client
 * @throws AccountUnreachable where there is no session, or the tags say what cannot be; whatever else the call throws
 */
export async function readSpokeSettings(
  sessions: SpokeSessions,
  account: string,
  iam: IAMClient,
): Promise<Settings> {
  const role = roleOf(sessions);
  try {
    return spokeSettings(sessions.hub, account, role, await listRoleTags(iam, role));
  } catch (error) {
    if (!(error instanceof BadSpoke)) throw error;
    throw new AccountUnreachable(account, 'spoke-wrong', error.message, error);
  }
}

function roleOf({ hub, role }: SpokeSessions): string {
  const policyName = hub.policyArn.split('/').at(-1) ?? '';
  return role === 'review' ? reviewRole(policyName) : readRole(policyName);
}
