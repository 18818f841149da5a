import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  type STSClient,
} from '@aws-sdk/client-sts';
import { needs } from './needs.ts';

/** A session of a role, until it expires. */
export interface RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  /** The account that the session is in, 12 digits: of the assumed role's ARN, as STS answers it. */
  readonly account: string;
}

/**
 * Assumes a role for an hour: what one role gets of another lasts no longer (STS, "role chaining").
 * @param sessionName says in the other account's CloudTrail who it was
 */
export const assumeRole = needs(
  ['sts:AssumeRole'],
  async (sts: STSClient, roleArn: string, sessionName: string): Promise<RoleSession> => {
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: 3600,
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    const account = AssumedRoleUser?.Arn?.split(':')[4];
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !account) {
      throw new Error(`AssumeRole answered without a session of ${roleArn}`);
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
      account,
    };
  },
);

// The shortest that STS gives (STS API reference, GetSessionToken).
const SHORTEST_SECONDS = 900;

/**
 * A session of the calling user that is authenticated with MFA. It needs no permission (STS API reference).
 * @param sts a client with the user's access key
 * @param serial of the user's device
 * @param code of the device. AWS takes each code once
 */
export const getMfaSession = needs(
  [],
  async (
    sts: STSClient,
    serial: string,
    code: string,
  ): Promise<Omit<RoleSession, 'expiration' | 'account'>> => {
    const { Credentials } = await sts.send(
      new GetSessionTokenCommand({
        SerialNumber: serial,
        TokenCode: code,
        DurationSeconds: SHORTEST_SECONDS,
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
      throw new Error('GetSessionToken answered without a session');
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
  },
);

/** Who the caller is, and in which account. It needs no permission (STS API reference). */
export const getCallerIdentity = needs(
  [],
  async (sts: STSClient): Promise<{ account: string; arn: string }> => {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    if (!Account || !Arn) throw new Error('GetCallerIdentity answered without an account');
    return { account: Account, arn: Arn };
  },
);
