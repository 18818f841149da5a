import {
  allowedActions,
  describeChanges,
  isAllowed,
  policyChanges,
} from '../../domain/deployment/policy-changes.ts';
import {
  type RequiredRights,
  requiredRights,
  rightsOf,
} from '../../domain/deployment/required-rights.ts';
import type { StackTemplate } from '../../domain/deployment/stack-template.ts';
import { getRolePolicy, listRolePolicies } from '../../io/iam-policies.ts';
import type { Deployment, DeploymentContext } from './deployment-context.ts';
import { aws, printed, putBack } from './fixes.ts';
import { broken, type Finding, orWell, runCheckEach } from './run-check.ts';

/**
 * Each function's role has every right that the function needs, and its policies are those that were deployed.
 * What a service control policy or a boundary takes away is not seen from here.
 */
export async function checkRoles(
  context: DeploymentContext,
  deployment: Deployment,
): Promise<Finding[]> {
  const found = await runCheckEach(context, 'roles', requiredRights, (required) =>
    look(context, deployment, required),
  );
  const well = `${requiredRights.length} roles have the rights their functions need (SCPs are not seen)`;
  return orWell('roles', found, well);
}

async function look(
  context: DeploymentContext,
  { facts, template }: Deployment,
  required: RequiredRights,
): Promise<Finding[]> {
  const { iam } = context.clients;
  const { roleId } = required;
  const role = facts.resources.get(roleId)?.physicalId;
  // The check of the stack tells of it.
  if (role === undefined) return [];
  const names = await listRolePolicies(iam, role);
  if (names === null) return [broken('roles', `${roleId} does not exist`, ...putBack(context))];
  const policies = new Map<string, unknown>();
  for (const name of names) policies.set(name, await getRolePolicy(iam, role, name));

  const found: Finding[] = [];
  const deployed = template === null ? null : deployedPolicies(template, roleId, role);
  for (const [name, { id, document }] of deployed ?? []) {
    const fix = [
      printed(context, id, 'rights.json'),
      aws(
        context,
        'iam',
        `put-role-policy --role-name ${role} --policy-name ${name} --policy-document file://rights.json`,
      ),
    ];
    if (!policies.has(name)) {
      found.push(broken('roles', `${roleId} has no policy ${name} any more`, ...fix));
      continue;
    }
    const changes = policyChanges(policies.get(name), document);
    if (changes === null) continue;
    const message = `the policy ${name} of ${roleId} has ${describeChanges(changes)}`;
    found.push(broken('roles', message, ...fix));
  }
  for (const name of deployed === null ? [] : names.filter((one) => !deployed.has(one))) {
    found.push(
      broken(
        'roles',
        `${roleId} has a policy ${name} that was not deployed`,
        'Find out who put it there (CloudTrail: PutRolePolicy), and take it away:',
        aws(context, 'iam', `delete-role-policy --role-name ${role} --policy-name ${name}`),
      ),
    );
  }
  const allowed = [...policies.values()].flatMap(allowedActions);
  const lacking = rightsOf(required, facts.parameters).filter((one) => !isAllowed(one, allowed));
  if (lacking.length === 0) return found;
  const lacks = `${required.entryPoint} lacks ${lacking.join(', ')}`;
  const [first, ...others] = found;
  if (first !== undefined) return [{ ...first, message: `${first.message}: ${lacks}` }, ...others];
  const deploy = 'Deploy this release, naming the parameters again: npm ci && npm run deploy';
  return [broken('roles', `${roleId}: ${lacks}`, deploy)];
}

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

/** Policies of a role as deployed, by name, with the logical id that states each. */
function deployedPolicies(template: StackTemplate, roleId: string, role: string) {
  const { Policies = [] } = template.propertiesOf(roleId) as { Policies?: InlinePolicy[] };
  const own = Policies.map((policy) => ({ id: roleId, policy }));
  const added = template
    .idsOf('AWS::IAM::RolePolicy')
    .map((id) => ({ id, properties: template.propertiesOf(id) }))
    .filter(({ properties }) => properties.RoleName === role)
    .map(({ id, properties }) => ({ id, policy: properties as unknown as InlinePolicy }));
  return new Map(
    [...own, ...added].map(({ id, policy }) => [
      policy.PolicyName,
      { id, document: policy.PolicyDocument },
    ]),
  );
}
