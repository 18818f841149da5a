import type { OutcomeOf } from '../../../events/outcome.ts';
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { userButtons } from './buttons.ts';
import {
  exemptCommand,
  formatAccount,
  formatDelay,
  link,
  type MessageContext,
  shellUser,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, plain } from './text.ts';

type BlockContested = OutcomeOf<'block-contested'>;

/** Reports that one actor removes a user's block again and again: a tool, or an attacker. */
export const blockContested: SlackKind<BlockContested> = {
  message: compose,
  digest: {
    counted: { one: 'contested block', many: 'contested blocks' },
    isOwnAction: false,
    isProminent: true,
    urgency: () => 0,
    title: ({ user, count }) => `🚨 The block of ${code(user)} *was removed ${count} times*`,
  },
};

function compose(outcome: BlockContested, context: MessageContext): SlackMessage {
  const { user, count, cause } = outcome;
  const what = `The block of ${plain(user)} was removed ${count} times`;
  const caller = cause.kind === 'event' ? cause.actor.name : 'unknown';
  return message(
    `${what} within an hour (account ${formatAccount(outcome)}), by ${plain(caller)}.`,
    [
      header(`🚨 ${what}`),
      section(
        formatDelay(outcome, context),
        'The same caller removed it each time, within an hour. The enforcer blocks the user again, after a wait that grows ' +
          'from half a minute to five minutes.',
      ),
      fields(userFields(outcome)),
      section(
        '*If it is a tool*, it owns the user’s policies: Terraform’s `aws_iam_user_policy_attachments_exclusive` and ' +
          '`aws_iam_policy_attachment` remove whatever they do not list. List the ForceMFA policy there, or use ' +
          `\`aws_iam_user_policy_attachment\`.${exempt(outcome, context)}`,
      ),
      section(`*If it is not*, an attacker keeps the user without MFA. ${stop(outcome, context)}`),
      ...userButtons(outcome, context),
      contextBlock(...smallPrint(outcome, context)),
    ],
  );
}

function exempt({ user }: BlockContested, context: MessageContext): string {
  const command = exemptCommand(user, context);
  return command === '' ? '' : ` If this is a service user, exempt it: ${command}`;
}

const REVOKE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html';

/** How to stop the caller. */
function stop({ cause, account }: BlockContested, { partition }: MessageContext): string {
  const actor = cause.kind === 'event' ? cause.actor : null;
  if (actor?.type === 'IAMUser') {
    const name = shellOption('user-name', shellUser(actor.name));
    return (
      `Stop the caller, with credentials of account ${account}:\n` +
      `\`\`\`aws iam attach-user-policy ${name} --policy-arn arn:${partition}:iam::aws:policy/AWSDenyAll\`\`\``
    );
  }
  return `Stop the caller: ${link(REVOKE, 'revoke the sessions of the role')}, and take away its right to change policies of users.`;
}
