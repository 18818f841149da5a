import type { Outcome } from '../../../events/outcome.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { mendLines } from './mend.ts';
import { prose } from './text.ts';
import { type Around, accountWords, causeOf, lateWords, smallPrint, whenOf } from './words.ts';

type TamperingSeen = Extract<Outcome, { kind: 'tampering-seen' }>;

/** Tells that somebody meddled with the enforcer itself. */
export function tamperingSeen(outcome: TamperingSeen, around: Around): SlackMessage {
  return message(`Somebody ${prose(outcome.what)} in account ${accountWords(outcome)}.`, [
    header('🚨 Somebody meddled with the MFA enforcer'),
    section(lateWords(outcome, around), `Somebody ${prose(outcome.what)}.`),
    fields({
      Account: accountWords(outcome),
      'What happened': causeOf(outcome.cause),
      When: whenOf(outcome.cause),
    }),
    section('*First*  Ask whether it was meant. Until it is undone, users may go unprotected.'),
    outcome.mend === null
      ? section(
          '*What to do*  In a checkout of this project, `node dist/cli/index.mjs doctor` names what differs from what was ' +
            'deployed, and the command that mends it. A deployment of the same template does not put it back.',
        )
      : section(...mendLines(outcome.mend, outcome.account)),
    context(...smallPrint(outcome, around)),
  ]);
}
