import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Cause } from '../../../events/cause.ts';
import type { Outcome, Reason } from '../../../events/outcome.ts';
import type { SweepRequest } from '../../../events/requests.ts';
import { accountUnreachableOutcome } from '../../domain/outcomes/outcomes.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { sendMessage } from '../../io/sqs.ts';
import { AccountUnreachable } from '../accounts/account-unreachable.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { type Publisher, publish } from '../publish.ts';
import { type Meter, measureSweep } from '../review/review-metrics.ts';
import { sweepPolicies } from './check-policies.ts';
import { recordSweep, recordUnswept, type SweepRecorder } from './record-sweep.ts';
import { type Sweeper, type Swept, sweep } from './scan-account.ts';

/** What the accounts are swept with. */
export interface AccountSweeper extends Publisher, SweepRecorder, Meter {
  readonly accounts: Accounts<Sweeper & Publisher>;
  readonly sqs: SQSClient;
  readonly sweepsQueueUrl: string;
  readonly organization: string | null;
  /** The hub's own. */
  readonly settings: Settings;
  readonly now: () => Date;
}

// What stood in the way may pass.
const GO_ON_SECONDS = { inTime: 0, afterAnError: 60 };

/**
 * Sweeps one account, and leaves a record of how it went. Where the time is up, or something stands in the way of a run
 * that has come further, another message goes on from there. That an account cannot be reached is told and done with:
 * only a person can fix it.
 * The checks of the policies that failed are asked for again by a message of their own: they end in a dead-letter queue
 * where they cannot be done.
 * @throws whatever else failed: the message comes again
 */
export async function sweepAccount(
  hub: AccountSweeper,
  request: SweepRequest,
  msLeft: () => number,
): Promise<void> {
  if (request.only === 'policies') return sweepPoliciesOf(hub, request);
  try {
    const account = await hub.accounts.of(request.account);
    const { sweepId, startedAt, progress } = request;
    const swept = await sweep(account, sweepId, { startedAt, progress, msLeft });
    const rolledUp = hub.organization !== null;
    await publish(
      account,
      swept.outcomes.map((one) => (one.kind === 'sweep-finished' ? { ...one, rolledUp } : one)),
    );
    if (swept.kind === 'unfinished') return await goOn(hub, request, swept);
    const { finished } = swept;
    const { alias } = await account.names(request.account);
    await recordSweep(hub, finished, alias);
    measureSweep(hub, finished, swept.outcomes, rolledUp);
    hub.log.info('sweep finished', { ...finished });
    await retryPolicies(hub, request, finished);
  } catch (error) {
    await recordUnswept(hub, request, reasonOf(error), hub.now());
    if (!(error instanceof AccountUnreachable) || error.code === 'other') throw error;
    await tellUnreachable(hub, request, error);
  }
}

async function retryPolicies(
  { sqs, sweepsQueueUrl }: AccountSweeper,
  { progress: _, ...request }: SweepRequest,
  { failedParts }: Extract<Outcome, { kind: 'sweep-finished' }>,
): Promise<void> {
  // Without a credential report every blocked user was asked about: nothing is left to do.
  if (failedParts.every(({ part }) => part === 'credential-report')) return;
  const retry: SweepRequest = { ...request, only: 'policies' };
  await sendMessage(sqs, sweepsQueueUrl, JSON.stringify(retry), GO_ON_SECONDS.afterAnError);
}

async function sweepPoliciesOf(
  hub: AccountSweeper,
  { account: id, sweepId, startedAt }: SweepRequest,
): Promise<void> {
  const account = await hub.accounts.of(id);
  const cause: Cause = { kind: 'sweep', sweepId, startedAt };
  const { outcomes, failedParts } = await sweepPolicies(account, cause);
  await publish(account, outcomes);
  if (failedParts.length === 0) return;
  const what = failedParts.map(({ part, why }) => `${part}: ${why}`).join('; ');
  throw new Error(`parts of the sweep of account ${id} could not be done: ${what}`);
}

async function goOn(
  { sqs, sweepsQueueUrl, log }: AccountSweeper,
  request: SweepRequest,
  { progress, error }: Extract<Swept, { kind: 'unfinished' }>,
): Promise<void> {
  const { account, sweepId } = request;
  const { users } = progress.tally.totals;
  if (error) log.warn('sweep goes on after an error', { account, sweepId, users, error });
  else log.info('sweep goes on in another run', { account, sweepId, users });
  const delay = error ? GO_ON_SECONDS.afterAnError : GO_ON_SECONDS.inTime;
  await sendMessage(sqs, sweepsQueueUrl, JSON.stringify({ ...request, progress }), delay);
}

function reasonOf(error: unknown): Reason {
  if (error instanceof AccountUnreachable) return { code: error.code, text: error.why };
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { code: 'other', text: `${name}: ${message}` };
}

async function tellUnreachable(
  hub: AccountSweeper,
  { account, sweepId, startedAt }: SweepRequest,
  error: AccountUnreachable,
): Promise<void> {
  hub.log.warn('account unreachable', { account, why: error.why });
  const cause: Cause = { kind: 'sweep', sweepId, startedAt };
  const { mode } = hub.settings;
  const outcome = accountUnreachableOutcome({ account, mode }, cause, reasonOf(error), hub.now());
  await publish(hub, [outcome]);
}
