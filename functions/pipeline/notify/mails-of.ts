import type { Outcome, OutcomeOf } from '../../../events/outcome.ts';
import { stateKeys } from '../../../events/state-keys.ts';
import type { MailContent } from '../../render/mail/mail.ts';

/** A mail that an outcome asks for. */
export interface OutcomeMail {
  /** Where it goes. */
  readonly to: string;
  /** The name as IAM returns it. */
  readonly user: string;
  readonly content: MailContent;
  /** The key of the history of the mails of this kind to this user: each gets at most one a day. */
  readonly key: string;
}

/**
 * The mails that an outcome asks for: none in observe mode, and none to a user without an address. A sweep asks for one to
 * each user whose exemption ends soon.
 */
export function mailsOf(outcome: Outcome): OutcomeMail[] {
  const { account, mode } = outcome;
  if (mode === 'observe') return [];
  const mailTo = (user: string, to: string | undefined, content: MailContent): OutcomeMail[] =>
    to === undefined
      ? []
      : [{ to, user, content, key: stateKeys.mail(account, kindOf(content), user) }];
  if (outcome.kind === 'user-blocked') {
    return mailTo(outcome.user, outcome.email, { kind: 'blocked', at: outcome.at });
  }
  if (outcome.kind === 'user-unblocked') {
    return mailTo(outcome.user, outcome.email, unblocked(outcome));
  }
  if (outcome.kind === 'enrolment-due') {
    const { user, email, until, step: stage } = outcome;
    return mailTo(user, email, { kind: 'reminder', until, stage });
  }
  if (outcome.kind !== 'sweep-finished') return [];
  return outcome.endingExemptions.flatMap(({ user, until, email }) =>
    mailTo(user, email, { kind: 'exemption-ending', until }),
  );
}

/** Each stage of a reminder is a kind of its own: two may be due on one day. */
function kindOf(content: MailContent): string {
  return content.kind === 'reminder' ? `${content.kind}-${content.stage}` : content.kind;
}

function unblocked({ at, enrolment }: OutcomeOf<'user-unblocked'>): MailContent {
  return {
    kind: 'unblocked',
    at,
    device: enrolment?.serial ?? null,
    place: enrolment?.actor.sourceIp ?? null,
  };
}
