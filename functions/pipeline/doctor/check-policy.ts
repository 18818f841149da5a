import {
  blockingPolicies,
  documentOptions,
  sameDocument,
} from '../../domain/rules/blocking-policies.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { getGroupPolicy } from '../../io/iam-policies.ts';
import { inspectPolicy } from '../inspect-policy.ts';
import type { Deployment, Patient } from './deployment-context.ts';
import { aws } from './fixes.ts';
import { broken, type Finding, orWell, seeing, seeingEach } from './run-check.ts';

/** ForceMFA, its boundary and its group say what they must: they are what blocks people. */
export async function checkPolicy(patient: Patient, { facts }: Deployment): Promise<Finding[]> {
  const { account, partition } = patient;
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
    seeingEach(patient, 'policy', managed, async (policy) => {
      const { kind } = await inspectPolicy(patient.clients.iam, policy);
      if (kind === 'intact') return [];
      const { arn, mend, recreate } = policy;
      return kind === 'missing'
        ? [broken('policy', `${arn} does not exist: nobody can be blocked by it`, recreate)]
        : [broken('policy', `the default version of ${arn} is not what was deployed`, mend)];
    }),
    seeing(patient, 'policy', () => lookAtGroup(patient, name, enrolWith, managed[0]?.document)),
  ]);
  return orWell('policy', found.flat(), `${name}, its boundary and its group are as deployed`);
}

/** The group and its policy are named like ForceMFA. */
async function lookAtGroup(
  patient: Patient,
  name: string,
  enrolWith: Settings['enrolWith'],
  must: unknown,
): Promise<Finding[]> {
  const document = await getGroupPolicy(patient.clients.iam, name, name);
  if (sameDocument(document, must)) return [];
  const said =
    document === null
      ? `the group ${name}, or the policy it must carry, does not exist`
      : `the group ${name} carries another policy than was deployed`;
  const print = `node dist/cli/index.mjs policy ${documentOptions(patient.partition, enrolWith)} > policy.json`;
  const put = `put-group-policy --group-name ${name} --policy-name ${name} --policy-document file://policy.json`;
  const create = `(where there is no such group: ${aws(patient, 'iam', `create-group --group-name ${name}`)})`;
  return [
    broken('policy', said, ...(document === null ? [create] : []), print, aws(patient, 'iam', put)),
  ];
}
