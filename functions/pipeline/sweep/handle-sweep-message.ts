import { parseSweepMessage } from '../../../events/requests.ts';
import type { SweepStarter } from './start-sweep.ts';
import { type RollUp, rollUp } from './summarize-organization.ts';
import { type AccountSweeper, sweepAccount } from './sweep-account.ts';

/** Everything nightly-sweep works with. */
export type SweepHub = SweepStarter & AccountSweeper & RollUp;

/**
 * Handles one message of the queue of sweeps: sweeps the account that it names, or tells how all went.
 * @param msLeft how many ms are left to this invocation
 * @throws where it is to come again
 */
export async function handleSweepMessage(
  hub: SweepHub,
  body: string,
  msLeft: () => number,
): Promise<void> {
  const message = parseSweepMessage(body);
  switch (message.schema) {
    case 'mfa-enforcer/sweep-request/1':
      return sweepAccount(hub, message, msLeft);
    case 'mfa-enforcer/roll-up-request/1':
      return rollUp(hub, message);
    default:
      return message satisfies never;
  }
}
