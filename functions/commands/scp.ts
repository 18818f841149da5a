import { type ProtectedNames, protectingScp } from '../domain/deployment/protecting-scp.ts';
import type { PolicyDocument } from '../domain/rules/force-mfa.ts';
import {
  forceMfaScp,
  SCP_CHARACTERS,
  ScpTooLong,
  scpLimits,
  splitScp,
} from '../domain/rules/scp.ts';
import type { Settings } from '../domain/rules/settings.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf } from '../render/report/text.ts';
import { commandSettings } from '../runtime/config.ts';
import { readSettings } from './connect.ts';
import { type AccountOptions, DEFAULT_STACK } from './options.ts';
import { type Terminal, UsageError } from './terminal.ts';

export const scpNames = ['force-mfa', 'protect-enforcer'] as const;

/** The options of `policy --scp`. */
export interface ScpOptions extends AccountOptions {
  readonly partition?: string;
  /** true: --scp without a name, which is force-mfa. */
  readonly scp?: (typeof scpNames)[number] | true;
  readonly admin: ProtectedNames['admins'];
  /** From 1. */
  readonly part?: number;
}

/** A deployment, as far as an SCP depends on it. */
interface DeployedNames {
  readonly settings: Settings;
  readonly partition: string;
  readonly stack: string;
  /** The stack's parameters; null where none was read. */
  readonly parameters: Readonly<Record<string, string>> | null;
}

/** Stands in an ARN of which no output shows the account. */
export const NO_ACCOUNT = '000000000000';

/**
 * An SCP with the deployment's settings, or the part of it that the options ask for. Its limits are printed on standard error.
 * @returns JSON, indented where the limit leaves room: white space counts, too
 * @throws UsageError where these settings have no such SCP, or where it does not fit into one and no part is asked for
 */
export async function scp(terminal: Terminal, options: ScpOptions): Promise<string> {
  const protects = options.scp === 'protect-enforcer';
  if (protects && options.admin.length === 0) {
    throw new UsageError(
      'Without an administrator nobody could change or remove the enforcer any more. Pass the role that deploys it, as in --admin role/SecurityAdmin.',
    );
  }
  const deployed = await settingsOf(terminal, options);
  const document = protects ? protecting(deployed, options) : forceMfa(terminal, deployed);
  const part = chosenPart(options, document);
  const indented = jsonText(part);
  return indented.length <= SCP_CHARACTERS ? indented : `${JSON.stringify(part)}\n`;
}

function protecting(
  { settings, stack, parameters }: DeployedNames,
  { admin }: ScpOptions,
): PolicyDocument {
  const { boundaryDeny, inlineDeny, exemptTags, denyGroup } = settings;
  return protectingScp({
    stack,
    policyName: denyGroup,
    exemptKeys: exemptTags.map(({ key }) => key),
    parameters: [
      parameters?.SlackWebhookParameter ?? '/mfa-enforcer/*',
      ...(parameters?.NotifyTextParameter === undefined ? [] : [parameters.NotifyTextParameter]),
    ],
    admins: admin,
    boundaryDeny,
    inlineDeny,
  });
}

function forceMfa({ err }: Terminal, { settings, partition }: DeployedNames): PolicyDocument {
  if (settings.scope !== 'all-users') {
    throw new UsageError(
      settings.scope === 'no-users'
        ? 'With Scope=no-users nobody must have MFA, so there is no SCP to print.'
        : 'An SCP does not know who has a password, so with Scope=console-users it would also stop the access keys of users without one. ' +
            'For accounts where every user must have MFA, pass --scope all-users.',
    );
  }
  for (const limit of scpLimits(settings)) err(`Note: ${limit}\n`);
  return forceMfaScp(partition, settings);
}

/** The deployment's settings; with --no-stack the options and the defaults, without a call. */
async function settingsOf(terminal: Terminal, options: ScpOptions): Promise<DeployedNames> {
  if (options.stack === false) {
    const { partition = 'aws' } = options;
    const settings = commandSettings(options, null, { account: NO_ACCOUNT, partition });
    return { settings, partition, stack: DEFAULT_STACK, parameters: null };
  }
  const { settings, settingsFrom, parameters, identity } = await readSettings(terminal, options);
  const { partition = identity.partition } = options;
  const stack = settingsFrom.stack ?? DEFAULT_STACK;
  return { settings, partition, stack, parameters };
}

function chosenPart({ part }: ScpOptions, document: PolicyDocument): PolicyDocument {
  const parts = partsOf(document);
  const chosen = parts[(part ?? 1) - 1];
  if (chosen === undefined) {
    throw new UsageError(`--part ${part}: the SCP has ${countOf(parts.length, 'part')}.`);
  }
  if (part === undefined && parts.length > 1) {
    throw new UsageError(
      `The SCP has ${JSON.stringify(document).length} characters, and ${SCP_CHARACTERS} is the limit. Print its ${parts.length} parts one by one, ` +
        'with --part 1, --part 2 and so on, and attach all of them.',
    );
  }
  return chosen;
}

function partsOf(document: PolicyDocument): PolicyDocument[] {
  try {
    return splitScp(document);
  } catch (error) {
    if (error instanceof ScpTooLong) throw new UsageError(error.message);
    throw error;
  }
}
