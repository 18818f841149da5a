import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { lastSweepId } from '../../../events/last-sweep.ts';
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

/** How an organization is read; T is what is read of an account. */
export interface OrganizationReader<T>
  extends Omit<HowToRead<T>, 'clientOf' | 'settingsOf' | 'onDone'> {
  readonly organizations: OrganizationsClient;
  /** Sessions in the other accounts; the caller's own account is sessions.hub.account. */
  readonly sessions: SpokeSessions;
  /** A client of the caller's own account. */
  readonly ownClient: () => IAMClient;
  readonly choice: Choice;
  /** When each account was last swept, where that is known. */
  readonly lastSweeps: (accounts: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Is told how many accounts there are to read, before the first is. */
  readonly onChosen: (accounts: number) => void;
  readonly onDone: HowToRead<T>['onDone'];
}

/** What was read of an organization. */
export interface OrganizationReading<T> extends Organization {
  /** How many accounts the organization has. */
  readonly listed: number;
  /** Those that were asked for, by their place in the organization and their name. */
  readonly accounts: readonly AccountReading<T>[];
}

/**
 * Reads the accounts of the caller's organization: his own with his own credentials, the others as their read role.
 * @throws NotInOrganization; whatever a failed call to Organizations throws: without the list nobody knows who is missing
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
 * When the nightly sweep last finished in each account, as the hub's state table has it.
 * @returns account → ISO date; an account that was never swept, or whose record cannot be read, is missing
 * @throws whatever a failed call throws
 */
export async function lastSweepsInStateTable(
  dynamo: DynamoDBClient,
  table: string,
  accounts: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  const entries = await getEntries(dynamo, table, accounts.map(lastSweepId));
  const found = new Map<string, string>();
  for (const account of accounts) {
    const last = readLastSweepFor(account, entries.get(lastSweepId(account)), now);
    if (last !== null) found.set(account, last.finishedAt);
  }
  return found;
}

/** Where each account is: the units around it, outermost first. */
type Tree = ReadonlyMap<string, readonly OrganizationalUnit[]>;

/**
 * Walks from the root through all organizational units: two calls each, one unit after the other, since
 * Organizations lets through a handful of calls a second.
 * @throws whatever a failed call throws
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
