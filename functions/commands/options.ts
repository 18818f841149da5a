import { type Command, InvalidArgumentError, Option } from 'commander';
import { AccountId } from '../../events/envelope.ts';
import type { Choice } from '../domain/accounts/chosen-accounts.ts';
import type { SettingsOptions } from '../runtime/config.ts';
import { UsageError } from './terminal.ts';

/** The stack that `deploy` creates if no other is named. */
export const DEFAULT_STACK = 'iam-mfa-enforcer-prod';

/** The stack set of an organization's spokes. */
export const DEFAULT_STACK_SET = 'mfa-enforcer-spoke';

/** Options of every command that decides about users. */
export interface AccountOptions extends SettingsOptions {
  readonly profile?: string;
  readonly region?: string;
  /** false: --no-stack. */
  readonly stack?: string | false;
}

/**
 * Adds the options of every command that decides about users. The settings are the parameters of the deployed stack;
 * an option overrides the parameter with the same name.
 */
export function withAccountOptions(command: Command): Command {
  const options = [
    new Option('--profile <name>', 'AWS profile (AWS_PROFILE)'),
    new Option('--region <region>', 'AWS Region (AWS_REGION); IAM is global'),
    new Option(
      '--stack <name>',
      `CloudFormation stack with the settings (MFA_ENFORCER_STACK; default ${DEFAULT_STACK})`,
    ),
    new Option('--no-stack', 'read no stack: use the defaults and the options'),
  ];
  const settings = [
    new Option('--mode <mode>', 'enforce or observe (without a stack: observe)'),
    new Option('--scope <scope>', 'all-users, console-users or no-users'),
    new Option('--unblock <when>', 'on-enrolment or never'),
    new Option('--enrol-with <what>', 'console or console-and-keys'),
    new Option('--exempt-tags <tags>', 'key:value,key=value,…'),
    new Option('--exempt-users <patterns>', 'name-*,/path/*,…'),
    new Option('--exempt-password <what>', 'keep or ends-exemption'),
    new Option('--grace-hours <hours>', '0 to 720'),
    new Option('--block-limit <limit>', 'auto or a number of users'),
    new Option('--policy-name <name>', 'name of the policy (without a stack: ForceMFA)'),
    new Option('--boundary-deny <answer>', 'yes or no'),
    new Option('--inline-deny <answer>', 'yes or no'),
  ];
  for (const option of options) command.addOption(option.helpGroup('Account and stack:'));
  for (const option of settings) {
    command.addOption(option.helpGroup('Settings (an option overrides the stack’s parameter):'));
  }
  return command;
}

// CloudFormation's rule for names of stacks. DescribeStacks without a name would answer with any stack.
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/**
 * The name of the stack: that of --stack, of MFA_ENFORCER_STACK, of a settings file, or the default.
 * @param option value of --stack
 * @throws UsageError for a name that no stack can have
 */
export function stackOf(
  { MFA_ENFORCER_STACK }: Readonly<Record<string, string | undefined>>,
  option: string | undefined,
): string {
  const given: readonly (readonly [where: string, name: string | null | undefined])[] = [
    ['--stack', option],
    ['MFA_ENFORCER_STACK', MFA_ENFORCER_STACK],
    ['', DEFAULT_STACK],
  ];
  const [where, name] = given.find((one) => typeof one[1] === 'string') ?? [];
  if (name && STACK_NAME.test(name)) return name;
  throw new UsageError(
    `${where}: "${name}" is not the name of a stack: it must begin with a letter and have only letters, digits and hyphens.`,
  );
}

/** Options of the commands that read every account of an organization. */
export interface OrganizationOptions {
  readonly organization?: boolean;
  readonly accounts?: string;
  readonly ou?: string;
  readonly activeOnly?: boolean;
  readonly atOnce?: string;
  readonly timeLimit?: string;
  readonly stateTable?: string;
}

// Enough for 5,000 users at 20 calls a second, the rate that measurements of IAM show (docs/decisions/013).
const MINUTES = 15;
const AT_ONCE = 8;

/** Adds the options of a command that can read every account of an organization. */
export function withOrganizationOptions(command: Command): Command {
  const options = [
    new Option('--organization', 'all accounts of the organization; run in the hub’s account'),
    new Option('--accounts <ids>', 'only these accounts: id,id,…'),
    new Option('--ou <ids>', 'only the accounts below these organizational units: ou-…,ou-…'),
    new Option('--active-only', 'skip suspended and closed accounts'),
    new Option('--at-once <number>', `accounts read in parallel (default ${AT_ONCE})`),
    new Option('--time-limit <minutes>', `time limit for one account (default ${MINUTES})`),
    new Option(
      '--state-table <name>',
      'the hub’s table, to show each account’s last sweep (MFA_ENFORCER_STATE_TABLE)',
    ),
  ];
  for (const option of options) command.addOption(option.helpGroup('Organization:'));
  return command;
}

/** Any of these options selects the organization. */
export function isOfOrganization(options: OrganizationOptions): boolean {
  const { organization, accounts, ou, activeOnly, atOnce, timeLimit, stateTable } = options;
  const given = [organization, accounts, ou, activeOnly, atOnce, timeLimit, stateTable];
  return given.some((one) => one !== undefined);
}

/** @throws UsageError for an invalid account or unit ID */
export function choiceOf({ accounts, ou, activeOnly = false }: OrganizationOptions): Choice {
  const choice = { accounts: listOf(accounts), units: listOf(ou), activeOnly };
  const wrong = choice.accounts.find((id) => !AccountId.safeParse(id).success);
  if (wrong !== undefined)
    throw new UsageError(`--accounts: "${wrong}" is not a 12-digit account ID`);
  // Organizations API reference, OrganizationalUnit.
  const noUnit = choice.units.find((id) => !/^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/.test(id));
  if (noUnit !== undefined) {
    throw new UsageError(`--ou: "${noUnit}" is not the ID of an organizational unit (ou-…)`);
  }
  return choice;
}

/** @throws UsageError for an invalid number */
export function throttleOf({
  atOnce = `${AT_ONCE}`,
  timeLimit = `${MINUTES}`,
}: OrganizationOptions) {
  if (!/^([1-9]|[1-4]\d|50)$/.test(atOnce)) throw new UsageError('--at-once must be 1 to 50');
  if (!/^\d{1,4}(\.\d+)?$/.test(timeLimit) || Number(timeLimit) === 0) {
    throw new UsageError('--time-limit must be a number of minutes');
  }
  return { atOnce: Number(atOnce), limitMs: Number(timeLimit) * 60_000 };
}

// IAM makes a new credential report after four hours at the earliest (IAM User Guide, "Getting credential reports").
const MAX_AGE_MINUTES = 240;

/**
 * The value of --max-age: minutes or hours, as 30m or 4h, or 0.
 * @returns ms; null without the option
 * @throws UsageError for any other text, and for more than four hours
 */
export function maxAgeOf({ maxAge }: { readonly maxAge?: string }): number | null {
  if (maxAge === undefined) return null;
  const [, number, unit] = /^(\d{1,4})([mh])$/.exec(maxAge === '0' ? '0m' : maxAge) ?? [];
  const minutes = Number(number) * (unit === 'h' ? 60 : 1);
  if (minutes <= MAX_AGE_MINUTES) return minutes * 60_000;
  throw new UsageError(
    `--max-age: "${maxAge}" must be minutes or hours up to 4h, as 30m or 4h: IAM makes its credential report anew every four hours.`,
  );
}

/** Parses a list: "a,b" or "a b". */
function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(/[\s,]+/).filter((one) => one !== '');
}

/** Parses the value of --timeout. @throws InvalidArgumentError */
export function seconds(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('Must be a number of seconds from 1 to 9999.');
}
