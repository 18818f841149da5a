import type { Probe } from '../../../events/event-path.ts';
import type { ProbeSeen } from '../../../events/message.ts';
import type { PathCheck } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { isLateProof, ownProbe, proofOf, provesNothing } from '../../domain/review/probe-proof.ts';
import { sendMessage } from '../../io/sqs.ts';
import { PATH_KEPT_MS, readProbe, readProof } from '../stored-path.ts';
import type { BatchDeps } from './review-deps.ts';

/** A check that began just before the proof has ended by then, so that the late one finds what it has recorded. */
const LATE_CHECK_SECONDS = 60;

/**
 * Records that a probe came back as an event, and measures how long that took. A tag that is not of the account's last probe
 * changes nothing. A proof that comes too late for the check of its sweep asks for another check, which reports the recovery.
 * @param hub the hub's dependencies: the account itself is not asked, because its event has arrived
 * @throws if the state table cannot be read or written, or the check cannot be asked for, so that the message is tried again
 */
export async function recordProof(hub: BatchDeps, seen: ProbeSeen): Promise<void> {
  const { settings, stateStore, sweepRoleArn, now, log } = hub;
  const { account, cause } = seen;
  const receivedAt = now();
  const about = { account, now: receivedAt, log };
  // Read before the probe: a proof of a later probe that is written in between must not be replaced.
  const before = await stateStore.get(stateKeys.proof(account));
  const probe = readProbe(await stateStore.get(stateKeys.probe(account)), about);
  const reason = provesNothing(seen, ownProbe(settings, sweepRoleArn, account), probe);
  if (probe === null || reason !== null) {
    log.info('dropped', { cause, reason });
    return;
  }
  await record(hub, probe, before, receivedAt);
  // Also for a duplicate: the first try may have failed here, and a check too many finds nothing new.
  if (isLateProof(probe, receivedAt)) await askForCheck(hub, probe);
}

/**
 * Records the proof, unless it is recorded already.
 * @param before the entry as it was before the probe was read
 */
async function record(
  { stateStore, log, measure }: BatchDeps,
  probe: Probe,
  before: string | null,
  receivedAt: Date,
): Promise<void> {
  const { account } = probe;
  const about = { account, now: receivedAt, log };
  if (readProof(before, about)?.value === probe.value) return;
  const proof = proofOf(probe, receivedAt);
  const expires = new Date(receivedAt.getTime() + PATH_KEPT_MS);
  const id = stateKeys.proof(account);
  const replaced = await stateStore.compareAndSet(id, before, JSON.stringify(proof), expires);
  if (!replaced.done) {
    // Another instance has recorded a duplicate of the event meanwhile.
    if (readProof(replaced.found, about)?.value === probe.value) return;
    throw new Error(`the proof of account ${account} changed while it was recorded`);
  }
  log.info('event path proven', { account, latencyMs: proof.latencyMs });
  measure({ EventPathLatency: proof.latencyMs }, { account, cause: probe.sweepId });
}

async function askForCheck(
  { sqs, sweepsQueueUrl }: BatchDeps,
  { account, sweepId, sentAt }: Probe,
): Promise<void> {
  // The sweep's own start is not known here; its call was made soon after.
  const startedAt = sentAt;
  const check: PathCheck = { schema: 'mfa-enforcer/path-check/1', account, sweepId, startedAt };
  await sendMessage(sqs, sweepsQueueUrl, JSON.stringify(check), LATE_CHECK_SECONDS);
}
