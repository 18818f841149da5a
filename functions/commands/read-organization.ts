import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { SettingsFrom } from '../../events/settings-from.ts';
import { iamEventRegionOf } from '../domain/rules/partition.ts';
import { formatSettings, type Settings } from '../domain/rules/settings.ts';
import type { AccountReading } from '../pipeline/report/each-account.ts';
import { lastSweepsInStateTable, readOrganization } from '../pipeline/report/read-organization.ts';
import { problemLines } from '../render/report/text.ts';
import { namingActions } from '../runtime/clients.ts';
import { type Deployed, ownIam, readSessions, readSettings } from './connect.ts';
import { reasonNotRead } from './errors.ts';
import { type AccountOptions, choiceOf, type OrganizationOptions, throttleOf } from './options.ts';
import { type Progress, progressBar } from './progress.ts';
import { CLEAR_LINE, type Terminal } from './terminal.ts';

/** The common head of every answer about an organization, and its accounts. T is what was read from one account. */
export interface OrganizationRead<T> {
  readonly head: {
    readonly organization: string;
    readonly managementAccount: string;
    readonly at: string;
    readonly finishedAt: string;
    readonly decidedBy: string;
    readonly settingsFrom: SettingsFrom;
    readonly counts: Record<'listed' | 'read' | 'notRead' | 'leftOut', number>;
  };
  readonly accounts: readonly AccountReading<T>[];
  /** The deployment that the caller named. */
  readonly hub: Deployed;
}

/**
 * Reads the chosen accounts of the organization and shows progress. The progress line counts accounts that could not be
 * read.
 * @param read reads one account; the hub's settings and identity are those of the caller
 * @throws UsageError, BadConfiguration, StackNotRead, NotInOrganization; the error of a failed call to STS or Organizations
 */
export async function readingOrganization<T>(
  terminal: Terminal,
  options: AccountOptions & OrganizationOptions,
  readingAccounts: (hub: Deployed) => (iam: IAMClient, settings: Settings) => Promise<T>,
): Promise<OrganizationRead<T>> {
  const choice = choiceOf(options);
  const accountThrottle = throttleOf(options);
  const hub = await readSettings(terminal, options);
  const { identity, settings, settingsFrom } = hub;
  // The hub is deployed in the Region where IAM's events are delivered.
  const hubRegion = iamEventRegionOf(identity.partition);
  const at = terminal.now().toISOString();
  // Organizations allows a few calls a second, so an organization with many units takes a while to list.
  if (terminal.progress) terminal.err('Reading the list of accounts…');
  let onDone: Progress['tick'] = () => undefined;
  let notRead = 0;
  try {
    const { id, managementAccount, listed, accounts } = await readOrganization<T>({
      organizations: namingActions('organizations', new OrganizationsClient(identity.config)),
      sessions: readSessions(identity, settings),
      ownClient: () => ownIam(identity),
      choice,
      lastSweeps: async (ids) => {
        const table = options.stateTable ?? terminal.env.MFA_ENFORCER_STATE_TABLE;
        if (!table) return new Map();
        const dynamo = new DynamoDBClient({ ...identity.config, region: hubRegion });
        return lastSweepsInStateTable(
          namingActions('dynamodb', dynamo),
          table,
          ids,
          terminal.now(),
        );
      },
      ...accountThrottle,
      read: readingAccounts(hub),
      reasonOf: reasonNotRead,
      now: terminal.now,
      onChosen: (count) => {
        onDone = progressBar(terminal, 'Reading accounts', count).tick;
      },
      onDone: ({ status }) => {
        if (status === 'not-read') notRead += 1;
        onDone(notRead === 0 ? '' : `, ${notRead} could not be read`);
      },
    });
    const counts = {
      listed,
      read: accounts.length - notRead,
      notRead,
      leftOut: listed - accounts.length,
    };
    const finishedAt = terminal.now().toISOString();
    const decidedBy = formatSettings(settings);
    return {
      head: {
        organization: id,
        managementAccount,
        at,
        finishedAt,
        decidedBy,
        settingsFrom,
        counts,
      },
      accounts,
      hub,
    };
  } finally {
    if (terminal.progress) terminal.err(CLEAR_LINE);
  }
}

/** Lists the accounts that could not be read on standard error, for output formats that do not. */
export function sayNotRead(
  terminal: Terminal,
  { head, accounts }: Pick<OrganizationRead<unknown>, 'head' | 'accounts'>,
): void {
  const { notRead, read } = head.counts;
  if (notRead === 0) return;
  terminal.err(`${notRead} of ${notRead + read} accounts could not be read:\n`);
  const lines = problemLines(accounts.filter((one) => one.status === 'not-read'));
  terminal.err(lines.map((line) => `${line}\n`).join(''));
}
