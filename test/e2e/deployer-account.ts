import { CloudFormationClient, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { forceMfaInline } from '../../functions/domain/rules/force-mfa.ts';
import { describeStack } from '../../functions/io/cloudformation.ts';
import { createManagementTrail } from '../../infra/local/gaps.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { NoEmulator, startMoto } from '../../infra/local/moto.ts';
import { createDenyGroup } from '../../infra/local/quirks.ts';
import { startTrail } from '../../infra/local/trail.ts';
import { ask } from '../integration/policy/evaluator.ts';
import { type CalledRight, calledRight } from './called-right.ts';
import { type Answer, type Call, errorAnswer, FORM, startProxy } from './proxy.ts';

const STACK = 'iam-mfa-enforcer-prod';
const OWN_ARN = 'arn:aws:iam::123456789012:user/deployer';
const POLICY_ARN = 'arn:aws:iam::123456789012:policy/ForceMFA';

/** An account without functions, and a deployer whose calls go through a proxy. */
export interface DeployerAccount {
  readonly endpoint: string;
  /** The deployer's access key, with which STS names an IAM user. */
  readonly env: Readonly<Record<string, string>>;
  /** What the deployer has called, as IAM sees the calls. */
  calls: CalledRight[];
  /** The action that AWS denies to the deployer, or none. */
  denied: string;
  /** The deployer's policy, as IAM simulates it. */
  policy: object;
  /** Blocks erin by policy, frank by group and hugo inline. moto has no permissions boundaries of users. */
  blockUsers(): Promise<void>;
  /** Status of the stack; null where there is none. */
  stackStatus(): Promise<string | null>;
  stop(): Promise<void>;
}

/** Whether a policy allows a call, by an evaluator that knows nothing of our policies. */
export function judge({ action, resource, context }: CalledRight, policy: object) {
  const identityPolicies = [policy];
  const resourceAccount = '123456789012';
  return ask({ principal: OWN_ARN, action, resource, context, identityPolicies, resourceAccount });
}

/**
 * Starts the account. Without an emulator the tests are skipped with a message, and with CI set they fail.
 * @param policy of the deployer
 */
export async function startDeployerAccount(policy: object): Promise<DeployerAccount | null> {
  try {
    return await start(policy);
  } catch (error) {
    if (!(error instanceof NoEmulator) || process.env.CI) throw error;
    process.stderr.write(`\nEND-TO-END TESTS SKIPPED: ${error.message}\n\n`);
    return null;
  }
}

async function start(policy: object): Promise<DeployerAccount> {
  const moto = await startMoto();
  const trail = await startTrail(moto.endpoint);
  const iam = localClient(IAMClient, moto.endpoint);
  const cloudFormation = localClient(CloudFormationClient, moto.endpoint);
  await createManagementTrail(moto.endpoint);
  await createDenyGroup(moto.endpoint, 'ForceMFA');
  for (const UserName of ['deployer', 'dana', 'erin', 'frank', 'hugo']) {
    await iam.send(new CreateUserCommand({ UserName }));
  }
  await iam.send(new CreateAccessKeyCommand({ UserName: 'dana' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'deployer' }));

  const stackStatus = async () => (await describeStack(cloudFormation, STACK))?.status ?? null;
  const isInReview = async () => (await stackStatus()) === 'REVIEW_IN_PROGRESS';
  // moto makes a second stack of the same name where CloudFormation continues with the one in review.
  const forgetReviewedStack = async () => {
    if (!(await isInReview())) return;
    await cloudFormation.send(new DeleteStackCommand({ StackName: STACK }));
  };
  const proxy = await startProxy(trail.endpoint, async (call, pass) => {
    if (call.action === account.denied) return denial(call);
    if (call.action === 'iam:SimulatePrincipalPolicy') return simulate(call, account.policy);
    if (call.action === 'cloudformation:CreateChangeSet') await forgetReviewedStack();
    const answer = await pass();
    // GetCallerIdentity needs no right.
    if (call.action !== 'sts:GetCallerIdentity')
      account.calls.push(await calledRight(call, answer));
    return answer;
  });
  const account: DeployerAccount = {
    endpoint: proxy.endpoint,
    env: {
      AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
    },
    calls: [],
    denied: '',
    policy,
    blockUsers: async () => {
      const PolicyDocument = JSON.stringify(forceMfaInline('aws', 'console'));
      await iam.send(new AttachUserPolicyCommand({ UserName: 'erin', PolicyArn: POLICY_ARN }));
      await iam.send(new AddUserToGroupCommand({ UserName: 'frank', GroupName: 'ForceMFA' }));
      const inline = { UserName: 'hugo', PolicyName: 'ForceMFA', PolicyDocument };
      await iam.send(new PutUserPolicyCommand(inline));
    },
    stackStatus,
    stop: async () => {
      for (const client of [iam, cloudFormation]) client.destroy();
      for (const one of [proxy, trail, moto]) await one.stop();
    },
  };
  return account;
}

function denial(call: Call): Answer {
  const message = `User: ${OWN_ARN} is not authorized to perform: ${call.action} because no identity-based policy allows the ${call.action} action`;
  const isQuery = String(call.headers['content-type'] ?? '').startsWith(FORM);
  return errorAnswer(call, isQuery ? 403 : 400, 'AccessDenied', message);
}

/** Answers in place of IAM's policy simulator, which moto lacks. */
export async function simulate({ body }: Call, policy: object): Promise<Answer> {
  const form = new URLSearchParams(body);
  const all = (pattern: RegExp) =>
    [...form].filter(([key]) => pattern.test(key)).map(([, value]) => value);
  const keys = all(/^ContextEntries\.member\.\d+\.ContextKeyName$/);
  const values = all(/^ContextEntries\.member\.\d+\.ContextKeyValues\.member\.1$/);
  const context = Object.fromEntries(keys.map((key, index) => [key, values[index] ?? '']));
  const [resource = '*'] = all(/^ResourceArns\.member\.1$/);
  const results = all(/^ActionNames\.member\.\d+$/).map(async (action) => {
    const verdict = await judge({ action, resource, context }, policy);
    const decision = verdict === 'allowed' ? 'allowed' : 'implicitDeny';
    return `<member><EvalActionName>${action}</EvalActionName><EvalDecision>${decision}</EvalDecision></member>`;
  });
  const list = (await Promise.all(results)).join('');
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>${list}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
  };
}
