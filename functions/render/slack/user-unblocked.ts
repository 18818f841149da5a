import type { Outcome } from '../../../events/outcome.ts';
import { userUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import {
  formatAccount,
  formatDelay,
  link,
  type MessageContext,
  mention,
  reasonsOf,
  smallPrint,
  userFields,
} from './format.ts';
import { plain } from './text.ts';

type UserUnblocked = Extract<Outcome, { kind: 'user-unblocked' }>;

/** Tells that a user is no longer blocked. */
export function userUnblocked(outcome: UserUnblocked, context: MessageContext): SlackMessage {
  const would = outcome.mode === 'observe';
  const what = `${plain(outcome.user)} ${would ? 'would no longer be' : 'is no longer'} blocked`;
  return message(`${what} (account ${formatAccount(outcome)}): ${reasonsOf(outcome.reasons)}.`, [
    header(`${would ? '👁️' : '🔓'} ${what}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields(userFields(outcome)),
    section(
      `*What to do*  Nothing. Is the device or the tag not yours? ${link(userUrl(context.partition, outcome.user), 'Look at the user')}.`,
    ),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}
