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

/** Says that a user was unblocked. */
export function userUnblocked(outcome: UserUnblocked, context: MessageContext): SlackMessage {
  const would = outcome.mode === 'observe';
  const what = `${plain(outcome.user)} ${would ? 'would be' : 'is'} unblocked`;
  return message(`${what} (account ${formatAccount(outcome)}): ${reasonsOf(outcome.reasons)}.`, [
    header(`${would ? '👁️' : '🔓'} ${what}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields(userFields(outcome)),
    section(
      `*What to do*  Nothing. If you do not know the device or the tag, ${link(userUrl(context.partition, outcome.user), 'look at the user')}.`,
    ),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}
