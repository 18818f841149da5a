import { parseSweepMessage } from '../../../events/requests.ts';
import type { SweepStarter } from './start-sweep.ts';
import { type RollUp, rollUp } from './summarize-organization.ts';
import { type AccountSweeper, sweepAccount } from './sweep-account.ts';

/** The dependencies of nightly-sweep. */
export type SweepHub = SweepStarter & AccountSweeper & RollUp;

/**
 * Handles one message of the queue of sweeps: it sweeps the named account, or summarizes the organization.
 * @param msLeft remaining ms of this invocation
 * @throws if the message must be tried again
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
