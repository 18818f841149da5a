import { parseSweepMessage } from '../../../events/requests.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { rollUp } from './summarize-organization.ts';
import { sweepAccount } from './sweep-account.ts';
import type { SweepDeps } from './sweep-deps.ts';

/**
 * Handles one message of the queue of sweeps: it sweeps the named account, or summarizes the organization.
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
    default:
      return message satisfies never;
  }
}
