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
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import type { StackTemplate } from '../../domain/deployment/stack-template.ts';
import { getRolePolicy, listRolePolicies } from '../../io/iam-policies.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  orWell,
  runCheckEach,
} from './check.ts';
import { aws, command, printed, putBack } from './fixes.ts';

/**
 * Checks that each function's role has the permissions that the function needs, and that its policies are as deployed.
 * The check cannot see what a service control policy or a permissions boundary denies.
 */
export async function checkRoles(
  context: DeploymentContext,
  deployment: Deployment,
): Promise<Finding[]> {
  const found = await runCheckEach(context, 'roles', requiredRights, (required) =>
    checkRole(context, deployment, required),
  );
  const well = `${requiredRights.length} roles have the permissions their functions need (SCPs not checked)`;
  return orWell('roles', found, well);
}

async function checkRole(
  context: DeploymentContext,
  { facts, template }: Deployment,
  required: RequiredRights,
): Promise<Finding[]> {
  const { iam } = context.clients;
  const { roleId } = required;
  const role = facts.resources.get(roleId)?.physicalId;
  // checkStack reports a missing role.
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
        `put-role-policy --role-name ${role} ${shellOption('policy-name', name)} --policy-document file://rights.json`,
      ),
    ];
    if (!policies.has(name)) {
      found.push(broken('roles', `${roleId} lacks its policy ${name}`, ...fix));
      continue;
    }
    const changes = policyChanges(policies.get(name), document);
    if (changes === null) continue;
    const message = `the policy ${name} of ${roleId} ${describeChanges(changes)}`;
    found.push(broken('roles', message, ...fix));
  }
  for (const name of deployed === null ? [] : names.filter((one) => !deployed.has(one))) {
    found.push(
      broken(
        'roles',
        `${roleId} has a policy ${name} that was not deployed`,
        'Find out who added it (CloudTrail: PutRolePolicy), and remove it:',
        aws(
          context,
          'iam',
          `delete-role-policy --role-name ${role} ${shellOption('policy-name', name)}`,
        ),
      ),
    );
  }
  const allowed = [...policies.values()].flatMap(allowedActions);
  const lacking = rightsOf(required, facts.parameters).filter((one) => !isAllowed(one, allowed));
  if (lacking.length === 0) return found;
  const lacks = `${required.entryPoint} lacks ${lacking.join(', ')}`;
  const [first, ...others] = found;
  if (first !== undefined) return [{ ...first, message: `${first.message}: ${lacks}` }, ...others];
  const message = `${roleId}: ${lacks}`;
  return [broken('roles', message, 'Deploy this release:', command(context, 'deploy'))];
}

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

/** The deployed policies of a role by name, each with the logical ID of its resource. */
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
