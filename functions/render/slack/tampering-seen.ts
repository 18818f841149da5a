import type { Outcome } from '../../../events/outcome.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { prose } from './text.ts';
import { type Around, accountName, causeOf, smallPrint, whenOf } from './words.ts';

type TamperingSeen = Extract<Outcome, { kind: 'tampering-seen' }>;

/** Tells that somebody meddled with the enforcer itself. */
export function tamperingSeen(outcome: TamperingSeen, around: Around): SlackMessage {
  return message(`Somebody ${prose(outcome.what)} in account ${accountName(outcome)}.`, [
    header('🚨 Somebody meddled with the MFA enforcer'),
    section(`Somebody ${prose(outcome.what)}.`),
    fields({
      Account: accountName(outcome),
      'What happened': causeOf(outcome.cause),
      When: whenOf(outcome.cause),
    }),
    section(
      '*What to do*  Ask whether it was meant. If not, deploy the stack again. Until then users may go unprotected ' +
        'until the nightly sweep.',
    ),
    context(...smallPrint(outcome, around)),
  ]);
}
