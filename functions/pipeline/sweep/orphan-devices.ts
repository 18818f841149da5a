import type { Cause } from '../../../events/cause.ts';
import { StoredOrphans } from '../../../events/last-sweep.ts';
import type { OrphanDevice, OrphanRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { isDue, seenSince } from '../../domain/review/orphan-devices.ts';
import { getEntry, putEntry } from '../../io/dynamodb.ts';
import { sendMessages } from '../../io/sqs.ts';
import { hasCome, readStored } from '../state-store.ts';
import type { SweepDeps } from './sweep-deps.ts';

const KEPT_MS = 3 * 24 * 60 * 60 * 1000;

/**
 * Remembers the orphan devices that a sweep has seen, and sends those that were there a day ago to review, which deletes or
 * reports them.
 * @throws the error of the state table or the queue
 */
export async function checkOrphans(
  { dynamo, stateTable, sqs, queueUrl, settings, log, now }: SweepDeps,
  cause: Cause,
  orphans: readonly OrphanDevice[],
): Promise<void> {
  if (orphans.length === 0) return;
  const { account } = settings;
  const id = stateKeys.orphans(account);
  const at = now();
  const before = readStored(await getEntry(dynamo, stateTable, id), {
    id,
    schema: StoredOrphans,
    isPossible: ({ seenAt, devices }) =>
      hasCome(at)(seenAt) && devices.every(({ firstSeenAt }) => hasCome(at)(firstSeenAt)),
    log,
  });
  const seen = seenSince(before, orphans, at);
  const record: StoredOrphans = {
    schema: 'mfa-enforcer/orphan-devices/1',
    account,
    seenAt: at.toISOString(),
    devices: seen.map(({ serial, firstSeenAt }) => ({ serial, firstSeenAt })),
  };
  const expires = new Date(at.getTime() + KEPT_MS);
  await putEntry(dynamo, stateTable, id, JSON.stringify(record), expires);
  const schema = 'mfa-enforcer/orphan-device/1';
  const due = seen
    .filter((one) => isDue(one, at))
    .map((one): OrphanRequest => ({ schema, account, ...one, cause }));
  await sendMessages(
    sqs,
    queueUrl,
    due.map((request) => JSON.stringify(request)),
    account,
  );
}
