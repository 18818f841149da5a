import type { RollUpRequest, SweepRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { putEntry } from '../../io/dynamodb.ts';
import { listAccounts, type OrganizationAccount } from '../../io/organizations.ts';
import { sendMessage, sendMessages } from '../../io/sqs.ts';
import { lookAgainIn } from './summarize-organization.ts';
import type { SweepDeps } from './sweep-deps.ts';

const NAME_KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const AT_ONCE = 10;

/** A started sweep. */
export interface Started {
  readonly sweepId: string;
  readonly accounts: number;
}

/**
 * Starts a sweep with one message per account, so that accounts do not wait for each other and each is tried again
 * separately. In an organization a last message asks for the summary.
 * @param sweepId the sweep's ID in all its messages
 * @throws if the accounts cannot be listed, or the queue refuses a message
 */
export async function startSweep(deps: SweepDeps, sweepId: string): Promise<Started> {
  const { organizations, organization, settings, sqs, sweepsQueueUrl, now, log } = deps;
  const startedAt = now().toISOString();
  const listed = organization === null ? [] : await listAccounts(organizations);
  const active = listed.filter((account) => account.active);
  const accounts = organization === null ? [settings.account] : active.map(({ id }) => id);
  await rememberNames(deps, active);
  const requests = accounts.map((account): SweepRequest => {
    return { schema: 'mfa-enforcer/sweep-request/1', account, sweepId, startedAt };
  });
  await sendMessages(
    sqs,
    sweepsQueueUrl,
    requests.map((request) => JSON.stringify(request)),
  );
  if (organization !== null) {
    const inactive = listed.length - active.length;
    const schema = 'mfa-enforcer/roll-up-request/1';
    const rollUp: RollUpRequest = { schema, organization, sweepId, startedAt, accounts, inactive };
    await sendMessage(sqs, sweepsQueueUrl, JSON.stringify(rollUp), lookAgainIn(accounts.length));
  }
  log.info('sweep started', { sweepId, accounts: accounts.length });
  return { sweepId, accounts: accounts.length };
}

/** Records the organization's names of accounts for alerts. A missing name stops no sweep. */
async function rememberNames(
  { dynamo, stateTable, now, log }: SweepDeps,
  accounts: readonly OrganizationAccount[],
): Promise<void> {
  const expires = new Date(now().getTime() + NAME_KEPT_MS);
  for (let from = 0; from < accounts.length; from += AT_ONCE) {
    const some = accounts.slice(from, from + AT_ONCE).map(({ id, name }) => {
      return putEntry(dynamo, stateTable, stateKeys.accountName(id), name, expires);
    });
    for (const result of await Promise.allSettled(some)) {
      if (result.status === 'fulfilled') continue;
      log.warn('an account name could not be recorded', { error: result.reason as Error });
    }
  }
}
