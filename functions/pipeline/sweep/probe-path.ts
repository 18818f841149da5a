import { PROBE_TAG, type Probe, probeValue } from '../../../events/event-path.ts';
import type { Reason } from '../../../events/outcome.ts';
import type { PathCheck, SweepRequest } from '../../../events/requests.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import { mayBeDone } from '../../domain/review/iam-errors.ts';
import { getEntry, replaceEntry } from '../../io/dynamodb.ts';
import { tagPolicy } from '../../io/iam-writes.ts';
import { sendMessage } from '../../io/sqs.ts';
import { AccountUnreachable, reasonOf } from '../accounts/spoke-session.ts';
import { PATH_KEPT_MS, readProbe } from '../stored-path.ts';
import type { SweepDeps } from './sweep-deps.ts';

// An instance makes the call at once. One that has not made it by then died, and another makes it.
const PENDING_AT_MOST_MS = 60_000;
/** SQS delays a message by at most 15 minutes. */
const LONGEST_DELAY_SECONDS = 900;
/** CloudTrail's events usually reach EventBridge in seconds. */
const FIRST_LOOK_MS = 60_000;

const OFF: Reason = { code: 'off', text: 'the parameter Probe is off' };

/**
 * Probes the event path of an account: writes a tag on its ForceMFA policy, which must come back as an event. The state
 * table knows the tag's value before IAM does, so the event cannot be faster. One call for each sweep, also where a message
 * is delivered twice; only after an instance died or lost the state table between the record and the call there may be two.
 * It throws nothing, so that the sweep goes on.
 * @param deps of the account
 */
export async function probePath(deps: SweepDeps, request: SweepRequest): Promise<void> {
  const { account } = request;
  try {
    const claimed = await claim(deps, request);
    if (claimed === null || claimed.probe.state === 'off') return;
    // An organization's summary waits for the probes of all its accounts.
    if (deps.organization === null || request.only === 'probe') await askForCheck(deps, request);
    const { state, why } = await tag(deps, claimed.probe);
    if (why) deps.log.warn('the event path could not be probed', { account, why });
    await put(deps, claimed.text, { ...claimed.probe, state, why });
  } catch (error) {
    deps.log.error('the event path could not be probed', { account, error: error as Error });
  }
}

/**
 * Records that an account cannot be probed.
 * @param hub the hub's dependencies: those of the account could not be made
 * @throws if the state table cannot be read or written
 */
export async function refuseProbe(
  hub: SweepDeps,
  request: SweepRequest,
  why: Reason,
): Promise<void> {
  const claimed = await claim(hub, request);
  if (claimed === null || claimed.probe.state === 'off') return;
  await put(hub, claimed.text, { ...claimed.probe, state: 'refused', why });
}

/** Requeues the check of an account's event path until its probe is due. */
export async function checkAgain(
  { sqs, sweepsQueueUrl, now }: SweepDeps,
  check: PathCheck,
  dueAt: string,
): Promise<void> {
  const delay = Math.min(LONGEST_DELAY_SECONDS, secondsUntil(dueAt, now()));
  await sendMessage(sqs, sweepsQueueUrl, JSON.stringify(check), delay);
}

/** Whole seconds until a time (ISO 8601), at least one. */
export function secondsUntil(time: string, now: Date): number {
  return Math.max(1, Math.ceil((Date.parse(time) - now.getTime()) / 1000));
}

/** Records the probe before it is made. @returns null where the account was probed since the sweep began */
async function claim(
  deps: SweepDeps,
  { account, sweepId, startedAt, only }: SweepRequest,
): Promise<{ probe: Probe; text: string } | null> {
  const { dynamo, stateTable, now, log } = deps;
  const at = now();
  const before = await getEntry(dynamo, stateTable, stateKeys.probe(account));
  const last = readProbe(before, { account, now: at, log });
  if (last?.sweepId === sweepId && !isAbandoned(last, at)) return null;
  // A message that comes again after a later sweep's probe makes no second call, even where the later sweep could not make
  // its own. A person waits for a probe of their own.
  const isOlder =
    last !== null && last.sweepId !== sweepId && Date.parse(last.sentAt) > Date.parse(startedAt);
  if (isOlder && only !== 'probe') return null;
  const isOff = deps.probe === 'off';
  const waitMs = isOff ? 0 : deps.probeMinutes * 60_000;
  const probe: Probe = {
    schema: 'mfa-enforcer/probe/1',
    account,
    sweepId,
    value: probeValue(sweepId, at),
    sentAt: at.toISOString(),
    dueAt: new Date(at.getTime() + waitMs).toISOString(),
    state: isOff ? 'off' : 'pending',
    why: isOff ? OFF : null,
  };
  const text = await put(deps, before, probe);
  return text === null ? null : { probe, text };
}

function isAbandoned({ state, why, sentAt }: Probe, now: Date): boolean {
  return (
    state === 'pending' && why === null && now.getTime() - Date.parse(sentAt) >= PENDING_AT_MOST_MS
  );
}

/** @returns the entry's text; null where another instance was faster */
async function put(
  { dynamo, stateTable }: SweepDeps,
  before: string | null,
  probe: Probe,
): Promise<string | null> {
  const text = JSON.stringify(probe);
  const expires = new Date(Date.parse(probe.sentAt) + PATH_KEPT_MS);
  const id = stateKeys.probe(probe.account);
  const { done } = await replaceEntry(dynamo, stateTable, id, before, text, expires);
  return done ? text : null;
}

async function askForCheck(
  deps: SweepDeps,
  { account, sweepId, startedAt }: SweepRequest,
): Promise<void> {
  const check: PathCheck = { schema: 'mfa-enforcer/path-check/1', account, sweepId, startedAt };
  const dueAt = new Date(deps.now().getTime() + FIRST_LOOK_MS).toISOString();
  await checkAgain(deps, check, dueAt);
}

/** Makes the call. After an error that leaves open whether IAM wrote the tag the probe stays pending: its event may come. */
async function tag(
  { tagger, settings }: SweepDeps,
  { value }: Probe,
): Promise<Pick<Probe, 'state' | 'why'>> {
  try {
    const isThere = await tagPolicy(tagger, settings.policyArn, PROBE_TAG, value);
    if (isThere) return { state: 'sent', why: null };
    const text = `${settings.policyArn} does not exist`;
    return { state: 'refused', why: { code: 'policy-missing', text } };
  } catch (error) {
    const { code, text } = reasonOf(error);
    if (error instanceof AccountUnreachable) return { state: 'refused', why: { code, text } };
    const why = { code: text.startsWith('AccessDenied') ? 'denied' : code, text };
    return { state: mayBeDone(error) ? 'pending' : 'refused', why };
  }
}
