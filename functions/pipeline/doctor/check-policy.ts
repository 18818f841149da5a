import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import {
  blockingPolicies,
  documentOptions,
  sameDocument,
} from '../../domain/rules/blocking-policies.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { getGroupPolicy } from '../../io/iam-policies.ts';
import { inspectPolicy } from '../inspect-policy.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  orWell,
  runCheck,
  runCheckEach,
} from './check.ts';
import { aws } from './fixes.ts';

/** Checks that ForceMFA, its boundary and its group are as deployed. They block the users. */
export async function checkPolicy(
  context: DeploymentContext,
  { facts }: Deployment,
): Promise<Finding[]> {
  const { account, partition } = context;
  const name = facts.parameters.PolicyName ?? 'ForceMFA';
  const policyArn = `arn:${partition}:iam::${account}:policy/${name}`;
  const enrolWith =
    facts.parameters.EnrolWith === 'console-and-keys' ? 'console-and-keys' : 'console';
  const managed = blockingPolicies({
    policyArn,
    boundaryArn: `${policyArn}-boundary`,
    enrolWith,
  });
  const found = await Promise.all([
    runCheckEach(context, 'policy', managed, async (policy) => {
      const { kind } = await inspectPolicy(context.clients.iam, policy);
      if (kind === 'intact') return [];
      const { arn, fix, recreate } = policy;
      return kind === 'missing'
        ? [broken('policy', `${arn} does not exist, so it cannot block users`, recreate)]
        : [broken('policy', `the default version of ${arn} is not as deployed`, fix)];
    }),
    runCheck(context, 'policy', () => checkGroup(context, name, enrolWith, managed[0]?.document)),
  ]);
  return orWell('policy', found.flat(), `${name}, its boundary and its group are as deployed`);
}

/** Checks the group. The group and its policy have the name of ForceMFA. */
async function checkGroup(
  context: DeploymentContext,
  name: string,
  enrolWith: Settings['enrolWith'],
  must: unknown,
): Promise<Finding[]> {
  const document = await getGroupPolicy(context.clients.iam, name, name);
  if (sameDocument(document, must)) return [];
  const message =
    document === null
      ? `the group ${name} or its policy ${name} does not exist`
      : `the policy of the group ${name} is not as deployed`;
  const print = `mfa-enforcer policy ${documentOptions(context.partition, enrolWith)} > policy.json`;
  const group = shellOption('group-name', name);
  const put = `put-group-policy ${group} ${shellOption('policy-name', name)} --policy-document file://policy.json`;
  const create = `(If the group does not exist: ${aws(context, 'iam', `create-group ${group}`)})`;
  return [
    broken(
      'policy',
      message,
      ...(document === null ? [create] : []),
      print,
      aws(context, 'iam', put),
    ),
  ];
}
