import type { Outcome } from '../../../events/outcome.ts';
import { accountUnreachable } from './account-unreachable.ts';
import type { SlackMessage } from './blocks.ts';
import { breakerOpen } from './breaker-open.ts';
import { couldNotEnforce } from './could-not-enforce.ts';
import { exemptionSeen } from './exemption-seen.ts';
import { mfaDeviceAddedByOther } from './mfa-device-added-by-other.ts';
import { organizationSwept } from './organization-swept.ts';
import { policyChanged } from './policy-changed.ts';
import { sweepFinished } from './sweep-finished.ts';
import { tamperingSeen } from './tampering-seen.ts';
import { userBlocked } from './user-blocked.ts';
import { userUnblocked } from './user-unblocked.ts';
import type { Around } from './words.ts';

/**
 * One outcome as a Slack message.
 * @param previous what was told last of the same thing: a sweep says what has changed since
 */
export function slackMessage(
  outcome: Outcome,
  around: Around,
  previous: Outcome | null = null,
): SlackMessage {
  switch (outcome.kind) {
    case 'user-blocked':
      return userBlocked(outcome, around);
    case 'user-unblocked':
      return userUnblocked(outcome, around);
    case 'exemption-seen':
      return exemptionSeen(outcome, around);
    case 'mfa-device-added-by-other':
      return mfaDeviceAddedByOther(outcome, around);
    case 'could-not-enforce':
      return couldNotEnforce(outcome, around);
    case 'policy-changed':
      return policyChanged(outcome, around);
    case 'tampering-seen':
      return tamperingSeen(outcome, around);
    case 'breaker-open':
      return breakerOpen(outcome, around);
    case 'sweep-finished':
      return sweepFinished(outcome, around, previous?.kind === outcome.kind ? previous : null);
    case 'account-unreachable':
      return accountUnreachable(outcome, around);
    case 'organization-swept':
      return organizationSwept(outcome, around, previous?.kind === outcome.kind ? previous : null);
    default:
      return outcome satisfies never;
  }
}
