import type { Outcome } from '../../../events/outcome.ts';
import { accountUnreachable } from './account-unreachable.ts';
import type { SlackMessage } from './blocks.ts';
import { breakerOpen } from './breaker-open.ts';
import { couldNotEnforce } from './could-not-enforce.ts';
import { exemptionSeen } from './exemption-seen.ts';
import type { MessageContext } from './format.ts';
import { mfaDeviceAddedByOther } from './mfa-device-added-by-other.ts';
import { organizationSwept } from './organization-swept.ts';
import { policyChanged } from './policy-changed.ts';
import { sweepFinished } from './sweep-finished.ts';
import { tamperingSeen } from './tampering-seen.ts';
import { userBlocked } from './user-blocked.ts';
import { userUnblocked } from './user-unblocked.ts';

/**
 * One outcome as a Slack message.
 * @param previous the outcome of the last message on the same subject: a sweep shows the changes since then
 */
export function slackMessage(
  outcome: Outcome,
  context: MessageContext,
  previous: Outcome | null = null,
): SlackMessage {
  switch (outcome.kind) {
    case 'user-blocked':
      return userBlocked(outcome, context);
    case 'user-unblocked':
      return userUnblocked(outcome, context);
    case 'exemption-seen':
      return exemptionSeen(outcome, context);
    case 'mfa-device-added-by-other':
      return mfaDeviceAddedByOther(outcome, context);
    case 'could-not-enforce':
      return couldNotEnforce(outcome, context);
    case 'policy-changed':
      return policyChanged(outcome, context);
    case 'tampering-seen':
      return tamperingSeen(outcome, context);
    case 'breaker-open':
      return breakerOpen(outcome, context);
    case 'sweep-finished':
      return sweepFinished(outcome, context, previous?.kind === outcome.kind ? previous : null);
    case 'account-unreachable':
      return accountUnreachable(outcome, context);
    case 'organization-swept':
      return organizationSwept(outcome, context, previous?.kind === outcome.kind ? previous : null);
    default:
      return outcome satisfies never;
  }
}
