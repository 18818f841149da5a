import type { Outcome, OutcomeKind, OutcomeOf } from '../../../events/outcome.ts';
import { accountUnreachable } from './account-unreachable.ts';
import { blockContested } from './block-contested.ts';
import type { SlackMessage } from './blocks.ts';
import { breakerOpen } from './breaker-open.ts';
import { couldNotEnforce } from './could-not-enforce.ts';
import { enrolmentDue } from './enrolment-due.ts';
import { enrolmentSuspicious } from './enrolment-suspicious.ts';
import { eventPathProven } from './event-path-proven.ts';
import { eventPathUnproven } from './event-path-unproven.ts';
import { exemptionSeen } from './exemption-seen.ts';
import type { MessageContext } from './format.ts';
import { organizationSwept } from './organization-swept.ts';
import { orphanDevice } from './orphan-device.ts';
import { policyChanged } from './policy-changed.ts';
import type { SlackKind } from './slack-kind.ts';
import { sweepFinished } from './sweep-finished.ts';
import { tamperingSeen } from './tampering-seen.ts';
import { userBlocked } from './user-blocked.ts';
import { userUnblocked } from './user-unblocked.ts';

/** Every kind of outcome, in the order in which a digest's header counts them. */
export const slackKinds: { readonly [K in OutcomeKind]: SlackKind<OutcomeOf<K>> } = {
  'policy-changed': policyChanged,
  'tampering-seen': tamperingSeen,
  'enrolment-suspicious': enrolmentSuspicious,
  'block-contested': blockContested,
  'event-path-unproven': eventPathUnproven,
  'account-unreachable': accountUnreachable,
  'could-not-enforce': couldNotEnforce,
  'user-blocked': userBlocked,
  'user-unblocked': userUnblocked,
  'enrolment-due': enrolmentDue,
  'exemption-seen': exemptionSeen,
  'orphan-device': orphanDevice,
  'breaker-open': breakerOpen,
  'event-path-proven': eventPathProven,
  'sweep-finished': sweepFinished,
  'organization-swept': organizationSwept,
};

/** The row of an outcome's kind. */
export function slackKind<O extends Outcome>({ kind }: O): SlackKind<O> {
  // The compiler does not relate the row to the kind.
  return slackKinds[kind] as SlackKind<never> as SlackKind<O>;
}

/**
 * One outcome as a Slack message.
 * @param previous the outcome of the last message on the same subject, or null
 */
export function slackMessage(
  outcome: Outcome,
  context: MessageContext,
  previous: Outcome | null = null,
): SlackMessage {
  const before = previous?.kind === outcome.kind ? previous : null;
  return slackKind(outcome).message(outcome, context, before);
}
