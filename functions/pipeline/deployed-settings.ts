import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { SettingsFrom } from '../../events/settings-from.ts';
import { readRole } from '../domain/accounts/spoke.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { describeStack, type StackSummary } from '../io/cloudformation.ts';
import { listRoleTags } from '../io/iam-policies.ts';
import {
  commandSettings,
  type DeployedParameters,
  overriddenBy,
  type SettingsOptions,
} from '../runtime/config.ts';

/** The settings of a command, and where they come from. */
export interface DeployedSettings {
  readonly settings: Settings;
  readonly settingsFrom: SettingsFrom;
  /** The stack's parameters; null where there is no stack, or none was looked for. */
  readonly parameters: Readonly<Record<string, string>> | null;
  /** The name of the stack's state table; null where there is no stack, or one without it. */
  readonly stateTable: string | null;
}

/** Where the stack is looked for, and the account and partition of the policies. */
export interface WhereDeployed {
  /** In the Region of IAM's events. */
  readonly cloudFormation: CloudFormationClient;
  /** null: no stack is read. */
  readonly stack: string | null;
  readonly account: string;
  readonly partition: string;
}

/** The deployed stack exists, or may exist, but its settings are not known. */
export class StackNotRead extends Error {
  override readonly name = 'StackNotRead';
  readonly stackName: string;

  constructor(stackName: string, why: string, cause?: unknown) {
    super(why, { cause });
    this.stackName = stackName;
  }
}

/**
 * The settings of a command: those of the deployed stack, overridden by the options. Without a stack they are the
 * defaults and the options.
 * @throws StackNotRead, because the defaults may be other than the deployment's; BadConfiguration
 */
export async function deployedSettings(
  options: SettingsOptions,
  where: WhereDeployed,
): Promise<DeployedSettings> {
  const deployed = where.stack === null ? null : await readParameters(where, where.stack);
  return {
    settings: commandSettings(options, deployed, where),
    settingsFrom:
      deployed === null
        ? { kind: 'defaults', stack: where.stack }
        : {
            kind: 'stack',
            stack: deployed.stack,
            overridden: overriddenBy(options, deployed),
          },
    parameters: deployed?.parameters ?? null,
    stateTable: deployed?.outputs.StateTableName ?? null,
  };
}

// CloudFormation User Guide, "Stack status codes": nothing was deployed yet, or not all of it. A stack that could not be
// deleted still has the parameters of what is left.
const NOTHING_DEPLOYED = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_.*)$/;

async function readParameters(
  { cloudFormation }: WhereDeployed,
  stack: string,
): Promise<(DeployedParameters & Pick<StackSummary, 'outputs'>) | null> {
  const found = await describeStack(cloudFormation, stack).catch((error: unknown) => {
    throw new StackNotRead(stack, (error as Error).message, error);
  });
  if (found === null) return null;
  const { status, parameters, outputs } = found;
  if (!NOTHING_DEPLOYED.test(status)) return { stack, parameters, outputs };
  throw new StackNotRead(
    stack,
    `The stack ${stack} is ${status}, so its parameters may not be what is deployed. Deploy it again, or delete it`,
  );
}

/**
 * Whether the account is a spoke, whose settings are the hub's: a spoke has the role that the hub reads with.
 * @returns unknown where the caller may not read the role, or IAM did not answer
 */
export async function isSpoke(
  iam: IAMClient,
  { policyArn }: Settings,
): Promise<'yes' | 'no' | 'unknown'> {
  try {
    await listRoleTags(iam, readRole(policyArn.split('/').at(-1) ?? ''));
    return 'yes';
  } catch (error) {
    return error instanceof NoSuchEntityException ? 'no' : 'unknown';
  }
}
