import type { Outcome } from '../../../events/outcome.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { code, prose } from './text.ts';
import { type Around, accountName, causeOf, lateWords, smallPrint, whenOf } from './words.ts';

type AccountUnreachable = Extract<Outcome, { kind: 'account-unreachable' }>;

/** Tells that nobody in an account can be looked at. */
export function accountUnreachable(outcome: AccountUnreachable, around: Around): SlackMessage {
  const { why, cause } = outcome;
  return message(
    `Nobody in account ${accountName(outcome)} is being checked: ${prose(why.text)}.`,
    [
      header('📵 An account cannot be checked'),
      section(lateWords(outcome, around)),
      fields({
        Account: accountName(outcome),
        Problem: `${prose(why.text)} (${code(why.code)})`,
        'What happened': causeOf(cause),
        When: whenOf(cause),
      }),
      context(...smallPrint(outcome, around)),
    ],
  );
}
