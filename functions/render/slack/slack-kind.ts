import type { Outcome } from '../../../events/outcome.ts';
import type { SlackMessage } from './blocks.ts';
import type { MessageContext } from './format.ts';

/** How Slack shows the outcomes of one kind: a row of the table in kinds.ts. */
export interface SlackKind<O extends Outcome> {
  /** @param previous the outcome of the last message on the same subject: a sweep shows the changes since then */
  message(outcome: O, context: MessageContext, previous: O | null): SlackMessage;
  /** Its line in a digest. Null for a kind that sums up many users: it is always a message of its own. */
  readonly digest: DigestEntry<O> | null;
}

export interface DigestEntry<O extends Outcome> {
  /** The words after their number in the digest's header: "1 account not checked". */
  readonly counted: { readonly one: string; readonly many: string };
  /** An action of the enforcer, which it did not take in observe mode. All else is real in either mode. */
  readonly isOwnAction: boolean;
  /** Its message has commands that a line has no room for: one or two of a batch stay messages of their own. */
  readonly isProminent?: true;
  /** How urgent it is for a person: 0 at once, 1 soon, 2 and 3 for information. */
  urgency(outcome: O): 0 | 1 | 2 | 3;
  /** The first sentence of its line. */
  title(outcome: O): string;
  /** The command that undoes what it reports, or null. An event never carries a command: it is built here. */
  fix?(outcome: O, context: MessageContext): string | null;
}
