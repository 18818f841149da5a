import type { OutcomeOf } from '../../../events/outcome.ts';
import { userUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import {
  because,
  formatAccount,
  formatDelay,
  link,
  type MessageContext,
  mention,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, plain } from './text.ts';

type UserUnblocked = OutcomeOf<'user-unblocked'>;

/** Says that a user was unblocked. */
export const userUnblocked: SlackKind<UserUnblocked> = {
  message: compose,
  digest: {
    counted: { one: 'unblocked', many: 'unblocked' },
    isOwnAction: true,
    urgency: () => 3,
    title: ({ user, mode }) =>
      mode === 'observe'
        ? `👁️ ${code(user)} *would be unblocked*`
        : `🔓 ${code(user)} *is unblocked*`,
  },
};

function compose(outcome: UserUnblocked, context: MessageContext): SlackMessage {
  const would = outcome.mode === 'observe';
  const what = `${plain(outcome.user)} ${would ? 'would be' : 'is'} unblocked`;
  return message(`${what} (account ${formatAccount(outcome)})${because(outcome.reasons)}`, [
    header(`${would ? '👁️' : '🔓'} ${what}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields(userFields(outcome)),
    section(
      `*What to do*  Nothing. If you do not know the device or the tag, ${link(userUrl(context.partition, outcome.user), 'look at the user')}.`,
    ),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}
