import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Reason } from '../../../events/outcome.ts';
import {
  BadSpoke,
  probeRole,
  readRole,
  reviewRole,
  spokeSettings,
} from '../../domain/accounts/spoke.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { listRoleTags } from '../../io/iam-policies.ts';
import { assumeRole, type RoleSession } from '../../io/sts.ts';

/** The dependencies of sessions in other accounts. */
export interface SpokeSessions {
  readonly sts: STSClient;
  /** Creates a client that asks for credentials when it has none, or when they are about to expire. */
  readonly iamWith: (credentials: () => Promise<RoleSession>) => IAMClient;
  /** The hub's settings: a spoke's policies, group and roles have the same names. */
  readonly hub: Settings;
  /** Which of a spoke's roles is assumed. */
  readonly role: 'review' | 'read' | 'probe';
  /** Names the caller in the spoke's CloudTrail. */
  readonly sessionName: string;
}

/**
 * A client with a session of a spoke's role. Each session is checked to be in the spoke's account. The SDK renews a session
 * five minutes before it expires. A call throws AccountUnreachable if no session can be created.
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
 * The settings of a spoke's account, from the tags of its role.
 * @param iam the spoke's client
 * @throws AccountUnreachable without a session or with invalid tags; the error of a failed call
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

const roleNames = { review: reviewRole, read: readRole, probe: probeRole } as const;

function roleOf({ hub, role }: SpokeSessions): string {
  const policyName = hub.policyArn.split('/').at(-1) ?? '';
  return roleNames[role](policyName);
}

/** The users of an account cannot be read: its role cannot be assumed, or the role's tags have invalid values. */
export class AccountUnreachable extends Error {
  override readonly name = 'AccountUnreachable';
  /** 12 digits. */
  readonly account: string;
  /** A code to match on, as in an outcome's reason: role-not-assumable, account-wrong, spoke-wrong or other. */
  readonly code: string;
  /** What is wrong, without the account. */
  readonly why: string;

  constructor(account: string, code: string, why: string, cause?: unknown) {
    super(`account ${account}: ${why}`, { cause });
    this.account = account;
    this.code = code;
    this.why = why;
  }
}

/** The same for whatever made it fail. */
export function unreachable(account: string, roleArn: string, error: unknown): AccountUnreachable {
  if (error instanceof AccountUnreachable) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'AccessDenied' || name === 'AccessDeniedException') {
    const why = `the role ${roleArn} cannot be assumed: it does not exist or does not trust this hub`;
    return new AccountUnreachable(account, 'role-not-assumable', why, error);
  }
  return new AccountUnreachable(account, 'other', `${name}: ${message}`, error);
}

/** The reason of a failure in an account, as outcomes and the records of sweeps state it. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof AccountUnreachable) return { code: error.code, text: error.why };
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { code: 'other', text: `${name}: ${message}` };
}
