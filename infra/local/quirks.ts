import {
  CloudFormationClient,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CreateGroupCommand,
  DeletePolicyCommand,
  GetRoleCommand,
  IAMClient,
  NoSuchEntityException,
  PutGroupPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { forceMfaPolicy } from '../../functions/domain/rules/force-mfa.ts';
import { type LocalCredentials, localClient } from './local-client.ts';

/** Creates the deny group, because moto's CloudFormation creates no IAM groups. @param name the name of the policy */
export async function createDenyGroup(
  moto: string,
  name: string,
  credentials?: LocalCredentials,
): Promise<void> {
  const iam = localClient(IAMClient, moto, credentials);
  await iam.send(new CreateGroupCommand({ GroupName: name }));
  const PolicyDocument = JSON.stringify(forceMfaPolicy('aws', 'console'));
  await iam.send(new PutGroupPolicyCommand({ GroupName: name, PolicyName: name, PolicyDocument }));
  iam.destroy();
}

/**
 * Refuses AssumeRole for a role that does not exist: moto allows it, and STS answers AccessDenied.
 * @param body the call, application/x-www-form-urlencoded
 * @returns STS's answer if STS would refuse the call, else null
 */
export async function refusalOf(body: string, moto: URL): Promise<string | null> {
  const call = new URLSearchParams(body);
  if (call.get('Action') !== 'AssumeRole') return null;
  const RoleArn = call.get('RoleArn') ?? '';
  if (await exists(moto.origin, RoleArn)) return null;
  const message = `User is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
  return (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>' +
    `<Code>AccessDenied</Code><Message>${message}</Message></Error><RequestId>local</RequestId></ErrorResponse>`
  );
}

/** SES's answer to GetAccount, which moto does not know: the account is not in the sandbox. @returns null for another call */
export function mailAccountAnswer(path: string): string | null {
  if (path !== '/v2/email/account') return null;
  return JSON.stringify({ SendingEnabled: true, ProductionAccessEnabled: true });
}

/** SES's answer about an identity: moto sends from each identity that it has, and says that none is verified. */
export function asVerified(path: string, answer: Buffer): Buffer {
  if (!path.startsWith('/v2/email/identities/')) return answer;
  const identity = JSON.parse(answer.toString()) as object;
  return Buffer.from(JSON.stringify({ ...identity, VerifiedForSendingStatus: true }));
}

/**
 * IAM's answer to a call that moto does not know. No service-specific credential can exist there, as none can be created.
 * @param body the call, application/x-www-form-urlencoded
 * @returns null for a call that moto answers
 */
export function answerOf(body: string): string | null {
  if (new URLSearchParams(body).get('Action') !== 'ListServiceSpecificCredentials') return null;
  return (
    '<ListServiceSpecificCredentialsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">' +
    '<ListServiceSpecificCredentialsResult><ServiceSpecificCredentials/><IsTruncated>false</IsTruncated>' +
    '</ListServiceSpecificCredentialsResult></ListServiceSpecificCredentialsResponse>'
  );
}

/** IAM's answer with the time of a credential report: moto makes it at the call, and says 2015. */
export function generatedNow(answer: Buffer, now: Date): Buffer {
  const text = answer.toString();
  if (!text.includes('<GetCredentialReportResult>')) return answer;
  const time = `<GeneratedTime>${now.toISOString()}</GeneratedTime>`;
  return Buffer.from(text.replace(/<GeneratedTime>[^<]*<\/GeneratedTime>/, time));
}

async function exists(moto: string, RoleArn: string): Promise<boolean> {
  const sts = localClient(STSClient, moto);
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'look' }),
  );
  sts.destroy();
  const iam = localClient(IAMClient, moto, {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: 'local',
  });
  try {
    await iam.send(new GetRoleCommand({ RoleName: RoleArn.split('/').at(-1) }));
    return true;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return false;
    throw error;
  } finally {
    iam.destroy();
  }
}

/**
 * Has moto work out a stack's outputs, which it does for UpdateStack, but not for a change set.
 * @param stack its name
 */
export async function showOutputs(moto: string, stack: string): Promise<void> {
  const cloudFormation = localClient(CloudFormationClient, moto);
  await cloudFormation.send(
    new UpdateStackCommand({
      StackName: stack,
      UsePreviousTemplate: true,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  cloudFormation.destroy();
}

/**
 * Deletes the policies of a stack that is deleted: moto keeps them.
 * @param stack its name or ARN, before the deletion
 * @returns what deletes them, after the deletion
 */
export async function policiesOf(moto: string, stack: string): Promise<() => Promise<void>> {
  const cloudFormation = localClient(CloudFormationClient, moto);
  const { Stacks } = await cloudFormation
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch(() => ({ Stacks: [] }));
  cloudFormation.destroy();
  const name = Stacks?.[0]?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'PolicyName');
  const account = Stacks?.[0]?.StackId?.split(':')[4];
  return async () => {
    if (name === undefined) return;
    const iam = localClient(IAMClient, moto);
    for (const ending of ['', '-boundary']) {
      const PolicyArn = `arn:aws:iam::${account}:policy/${name.ParameterValue}${ending}`;
      await iam.send(new DeletePolicyCommand({ PolicyArn })).catch(() => undefined);
    }
    iam.destroy();
  };
}
