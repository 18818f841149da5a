import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  type Output,
  type Parameter,
  paginateDescribeChangeSet,
  paginateDescribeStackEvents,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import type { SentParameter } from '../domain/deployment/parameters.ts';
import type { StackEvent } from '../domain/deployment/stack-events.ts';
import { needs } from './needs.ts';

export interface StackSummary {
  /** ARN. It also names a stack that was deleted. */
  readonly id: string;
  readonly status: string;
  /** Every parameter of the template, as deployed. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Termination protection: CloudFormation refuses to delete the stack. */
  readonly isProtected: boolean;
}

/** Parameters by name. */
export function parametersByName(parameters: readonly Parameter[] = []): Record<string, string> {
  return Object.fromEntries(
    parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  );
}

function outputsByName(outputs: readonly Output[] = []): Record<string, string> {
  return Object.fromEntries(
    outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

/** A stack's status, parameters and outputs, or null if there is no such stack. */
export const describeStack = needs(
  ['cloudformation:DescribeStacks'],
  async (cloudFormation: CloudFormationClient, name: string): Promise<StackSummary | null> => {
    try {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
      const stack = Stacks?.[0];
      if (!stack?.StackStatus) throw new Error(`DescribeStacks answered without ${name}`);
      return {
        id: stack.StackId ?? name,
        status: stack.StackStatus,
        parameters: parametersByName(stack.Parameters),
        outputs: outputsByName(stack.Outputs),
        isProtected: stack.EnableTerminationProtection ?? false,
      };
    } catch (error) {
      // CloudFormation has no error code for a missing stack: it answers ValidationError with this message.
      if (error instanceof Error && / does not exist$/.test(error.message)) return null;
      throw error;
    }
  },
);

/**
 * The template that a stack was last deployed with, parsed.
 * @throws if it is not JSON: then another tool deployed it
 */
export const getTemplate = needs(
  ['cloudformation:GetTemplate'],
  async (cloudFormation: CloudFormationClient, name: string): Promise<unknown> => {
    const { TemplateBody } = await cloudFormation.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
    );
    try {
      return JSON.parse(TemplateBody ?? '') as unknown;
    } catch {
      throw new Error(`The template of ${name} is not JSON: another tool deployed it`);
    }
  },
);

export interface StackResource {
  readonly type: string;
  readonly physicalId: string;
}

/** The resources of a stack: logical ID → type and physical ID. It includes resources that were deleted outside the stack. */
export const listStackResources = needs(
  ['cloudformation:ListStackResources'],
  async (
    cloudFormation: CloudFormationClient,
    name: string,
  ): Promise<ReadonlyMap<string, StackResource>> => {
    const resources = new Map<string, StackResource>();
    for await (const page of paginateListStackResources(
      { client: cloudFormation },
      { StackName: name },
    )) {
      for (const one of page.StackResourceSummaries ?? []) {
        const { LogicalResourceId, ResourceType = '', PhysicalResourceId = '' } = one;
        if (!LogicalResourceId || PhysicalResourceId === '') continue;
        resources.set(LogicalResourceId, { type: ResourceType, physicalId: PhysicalResourceId });
      }
    }
    return resources;
  },
);

/** A change of a stack that is to be planned. */
export interface WantedChange {
  readonly stack: string;
  readonly isNew: boolean;
  readonly changeSet: string;
  /** null: the stack's own template stays. */
  readonly templateUrl: string | null;
  readonly parameters: readonly SentParameter[];
}

/** Creates a change set. Tags, notifications and the role of an existing stack stay as they are. @returns its ARN */
export const createChangeSet = needs(
  ['cloudformation:CreateChangeSet'],
  async (cloudFormation: CloudFormationClient, wanted: WantedChange): Promise<string> => {
    const { stack, isNew, changeSet, templateUrl, parameters } = wanted;
    const { Id } = await cloudFormation.send(
      new CreateChangeSetCommand({
        StackName: stack,
        ChangeSetName: changeSet,
        ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
        ...(templateUrl === null ? { UsePreviousTemplate: true } : { TemplateURL: templateUrl }),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: parameters.map(({ name, value }) =>
          value === null
            ? { ParameterKey: name, UsePreviousValue: true }
            : { ParameterKey: name, ParameterValue: value },
        ),
        // A new stack that fails leaves nothing behind, so that it can be created again.
        ...(isNew ? { OnStackFailure: 'DELETE' as const } : {}),
      }),
    );
    if (Id === undefined) throw new Error('CreateChangeSet answered without an ID');
    return Id;
  },
);

/** A resource that a change set changes. */
export interface ResourceChange {
  readonly id: string;
  readonly type: string;
  readonly action: 'add' | 'change' | 'remove';
  /** yes: the resource is deleted and created again; maybe: CloudFormation decides when it knows the values. */
  readonly replaced: 'yes' | 'maybe' | 'no';
}

export interface ChangeSet {
  /** CREATE_PENDING, CREATE_IN_PROGRESS, CREATE_COMPLETE or FAILED. */
  readonly status: string;
  readonly reason: string | null;
  readonly resources: readonly ResourceChange[];
}

const actions = { Add: 'add', Modify: 'change', Remove: 'remove' } as const;
const replaced = { True: 'yes', Conditional: 'maybe' } as const;

/** A change set with its changes. */
export const describeChangeSet = needs(
  ['cloudformation:DescribeChangeSet'],
  async (cloudFormation: CloudFormationClient, stack: string, id: string): Promise<ChangeSet> => {
    let status = '';
    let reason: string | null = null;
    const resources: ResourceChange[] = [];
    const input = { StackName: stack, ChangeSetName: id };
    for await (const page of paginateDescribeChangeSet({ client: cloudFormation }, input)) {
      status = page.Status ?? '';
      reason = page.StatusReason ?? null;
      for (const { ResourceChange: change } of page.Changes ?? []) {
        if (change === undefined) continue;
        resources.push({
          id: change.LogicalResourceId ?? '',
          type: change.ResourceType ?? '',
          action: actions[change.Action as keyof typeof actions] ?? 'change',
          replaced: replaced[change.Replacement as keyof typeof replaced] ?? 'no',
        });
      }
    }
    return { status, reason, resources };
  },
);

/** Starts what a change set has planned. */
export const executeChangeSet = needs(
  ['cloudformation:ExecuteChangeSet'],
  async (cloudFormation: CloudFormationClient, stack: string, id: string): Promise<void> => {
    await cloudFormation.send(new ExecuteChangeSetCommand({ StackName: stack, ChangeSetName: id }));
  },
);

/** Deletes a change set that is not wanted. */
export const deleteChangeSet = needs(
  ['cloudformation:DeleteChangeSet'],
  async (cloudFormation: CloudFormationClient, stack: string, id: string): Promise<void> => {
    await cloudFormation.send(new DeleteChangeSetCommand({ StackName: stack, ChangeSetName: id }));
  },
);

/** Starts the deletion of a stack. */
export const deleteStack = needs(
  ['cloudformation:DeleteStack'],
  async (cloudFormation: CloudFormationClient, stack: string): Promise<void> => {
    await cloudFormation.send(new DeleteStackCommand({ StackName: stack }));
  },
);

/** ID of the last event of a stack. @param id ARN of the stack */
export const lastStackEvent = needs(
  ['cloudformation:DescribeStackEvents'],
  async (cloudFormation: CloudFormationClient, id: string): Promise<string | null> => {
    const { StackEvents } = await cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: id }),
    );
    return StackEvents?.[0]?.EventId ?? null;
  },
);

/**
 * Events of a stack after one event, oldest first.
 * @param id ARN of the stack
 * @param after ID of the last known event; null for all events
 */
export const listStackEvents = needs(
  ['cloudformation:DescribeStackEvents'],
  async (
    cloudFormation: CloudFormationClient,
    id: string,
    after: string | null,
  ): Promise<StackEvent[]> => {
    const events: StackEvent[] = [];
    // Newest first (CloudFormation API reference).
    for await (const page of paginateDescribeStackEvents(
      { client: cloudFormation },
      { StackName: id },
    )) {
      for (const one of page.StackEvents ?? []) {
        if (one.EventId === after) return events.toReversed();
        events.push({
          id: one.EventId ?? '',
          at: one.Timestamp ?? new Date(0),
          resource: one.LogicalResourceId ?? '',
          physicalId: one.PhysicalResourceId ?? '',
          type: one.ResourceType ?? '',
          status: one.ResourceStatus ?? '',
          reason: one.ResourceStatusReason ?? null,
          ofStack: one.PhysicalResourceId === id,
        });
      }
    }
    return events.toReversed();
  },
);
