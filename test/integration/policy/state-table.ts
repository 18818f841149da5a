import { deployedHub, HUB, ORGANIZATION, roleOf } from '../../fakes/deployed.ts';
import { ask } from './evaluator.ts';

/** A role's own policies, and those that a deployment as the hub of an organization adds to it. */
const policyIds: Readonly<Record<string, readonly string[]>> = {
  OnIamChangeRole: ['OnIamChangeOrganization'],
  NightlySweepRole: ['NightlySweepOrganization'],
  NotifySlackRole: [],
  NotifyUserRole: [],
  ReportRole: [],
};

/** The roles that reach the state table. */
export const rolesWithTable = Object.keys(policyIds);

/**
 * Whether a role may make this call for entries of the state table.
 * @param ids what DynamoDB puts into dynamodb:LeadingKeys; null for a call that has none
 * @param OrganizationId the hub's; empty for a deployment for one account
 */
export function mayDo(
  roleId: string,
  action: string,
  ids: readonly string[] | null,
  OrganizationId: string = ORGANIZATION,
) {
  const hub = deployedHub({ OrganizationId });
  const deployedPolicies = hub.idsOf('AWS::IAM::RolePolicy');
  const added = (policyIds[roleId] ?? [])
    .filter((id) => deployedPolicies.includes(id))
    .map((id) => hub.propertiesOf(id).PolicyDocument);
  const own = roleOf(hub, roleId).Policies.map(({ PolicyDocument }) => PolicyDocument);
  return ask({
    principal: `arn:aws:iam::${HUB}:role/stolen`,
    action: `dynamodb:${action}`,
    resource: `arn:aws:dynamodb:us-east-1:${HUB}:table/StateTable`,
    context: ids === null ? {} : { 'dynamodb:LeadingKeys': [...ids] },
    identityPolicies: [...own, ...added] as object[],
  });
}
