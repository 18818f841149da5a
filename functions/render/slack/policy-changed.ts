import type { Outcome } from '../../../events/outcome.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { mendLines } from './mend.ts';
import { code, plain } from './text.ts';
import { type Around, accountWords, causeOf, lateWords, smallPrint, whenOf } from './words.ts';

type PolicyChanged = Extract<Outcome, { kind: 'policy-changed' }>;

/** Tells that somebody changed a policy of the enforcer's, and how to mend it. */
export function policyChanged(outcome: PolicyChanged, around: Around): SlackMessage {
  const name = plain(outcome.policyArn.split('/').at(-1) ?? outcome.policyArn);
  const { emoji, what, next } = policyStates[outcome.state];
  return message(`The policy ${name} of account ${accountWords(outcome)} ${what}.`, [
    header(`${emoji} The policy ${name} ${what}`),
    fields({
      Policy: code(outcome.policyArn),
      Account: accountWords(outcome),
      'What happened': causeOf(outcome.cause),
      When: whenOf(outcome.cause),
    }),
    section(lateWords(outcome, around)),
    section(`*What happens next*  ${next}`),
    outcome.mend === null ? null : section(...mendLines(outcome.mend, outcome.account)),
    context(...smallPrint(outcome, around)),
  ]);
}

/** What became of a policy, in words. */
export const policyStates = {
  intact: {
    emoji: '🟢',
    what: 'was changed, and changed back',
    next: 'Nothing. It is as deployed.',
  },
  restored: {
    emoji: '🟡',
    what: 'was changed, and put back',
    next: 'Nothing. Its good version is the default again. Ask whether the change was meant.',
  },
  changed: {
    emoji: '🚨',
    what: 'is not as deployed',
    next: 'Users who are blocked may not be blocked any more, until somebody mends it.',
  },
  missing: {
    emoji: '🚨',
    what: 'is gone',
    next: 'Nobody can be blocked by it, until somebody makes it again.',
  },
} as const;
