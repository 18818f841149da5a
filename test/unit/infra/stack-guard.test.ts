import { createRequire } from 'node:module';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { MemoryIam } from '../../fakes/memory-iam.ts';
import { script } from '../../fakes/scripted-client.ts';
import { ACCOUNT, BOUNDARY, POLICY } from '../../fakes/settings.ts';

interface Guard {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
}
type Clients = () => Promise<object>;
const StackGuard = createRequire(import.meta.url)('../../../infra/plugins/stack-guard.cjs') as new (
  serverless: object,
  options: object,
  utils: object,
  clients: Clients,
) => Guard;

const notThere = new Error('Stack with id the-stack does not exist');
const deployedWith = (...names: string[]) => ({
  Stacks: [
    { Parameters: names.map((one) => ({ ParameterKey: 'PolicyName', ParameterValue: one })) },
  ],
});

/** The plugin, where CloudFormation answers so and osls has packaged this name. */
function guardOf(stacks: object, wanted: string, iam = new MemoryIam({ account: ACCOUNT })) {
  const cloudFormation = new CloudFormationClient({ region: 'us-east-1' });
  const asked = script(cloudFormation, [stacks]);
  const compiledCloudFormationTemplate = { Parameters: { PolicyName: { Default: wanted } } };
  const clients = async () => ({
    stack: 'the-stack',
    account: ACCOUNT,
    partition: 'aws',
    cloudFormation,
    iam,
  });
  const serverless = { service: { provider: { compiledCloudFormationTemplate } } };
  const { hooks } = new StackGuard(serverless, {}, {}, clients);
  return {
    asked,
    deploy: () => hooks['before:aws:deploy:deploy:createStack']?.(),
    remove: () => hooks['before:remove:remove']?.(),
  };
}

describe('osls deploy', () => {
  it.each([
    ['of a new stack', notThere],
    ['of a stack that has only its bucket yet', deployedWith()],
    ['with the name that is deployed', deployedWith('ForceMFA')],
  ])('goes on: %s', async (_, stacks) => {
    const { deploy, asked } = guardOf(stacks, 'ForceMFA');
    await expect(deploy()).resolves.toBeUndefined();
    expect(asked).toEqual([['DescribeStacks', { StackName: 'the-stack' }]]);
  });

  it.each(['RequireMFA', 'forcemfa'])('refuses another PolicyName: %s', async (name) => {
    const refused = guardOf(deployedWith('ForceMFA'), name).deploy();
    await expect(refused).rejects.toThrow(
      `PolicyName cannot be changed from ForceMFA to ${name}: users whom ForceMFA blocks would stay blocked`,
    );
    await expect(refused).rejects.toThrow('--param="PolicyName=ForceMFA"');
  });

  it('does not go on where the stack cannot be read', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
    await expect(guardOf(denied, 'ForceMFA').deploy()).rejects.toThrow('not authorized');
  });
});

describe('osls remove', () => {
  it.each([
    ['where nobody is blocked', deployedWith('ForceMFA')],
    ['where there is no stack', notThere],
  ])('goes on: %s', async (_, stacks) => {
    await expect(guardOf(stacks, 'ForceMFA').remove()).resolves.toBeUndefined();
  });

  it('goes on where the policies are gone already', async () => {
    await expect(guardOf(deployedWith('Other'), 'Other').remove()).resolves.toBeUndefined();
  });

  it('refuses while anyone is blocked, by the name that is deployed', async () => {
    const iam = new MemoryIam({ account: ACCOUNT });
    iam.put('dana', { policies: [POLICY] });
    iam.put('erin', { groups: ['ForceMFA'] });
    iam.put('finn', { groups: ['ForceMFA'] });
    iam.put('gus', { boundary: BOUNDARY });
    const refused = guardOf(deployedWith('ForceMFA'), 'ForceMFA', iam).remove();
    await expect(refused).rejects.toThrow(
      'users are blocked (1 by the managed policy, 2 by the deny group, 1 by the boundary)',
    );
    await expect(refused).rejects.toThrow('rollback --policy-name ForceMFA');
  });

  it('counts every page of the group', async () => {
    const iam = new MemoryIam({ account: ACCOUNT, pageSize: 2 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) iam.put(name, { groups: ['ForceMFA'] });
    const refused = guardOf(deployedWith('ForceMFA'), 'ForceMFA', iam).remove();
    await expect(refused).rejects.toThrow('(5 by the deny group)');
  });
});
