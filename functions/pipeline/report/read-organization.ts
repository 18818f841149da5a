import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { stateKeys } from '../../../events/state-keys.ts';
import { byPlace, type Choice, chosenAccounts } from '../../domain/accounts/chosen-accounts.ts';
import { getEntries } from '../../io/dynamodb.ts';
import {
  describeOrganization,
  listAccounts,
  listAccountsBelow,
  listRoots,
  listUnits,
  type Organization,
  type OrganizationalUnit,
} from '../../io/organizations.ts';
import { readSpokeSettings, type SpokeSessions, spokeClient } from '../accounts/spoke-session.ts';
import { readLastSweepFor } from '../sweep/stored-sweep.ts';
import { type AccountReading, eachAccount, type HowToRead } from './each-account.ts';

/** How an organization is read. T is the result for one account. */
export interface OrganizationReader<T>
  extends Omit<HowToRead<T>, 'clientOf' | 'settingsOf' | 'onDone'> {
  readonly organizations: OrganizationsClient;
  /** Sessions in the other accounts; the caller's own account is sessions.hub.account. */
  readonly sessions: SpokeSessions;
  /** A client of the caller's own account. */
  readonly ownClient: () => IAMClient;
  readonly choice: Choice;
  /** The time of each account's last sweep, if known. */
  readonly lastSweeps: (accounts: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Called with the number of accounts before the first one is read. */
  readonly onChosen: (accounts: number) => void;
  readonly onDone: HowToRead<T>['onDone'];
}

/** The readings of an organization. */
export interface OrganizationReading<T> extends Organization {
  /** The number of accounts of the organization. */
  readonly listed: number;
  /** The chosen accounts, sorted by their organizational units and names. */
  readonly accounts: readonly AccountReading<T>[];
}

/**
 * Reads the accounts of the caller's organization: the caller's account with the caller's credentials, the others with
 * their read role.
 * @throws NotInOrganization; the error of a failed call to Organizations, because the list of accounts must be complete
 */
export async function readOrganization<T>(
  reader: OrganizationReader<T>,
): Promise<OrganizationReading<T>> {
  const { organizations, sessions, ownClient, choice, lastSweeps, onChosen } = reader;
  const organization = await describeOrganization(organizations);
  const listed = await listAccounts(organizations);
  const tree = await readTree(organizations);
  const swept = await lastSweeps(listed.map(({ id }) => id));
  const all = listed.map(({ id, name, active }) => {
    const units = tree.get(id) ?? [];
    const lastSweptAt = swept.get(id) ?? null;
    const place = { account: id, name, ou: units.map((unit) => unit.name), lastSweptAt };
    return { id, active, units: units.map((unit) => unit.id), place };
  });
  const chosen = chosenAccounts(all, choice).toSorted((a, b) => byPlace(a.place, b.place));
  onChosen(chosen.length);
  const own = sessions.hub.account;
  const accounts = await eachAccount(chosen, {
    ...reader,
    clientOf: (account) => (account === own ? ownClient() : spokeClient(sessions, account)),
    settingsOf: async (account, iam) =>
      account === own ? sessions.hub : readSpokeSettings(sessions, account, iam),
  });
  return { ...organization, listed: listed.length, accounts };
}

/**
 * The time of each account's last nightly sweep, from the hub's state table.
 * @returns account → ISO date, without accounts that have no valid record
 * @throws the error of a failed call
 */
export async function lastSweepsInStateTable(
  dynamo: DynamoDBClient,
  table: string,
  accounts: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  const entries = await getEntries(dynamo, table, accounts.map(stateKeys.lastSweep));
  const found = new Map<string, string>();
  for (const account of accounts) {
    const last = readLastSweepFor(account, entries.get(stateKeys.lastSweep(account)), now);
    if (last !== null) found.set(account, last.finishedAt);
  }
  return found;
}

/** The organizational units of each account, outermost first. */
type Tree = ReadonlyMap<string, readonly OrganizationalUnit[]>;

/**
 * Reads all organizational units from the root: two calls each, one unit after the other, because Organizations allows a
 * few calls a second.
 * @throws the error of a failed call
 */
async function readTree(organizations: OrganizationsClient): Promise<Tree> {
  const tree = new Map<string, readonly OrganizationalUnit[]>();
  const walk = async (parent: string, path: readonly OrganizationalUnit[]): Promise<void> => {
    for (const account of await listAccountsBelow(organizations, parent)) tree.set(account, path);
    for (const unit of await listUnits(organizations, parent)) await walk(unit.id, [...path, unit]);
  };
  for (const root of await listRoots(organizations)) await walk(root, []);
  return tree;
}
