import {
  CreateStackSetCommand,
  DescribeStackSetCommand,
  type Parameter,
  type StackSet,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import { parametersByName } from '../../io/cloudformation.ts';
import { readSpokeTemplate } from '../../pipeline/deployment/release.ts';
import type { Context } from './context.ts';
import type { Hub } from './hub.ts';
import {
  type AccountThrottle,
  follow,
  type OperationEnd,
  preferences,
  startOperation,
} from './operation.ts';

/** The settings of the stack set that the command line sets. */
interface Wanted {
  /** The mode of accounts that join later; null keeps it. */
  readonly defaultMode: string | null;
  readonly alarmTopic: string | null;
}

/** The stack set, or null if it does not exist. */
export async function describeSet(
  { clients, stackSet }: Context,
  { callAs }: Hub,
): Promise<StackSet | null> {
  try {
    const { StackSet: found } = await clients.cloudFormation.send(
      new DescribeStackSetCommand({ StackSetName: stackSet, CallAs: callAs }),
    );
    return found?.Status === 'DELETED' ? null : (found ?? null);
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('StackSetNotFound')) return null;
    throw error;
  }
}

/** The changes that the stack set needs, as text. */
export interface SetPlan {
  readonly isNew: boolean;
  readonly changes: readonly string[];
  /** The spoke's template of this release. */
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly defaultMode: string;
}

const UNCHANGED: Wanted = { defaultMode: null, alarmTopic: null };

/**
 * Compares the stack set with this release and the wanted settings.
 * @throws NoRelease
 */
export async function planSet(
  { terminal }: Context,
  found: StackSet | null,
  hub: Hub,
  wanted: Wanted = UNCHANGED,
): Promise<SetPlan> {
  const template = await readSpokeTemplate(terminal.release);
  const now = parametersByName(found?.Parameters);
  const defaultMode = wanted.defaultMode ?? now.Mode ?? 'observe';
  const parameters: Record<string, string> = {
    ...hub.spokeParameters,
    Mode: defaultMode,
    BlockLimit: now.BlockLimit ?? 'hub',
    AlarmTopicArn: wanted.alarmTopic ?? now.AlarmTopicArn ?? '',
  };
  if (found === null) return { isNew: true, changes: [], template, parameters, defaultMode };
  const changed = Object.keys(parameters)
    .filter((name) => parameters[name] !== now[name])
    .map((name) => {
      const what = name === 'Mode' ? 'the default Mode' : name;
      return `${what} ${now[name] || 'none'} → ${parameters[name] || 'none'}`;
    });
  const settings = [
    found.TemplateBody === template ? [] : ['the template'],
    changed,
    found.AutoDeployment?.Enabled ? [] : ['automatic deployment → on'],
    found.AutoDeployment?.RetainStacksOnAccountRemoval
      ? ['stacks of accounts that leave → deleted']
      : [],
    found.ManagedExecution?.Active ? [] : ['managed execution → on'],
  ];
  return { isNew: false, changes: settings.flat(), template, parameters, defaultMode };
}

/** Creates the stack set, or updates it with all its stacks. Returns null if it started no operation. */
export async function applySet(
  context: Context,
  hub: Hub,
  { isNew, changes, template, parameters }: SetPlan,
  accountThrottle: AccountThrottle,
): Promise<OperationEnd | null> {
  if (!isNew && changes.length === 0) return null;
  const common = {
    StackSetName: context.stackSet,
    Description: 'The accounts that the hub of iam-mfa-enforcer manages (docs/organization.md)',
    TemplateBody: template,
    Parameters: toParameters(parameters),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
    Tags: [{ Key: 'application', Value: 'iam-mfa-enforcer' }],
    PermissionModel: 'SERVICE_MANAGED' as const,
    // A kept stack would prevent a new deployment when the account returns, because its resources have fixed names.
    AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
    ManagedExecution: { Active: true },
    CallAs: hub.callAs,
  };
  if (isNew) {
    await context.clients.cloudFormation.send(new CreateStackSetCommand(common));
    return null;
  }
  const id = await startOperation(context, hub, () =>
    context.clients.cloudFormation.send(
      new UpdateStackSetCommand({ ...common, OperationPreferences: preferences(accountThrottle) }),
    ),
  );
  return follow(context, hub, id);
}

/** Parameters as a list of CloudFormation. */
export function toParameters(values: Readonly<Record<string, string>>): Parameter[] {
  return Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
}
