import {
  CreateStackInstancesCommand,
  DeleteStackInstancesCommand,
  DescribeStackInstanceCommand,
  paginateListStackInstances,
  UpdateStackInstancesCommand,
} from '@aws-sdk/client-cloudformation';
import { parametersByName } from '../../io/cloudformation.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';
import {
  type AccountThrottle,
  follow,
  type OperationEnd,
  preferences,
  startOperation,
} from './operation.ts';
import { toParameters } from './stack-set.ts';

/** A spoke: a stack instance of the stack set. */
export interface Instance {
  readonly account: string;
  /** The unit that it was deployed to. The account's own unit may be another one, below or above it. */
  readonly unit: string;
  /** CURRENT, OUTDATED or INOPERABLE. */
  readonly status: string;
  /** DetailedStatus of its last operation: SUCCEEDED, FAILED, CANCELLED, RUNNING, PENDING, INOPERABLE … */
  readonly detail: string;
  readonly reason: string | null;
}

/** Lists every spoke of the set. */
export async function listInstances(
  { clients, stackSet: StackSetName }: Context,
  { callAs: CallAs }: Hub,
): Promise<Instance[]> {
  const instances: Instance[] = [];
  for await (const { Summaries } of paginateListStackInstances(
    { client: clients.cloudFormation },
    { StackSetName, CallAs },
  )) {
    for (const one of Summaries ?? []) {
      instances.push({
        account: one.Account ?? '',
        unit: one.OrganizationalUnitId ?? '',
        status: one.Status ?? 'unknown',
        detail: one.StackInstanceStatus?.DetailedStatus ?? 'unknown',
        reason: one.StatusReason ?? null,
      });
    }
  }
  return instances.toSorted((one, other) => one.account.localeCompare(other.account));
}

/** The parameter overrides of an account, by name. */
export async function overridesOf(
  { clients, stackSet, region }: Context,
  { callAs }: Hub,
  account: string,
): Promise<Record<string, string>> {
  const { StackInstance } = await clients.cloudFormation.send(
    new DescribeStackInstanceCommand({
      StackSetName: stackSet,
      StackInstanceAccount: account,
      StackInstanceRegion: region,
      CallAs: callAs,
    }),
  );
  return parametersByName(StackInstance?.ParameterOverrides);
}

/** The accounts and units of an operation. */
export interface Targets {
  readonly units: readonly string[];
  /** Only these of the units' accounts; null for all. */
  readonly only: readonly string[] | null;
  /** All of the units' accounts but these. */
  readonly except?: readonly string[];
}

function deploymentTargets({ units, only, except = [] }: Targets) {
  const OrganizationalUnitIds = [...units];
  if (only !== null) {
    return {
      OrganizationalUnitIds,
      Accounts: [...only],
      AccountFilterType: 'INTERSECTION' as const,
    };
  }
  if (except.length > 0) {
    return {
      OrganizationalUnitIds,
      Accounts: [...except],
      AccountFilterType: 'DIFFERENCE' as const,
    };
  }
  return { OrganizationalUnitIds };
}

/** Creates, updates or deletes spokes, or removes them from the set and keeps their stacks. Waits for the end. */
export async function changeInstances(
  context: Context,
  hub: Hub,
  how: 'create' | 'update' | 'delete' | 'forget',
  targets: Targets,
  overrides: Readonly<Record<string, string>>,
  accountThrottle: AccountThrottle,
): Promise<OperationEnd> {
  const common = {
    StackSetName: context.stackSet,
    Regions: [context.region],
    DeploymentTargets: deploymentTargets(targets),
    OperationPreferences: preferences(accountThrottle),
    CallAs: hub.callAs,
  };
  const ParameterOverrides = toParameters(overrides);
  const { cloudFormation } = context.clients;
  const id = await startOperation(context, hub, () => {
    switch (how) {
      case 'create':
        return cloudFormation.send(
          new CreateStackInstancesCommand({ ...common, ParameterOverrides }),
        );
      case 'update':
        return cloudFormation.send(
          new UpdateStackInstancesCommand({ ...common, ParameterOverrides }),
        );
      case 'delete':
      case 'forget':
        return cloudFormation.send(
          new DeleteStackInstancesCommand({ ...common, RetainStacks: how === 'forget' }),
        );
      default:
        return how satisfies never;
    }
  });
  return follow(context, hub, id);
}
