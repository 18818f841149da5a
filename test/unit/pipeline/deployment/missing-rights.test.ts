import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  GetRoleCommand,
  IAMClient,
  type SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeployerCommand } from '../../../../functions/domain/deployment/deployer-rights.ts';
import { checkRights } from '../../../../functions/pipeline/deployment/missing-rights.ts';

const ALONE = 'deployer-policy.json';
const ORGANIZATION = 'deployer-policy-organization.json';
const folder = mkdtempSync(join(tmpdir(), 'rights-'));
for (const file of [ALONE, ORGANIZATION]) copyFileSync(`infra/${file}`, join(folder, file));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const USER = 'arn:aws:iam::111122223333:user/dana';
const names = {
  partition: 'aws',
  account: '111122223333',
  region: 'us-east-1',
  stack: 'iam-mfa-enforcer-prod',
  policyName: 'ForceMFA',
  bucket: 'mfa-enforcer-111122223333-us-east-1',
  webhookParameter: '/mfa-enforcer/slack-webhook',
};

type Result = Readonly<Record<string, unknown>>;

/** Checks the rights of a caller. @param judge what IAM says of an action; undefined allows it */
async function check(
  judge: (action: string, input: SimulatePrincipalPolicyCommandInput) => Result | undefined,
  {
    caller = USER,
    command = 'deploy' as DeployerCommand,
    isHub = false,
    release = pathToFileURL(`${folder}/`),
  } = {},
) {
  const principals = new Set<string>();
  const asked = new Set<string>();
  const iam = new IAMClient({ region: 'us-east-1' });
  const send = async (command: GetRoleCommand | SimulatePrincipalPolicyCommand) => {
    if (command instanceof GetRoleCommand) {
      return { Role: { Arn: 'arn:aws:iam::111122223333:role/sso/Admin' } };
    }
    const simulated = command.input;
    principals.add(simulated.PolicySourceArn ?? '');
    const EvaluationResults = (simulated.ActionNames ?? []).map((action) => {
      asked.add(action);
      return { EvalActionName: action, EvalDecision: 'allowed', ...judge(action, simulated) };
    });
    return { EvaluationResults };
  };
  Object.assign(iam, { send });
  const describeError = (error: unknown) => `described: ${(error as Error).message}`;
  const checked = await checkRights(
    { caller, clients: { iam } as never, describe: describeError },
    { command, names, isHub, unused: [] },
    release,
  );
  return { ...checked, principals: [...principals], asked };
}

const lacking =
  (...actions: readonly string[]) =>
  (action: string) =>
    actions.includes(action) ? { EvalDecision: 'implicitDeny' } : undefined;

describe('a check of the caller’s rights', () => {
  it('finds nothing missing where IAM allows everything', async () => {
    const { missing, unknown, simulated, principals } = await check(() => undefined);
    expect({ missing, unknown, principals }).toEqual({
      missing: [],
      unknown: null,
      principals: [USER],
    });
    expect(simulated).toBeGreaterThan(100);
  });

  it('names every missing right at once, with the policy that grants them', async () => {
    const { missing, denied, policy } = await check(lacking('s3:PutObject', 'iam:CreateRole'));
    expect({ missing, denied }).toEqual({
      missing: ['iam:CreateRole', 's3:PutObject'],
      denied: [],
    });
    expect(policy).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Code',
          Effect: 'Allow',
          Action: ['s3:PutObject'],
          Resource: ['arn:aws:s3:::mfa-enforcer-111122223333-us-east-1/*'],
        },
        {
          Sid: 'Roles',
          Effect: 'Allow',
          Action: ['iam:CreateRole'],
          Resource: ['arn:aws:iam::*:role/iam-mfa-enforcer-prod*'],
        },
      ],
    });
  });

  it('names a right once that is missing for one of several resources', async () => {
    const { missing } = await check((action, { ResourceArns: [arn = ''] = [] }) =>
      action === 'iam:CreatePolicy' && arn.endsWith('-boundary')
        ? { EvalDecision: 'implicitDeny' }
        : undefined,
    );
    expect(missing).toEqual(['iam:CreatePolicy']);
    const both = await check(lacking('iam:CreatePolicy'));
    expect(both.missing).toEqual(['iam:CreatePolicy']);
  });

  it('says which rights a policy denies', async () => {
    const { missing, denied } = await check((action) =>
      action === 'iam:PassRole' ? { EvalDecision: 'explicitDeny' } : lacking('iam:GetRole')(action),
    );
    expect({ missing, denied }).toEqual({
      missing: ['iam:GetRole', 'iam:PassRole'],
      denied: ['iam:PassRole'],
    });
  });

  it('does not call a right missing whose condition only the real call can meet', async () => {
    const { missing, denied, unknown } = await check((action) =>
      action === 'iam:PassRole' || action === 'iam:CreateRole'
        ? {
            EvalDecision: 'explicitDeny',
            ResourceSpecificResults: [{ MissingContextValues: ['aws:MultiFactorAuthPresent'] }],
          }
        : undefined,
    );
    expect({ missing, denied, unknown }).toEqual({
      missing: [],
      denied: [],
      unknown: 'iam:CreateRole, iam:PassRole: they depend on aws:MultiFactorAuthPresent',
    });
  });

  it('does not trust the simulation of a service control policy', async () => {
    const { missing, unknown } = await check((action) =>
      action === 'iam:CreateRole'
        ? {
            EvalDecision: 'explicitDeny',
            OrganizationsDecisionDetail: { AllowedByOrganizations: false },
            MissingContextValues: ['b', 'a', 'b'],
          }
        : lacking('iam:PassRole')(action),
    );
    expect({ missing, unknown }).toEqual({
      missing: ['iam:PassRole'],
      unknown:
        'iam:CreateRole: they depend on a, b; a service control policy denies them, whose conditions the simulator does not evaluate',
    });
  });

  it('asks about a role where the caller is a session of it', async () => {
    const session = 'arn:aws:sts::111122223333:assumed-role/Admin/dana';
    const { principals } = await check(() => undefined, { caller: session });
    expect(principals).toEqual(['arn:aws:iam::111122223333:role/sso/Admin']);
  });

  it('asks about the organization only in a hub', async () => {
    const alone = await check(() => undefined, { command: 'remove' });
    const hub = await check(() => undefined, { command: 'remove', isHub: true });
    const more = [...hub.asked].filter((action) => !alone.asked.has(action));
    expect(more).toEqual(
      expect.arrayContaining([
        'dynamodb:BatchGetItem',
        'events:RemovePermission',
        'lambda:InvokeFunction',
        'organizations:ListAccounts',
      ]),
    );
    expect([...alone.asked].filter((action) => action.startsWith('organizations:'))).toEqual([]);
  });

  it('of a removal asks about no right to create', async () => {
    const { asked } = await check(() => undefined, { command: 'remove' });
    expect([...asked].filter((action) => /:(Create|Add)/.test(action))).toEqual([]);
  });
});

describe('a check that is not possible', () => {
  const denied = Object.assign(new Error('x'), {
    name: 'AccessDenied',
    command: 'iam:SimulatePrincipalPolicy',
  });
  const fail = (error: Error) => () => {
    throw error;
  };
  const none = { simulated: 0, missing: [], denied: [] };
  const root = 'arn:aws:iam::111122223333:root';

  it.each([
    ['of root', () => undefined, { caller: root }, `IAM cannot simulate the policies of ${root}`],
    ['that AWS denies', fail(denied), {}, 'AWS denied iam:SimulatePrincipalPolicy'],
    ['that fails', fail(new Error('moto has none')), {}, 'described: moto has none'],
    [
      'that AWS denies without a name',
      fail(Object.assign(new Error('x'), { name: 'AccessDenied' })),
      {},
      'AWS denied the simulation',
    ],
    [
      'without the policy',
      () => undefined,
      { release: new URL('file:///nowhere/') },
      'the release has no deployer-policy.json',
    ],
  ])('says why, and stops nothing: %s', async (_, judge, how, unknown) => {
    expect(await check(judge, how)).toMatchObject({ ...none, unknown });
  });
});
