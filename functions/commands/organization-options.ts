import { type Command, Option } from 'commander';
import { AccountId } from '../../events/envelope.ts';
import type { Choice } from '../domain/accounts/chosen-accounts.ts';
import { UsageError } from './terminal.ts';

/** Options of the commands that look at every account of an organization. */
export interface OrganizationOptions {
  readonly organization?: boolean;
  readonly accounts?: string;
  readonly ou?: string;
  readonly activeOnly?: boolean;
  readonly atOnce?: string;
  readonly timeLimit?: string;
  readonly stateTable?: string;
}

// Enough for 5,000 users at the 20 calls a second that IAM has been seen to let through.
const MINUTES = 15;
const AT_ONCE = 8;

/** Adds the options of a command that can look at every account of the organization. */
export function withOrganizationOptions(command: Command): Command {
  const options = [
    new Option('--organization', 'every account of the organization, from its hub'),
    new Option('--accounts <ids>', 'of the organization only these accounts: id,id,…'),
    new Option('--ou <ids>', 'only the accounts below these organizational units: ou-…,ou-…'),
    new Option('--active-only', 'leave out accounts that are suspended or closed'),
    new Option('--at-once <number>', `accounts that are read at once (${AT_ONCE})`),
    new Option('--time-limit <minutes>', `how long one account may take (${MINUTES})`),
    new Option(
      '--state-table <name>',
      'the hub’s table, which knows when each account was last swept (MFA_ENFORCER_STATE_TABLE)',
    ),
  ];
  for (const option of options) command.addOption(option.helpGroup('Organization:'));
  return command;
}

/** Any of the options makes it the organization's. */
export function isOfOrganization(options: OrganizationOptions): boolean {
  const { organization, accounts, ou, activeOnly, atOnce, timeLimit, stateTable } = options;
  const given = [organization, accounts, ou, activeOnly, atOnce, timeLimit, stateTable];
  return given.some((one) => one !== undefined);
}

/** @throws UsageError for an account or a unit that cannot be one */
export function choiceOf({ accounts, ou, activeOnly = false }: OrganizationOptions): Choice {
  const choice = { accounts: listOf(accounts), units: listOf(ou), activeOnly };
  const wrong = choice.accounts.find((id) => !AccountId.safeParse(id).success);
  if (wrong !== undefined) throw new UsageError(`--accounts: "${wrong}" is no 12-digit account id`);
  // Organizations API reference, OrganizationalUnit.
  const noUnit = choice.units.find((id) => !/^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/.test(id));
  if (noUnit !== undefined) {
    throw new UsageError(`--ou: "${noUnit}" is no id of an organizational unit (ou-…)`);
  }
  return choice;
}

/** @throws UsageError for what is no such number */
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

/** A list as "a,b" or "a b". */
function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(/[\s,]+/).filter((one) => one !== '');
}
