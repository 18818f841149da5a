import type { Outcome } from '../../../events/outcome.ts';
import { userUrl } from '../console-links.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { plain } from './text.ts';
import {
  type Around,
  accountWords,
  lateWords,
  link,
  mention,
  reasonsOf,
  smallPrint,
  userFields,
} from './words.ts';

type UserUnblocked = Extract<Outcome, { kind: 'user-unblocked' }>;

/** Tells that a user is no longer blocked. */
export function userUnblocked(outcome: UserUnblocked, around: Around): SlackMessage {
  const would = outcome.mode === 'observe';
  const what = `${plain(outcome.user)} ${would ? 'would no longer be' : 'is no longer'} blocked`;
  return message(`${what} (account ${accountWords(outcome)}): ${reasonsOf(outcome.reasons)}.`, [
    header(`${would ? '👁️' : '🔓'} ${what}`),
    section(lateWords(outcome, around), mention(outcome, around)),
    fields(userFields(outcome)),
    section(
      `*What to do*  Nothing. Is the device or the tag not yours? ${link(userUrl(around.partition, outcome.user), 'Look at the user')}.`,
    ),
    context(...smallPrint(outcome, around)),
  ]);
}
