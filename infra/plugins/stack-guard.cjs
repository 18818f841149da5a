'use strict';

const { CloudFormationClient, DescribeStacksCommand } = require('@aws-sdk/client-cloudformation');
const { GetGroupCommand, GetPolicyCommand, IAMClient } = require('@aws-sdk/client-iam');

/**
 * Refuses what would leave users blocked with nothing to unblock them: `osls deploy` with another PolicyName, and
 * `osls remove` while anyone is blocked. CloudFormation would refuse the second, too, but leaves a stack in DELETE_FAILED,
 * which cannot be updated any more.
 */
module.exports = class StackGuard {
  constructor(serverless, _options, _utils, clients = clientsOf(serverless)) {
    this.serverless = serverless;
    this.clients = clients;
    this.hooks = {
      'before:aws:deploy:deploy:createStack': () => this.refuseOtherName(),
      'before:remove:remove': () => this.refuseWhileBlocked(),
    };
  }

  async refuseOtherName() {
    const deployed = await this.deployedParameters();
    const { Parameters } = this.serverless.service.provider.compiledCloudFormationTemplate;
    const wanted = Parameters.PolicyName.Default;
    const { PolicyName } = deployed ?? {};
    if (PolicyName === undefined || PolicyName === wanted) return;
    throw refusal(
      `PolicyName cannot be changed from ${PolicyName} to ${wanted}: users whom ${PolicyName} blocks would stay ` +
        `blocked, and the enforcer could not unblock them. Keep the name with --param="PolicyName=${PolicyName}". ` +
        'docs/runbook.md, "Change PolicyName", says how to get another one.',
    );
  }

  async refuseWhileBlocked() {
    const { PolicyName } = (await this.deployedParameters()) ?? {};
    if (PolicyName === undefined) return;
    const { iam, account, partition } = await this.clients();
    const arn = `arn:${partition}:iam::${account}:policy/${PolicyName}`;
    const blocked = [
      ['the managed policy', await countOf(iam, arn, 'AttachmentCount')],
      ['the deny group', await membersOf(iam, PolicyName)],
      ['the boundary', await countOf(iam, `${arn}-boundary`, 'PermissionsBoundaryUsageCount')],
    ].filter(([, count]) => count > 0);
    if (blocked.length === 0) return;
    const how = blocked.map(([method, count]) => `${count} by ${method}`).join(', ');
    throw refusal(
      `users are blocked (${how}), and without the stack nothing unblocks them. IAM deletes no policy that is attached ` +
        'and no group that has members. Deploy with --param="Mode=observe", unblock everyone with ' +
        `node dist/cli/index.mjs rollback --policy-name ${PolicyName}, then run this again (docs/runbook.md, ` +
        '"Remove the stack").',
    );
  }

  /** The deployed stack's parameters, or null where there is no such stack. */
  async deployedParameters() {
    const { cloudFormation, stack } = await this.clients();
    try {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
      const parameters = Stacks[0].Parameters ?? [];
      return Object.fromEntries(parameters.map((one) => [one.ParameterKey, one.ParameterValue]));
    } catch (error) {
      // CloudFormation has no error of its own for a stack that is not there.
      if (/ does not exist$/.test(error.message)) return null;
      throw error;
    }
  }
};

async function countOf(iam, PolicyArn, count) {
  const found = await orNull(iam.send(new GetPolicyCommand({ PolicyArn })));
  return found?.Policy[count] ?? 0;
}

async function membersOf(iam, GroupName) {
  let count = 0;
  let Marker;
  do {
    const page = await orNull(iam.send(new GetGroupCommand({ GroupName, Marker })));
    count += page?.Users.length ?? 0;
    Marker = page?.Marker;
  } while (Marker);
  return count;
}

async function orNull(call) {
  try {
    return await call;
  } catch (error) {
    if (error.name === 'NoSuchEntity' || error.name === 'NoSuchEntityException') return null;
    throw error;
  }
}

/** The clients, by osls's own Region and credentials. */
function clientsOf(serverless) {
  return async () => {
    const provider = serverless.getProvider('aws');
    const config = await provider.getAwsSdkV3Config();
    const { accountId: account, partition } = await provider.getAccountInfo();
    return {
      stack: provider.naming.getStackName(),
      account,
      partition,
      cloudFormation: new CloudFormationClient(config),
      iam: new IAMClient(config),
    };
  };
}

function refusal(problem) {
  return Object.assign(new Error(problem), { name: 'ServerlessError', code: 'USERS_BLOCKED' });
}
