import type { Cause } from '../../../events/cause.ts';
import type { Reason } from '../../../events/outcome.ts';
import type { SweepRequest } from '../../../events/sweep-request.ts';
import { accountUnreachableOutcome } from '../../domain/outcomes.ts';
import type { Settings } from '../../domain/settings.ts';
import { AccountUnreachable } from '../accounts/account-unreachable.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { type Meter, measureSweep } from '../measure.ts';
import { type Publisher, publish } from '../publish.ts';
import { type Sweeper, sweep } from '../sweep.ts';
import { recordSweep, recordUnswept, type SweepRecorder } from './record-sweep.ts';

/** What the accounts are swept with. */
export interface AccountSweeper extends Publisher, SweepRecorder, Meter {
  readonly accounts: Accounts<Sweeper & Publisher>;
  readonly organization: string | null;
  /** The hub's own. */
  readonly settings: Settings;
  readonly now: () => Date;
}

/**
 * Sweeps one account, and leaves a record of how it went. That an account cannot be reached is told and done with:
 * only a person can mend it.
 * @throws whatever else failed: the message comes again
 */
export async function sweepAccount(hub: AccountSweeper, request: SweepRequest): Promise<void> {
  try {
    const account = await hub.accounts.of(request.account);
    const { finished, outcomes } = await sweep(account, request.sweepId);
    const rolledUp = hub.organization !== null;
    await publish(
      account,
      outcomes.map((one) => (one.kind === 'sweep-finished' ? { ...one, rolledUp } : one)),
    );
    const { alias } = await account.names(request.account);
    await recordSweep(hub, finished, alias);
    measureSweep(hub, finished, outcomes, rolledUp);
    hub.log.info('sweep finished', { ...finished });
  } catch (error) {
    await recordUnswept(hub, request, reasonOf(error), hub.now());
    if (!(error instanceof AccountUnreachable) || error.code === 'other') throw error;
    await tellUnreachable(hub, request, error);
  }
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
