import { describeChanges, policyChanges } from '../../domain/deployment/policy-changes.ts';
import { shellQuoted } from '../../domain/deployment/shell-quoted.ts';
import { getBusPolicy } from '../../io/eventbridge.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  runCheckEach,
} from './check.ts';
import { aws } from './fixes.ts';

interface Deployed {
  readonly EventBusName: string;
  readonly StatementId: string;
  readonly Statement: object;
}

/** Checks that the organization's accounts, and no others, may send to the hub's bus. A single account has no such bus. */
export async function checkBusPolicies(
  context: DeploymentContext,
  { template }: Deployment,
): Promise<Finding[]> {
  if (template === null) return [];
  const policies = template
    .idsOf('AWS::Events::EventBusPolicy')
    .map((id) => template.propertiesOf(id) as unknown as Deployed);
  return runCheckEach(context, 'rules', policies, async (deployed) => {
    const { EventBusName, StatementId, Statement } = deployed;
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Sid: StatementId, ...Statement }],
    };
    const found = await getBusPolicy(context.clients.events, EventBusName);
    const changes = policyChanges(found, policy);
    if (changes === null) return [];
    const fix = aws(
      context,
      'events',
      `put-permission --event-bus-name ${EventBusName} --policy ${shellQuoted(JSON.stringify(policy))}`,
    );
    const message = `the policy of the bus ${EventBusName}, to which the organization’s accounts send, ${describeChanges(changes)}`;
    return [broken('rules', message, fix)];
  });
}
