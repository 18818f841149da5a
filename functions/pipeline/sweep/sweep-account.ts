import type { Cause } from '../../../events/cause.ts';
import type { OutcomeOf } from '../../../events/outcome.ts';
import { parseSweepMessage, type SweepRequest } from '../../../events/requests.ts';
import { sweepMetrics } from '../../domain/outcomes/metrics.ts';
import { accountUnreachableOutcome } from '../../domain/outcomes/outcomes.ts';
import { sendMessage } from '../../io/sqs.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { AccountUnreachable, reasonOf } from '../accounts/spoke-session.ts';
import { readEventPaths } from '../event-paths.ts';
import { checkPath } from './check-paths.ts';
import { sweepPolicies } from './check-policies.ts';
import { waitForReport } from './credential-report.ts';
import { probePath, refuseProbe } from './probe-path.ts';
import { type Swept, sweep } from './scan-account.ts';
import { recordSweep, recordUnswept } from './stored-sweep.ts';
import { rollUp } from './summarize-organization.ts';
import type { SweepDeps } from './sweep-deps.ts';

// After an error the next run waits, because the cause may be temporary.
const GO_ON_SECONDS = { inTime: 0, afterAnError: 60 };

/**
 * Handles one message of the queue of sweeps: it sweeps the named account, summarizes the organization, or checks an
 * event path.
 * @param msLeft remaining ms of this invocation
 * @throws if the message must be tried again
 */
export async function handleSweepMessage(
  accounts: Accounts<SweepDeps>,
  body: string,
  msLeft: () => number,
): Promise<void> {
  const message = parseSweepMessage(body);
  switch (message.schema) {
    case 'mfa-enforcer/sweep-request/1':
      return sweepAccount(accounts, message, msLeft);
    case 'mfa-enforcer/roll-up-request/1':
      return rollUp(accounts.own, message);
    case 'mfa-enforcer/path-check/1':
      return checkPath(accounts.own, message);
    default:
      return message satisfies never;
  }
}

/**
 * Sweeps one account and records the result. If the time is over, or a run fails after some progress, another message
 * continues there. The message also comes back while IAM makes the credential report. An unreachable account is reported and not
 * tried again, because only a person can fix it.
 * A message of its own repeats failed policy checks. It ends in the dead-letter queue if they keep failing.
 * @throws any other error, so that the message is tried again
 */
async function sweepAccount(
  accounts: Accounts<SweepDeps>,
  request: SweepRequest,
  msLeft: () => number,
): Promise<void> {
  if (request.only === 'policies') return sweepPoliciesOf(accounts, request);
  if (request.only === 'probe') return probeOnly(accounts, request);
  const hub = accounts.own;
  try {
    const account = await accounts.of(request.account);
    const { sweepId, startedAt, progress } = request;
    if (await waitForReport(account, request)) return;
    if (progress === undefined) await probePath(account, request);
    const swept = await sweep(account, sweepId, { startedAt, progress, msLeft });
    if (swept.kind === 'unfinished') {
      await account.publish(swept.outcomes);
      return await goOn(hub, request, swept);
    }
    const rolledUp = hub.organization !== null;
    const finished = {
      ...swept.finished,
      rolledUp,
      ...(await eventPathNow(account, request.account)),
    };
    await account.publish(
      swept.outcomes.map((one) => (one.kind === finished.kind ? finished : one)),
    );
    const { alias } = await account.names(request.account);
    await recordSweep(hub, finished, alias);
    // For a single account it is the heartbeat, so it comes last.
    hub.measure(sweepMetrics(swept.outcomes, rolledUp), {
      account: finished.account,
      cause: sweepId,
    });
    hub.log.info('sweep finished', { ...finished });
    await retryPolicies(hub, request, finished);
  } catch (error) {
    await recordUnswept(hub, request, reasonOf(error), hub.now());
    if (!(error instanceof AccountUnreachable) || error.code === 'other') throw error;
    await reportUnreachable(hub, request, error);
  }
}

/** The event path when the sweep finishes. With Probe off nothing is known, and nothing is read. */
async function eventPathNow(
  { dynamo, stateTable, probe, now }: SweepDeps,
  account: string,
): Promise<Pick<OutcomeOf<'sweep-finished'>, 'eventPath'>> {
  if (probe === 'off') return {};
  const table = { dynamo, name: stateTable };
  const pathOf = await readEventPaths([account], table, { now, reasonOf });
  return { eventPath: pathOf(account) };
}

/**
 * Probes an account because a person asked for it. One that cannot be reached is recorded so, and not tried again.
 * @throws any other error, so that the message is tried again
 */
async function probeOnly(accounts: Accounts<SweepDeps>, request: SweepRequest): Promise<void> {
  try {
    await probePath(await accounts.of(request.account), request);
  } catch (error) {
    if (!(error instanceof AccountUnreachable) || error.code === 'other') throw error;
    await refuseProbe(accounts.own, request, reasonOf(error));
  }
}

async function retryPolicies(
  { sqs, sweepsQueueUrl }: SweepDeps,
  { progress: _, reportWaits: __, ...request }: SweepRequest,
  { failedParts }: OutcomeOf<'sweep-finished'>,
): Promise<void> {
  // Users who could not be read are in review. Without a credential report users were read one by one.
  const repeated = ['policies', 'deny-group', 'foreign-policies'];
  if (!failedParts.some(({ part }) => repeated.includes(part))) return;
  const retry: SweepRequest = { ...request, only: 'policies' };
  await sendMessage(sqs, sweepsQueueUrl, JSON.stringify(retry), GO_ON_SECONDS.afterAnError);
}

async function sweepPoliciesOf(
  accounts: Accounts<SweepDeps>,
  { account: id, sweepId, startedAt }: SweepRequest,
): Promise<void> {
  const account = await accounts.of(id);
  const cause: Cause = { kind: 'sweep', sweepId, startedAt };
  const { outcomes, failedParts } = await sweepPolicies(account, cause);
  await account.publish(outcomes);
  if (failedParts.length === 0) return;
  const what = failedParts.map(({ part, why }) => `${part}: ${why}`).join('; ');
  throw new Error(`parts of the sweep of account ${id} failed: ${what}`);
}

async function goOn(
  { sqs, sweepsQueueUrl, log }: SweepDeps,
  request: SweepRequest,
  { progress, error }: Extract<Swept, { kind: 'unfinished' }>,
): Promise<void> {
  const { account, sweepId } = request;
  const { users } = progress.tally.totals;
  if (error) log.warn('sweep continues after an error', { account, sweepId, users, error });
  else log.info('sweep continues in another run', { account, sweepId, users });
  const delay = error ? GO_ON_SECONDS.afterAnError : GO_ON_SECONDS.inTime;
  await sendMessage(sqs, sweepsQueueUrl, JSON.stringify({ ...request, progress }), delay);
}

async function reportUnreachable(
  hub: SweepDeps,
  { account, sweepId, startedAt }: SweepRequest,
  error: AccountUnreachable,
): Promise<void> {
  hub.log.warn('account unreachable', { account, why: error.why });
  const cause: Cause = { kind: 'sweep', sweepId, startedAt };
  const { mode } = hub.settings;
  const outcome = accountUnreachableOutcome({ account, mode }, cause, reasonOf(error), hub.now());
  await hub.publish([outcome]);
}
