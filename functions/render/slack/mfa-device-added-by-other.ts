import type { OutcomeOf } from '../../../events/outcome.ts';
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import { userUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import {
  formatAccount,
  formatDelay,
  link,
  type MessageContext,
  PLAIN_WORD,
  shellUser,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, plain } from './text.ts';

type MfaDeviceAdded = OutcomeOf<'mfa-device-added-by-other'>;

/** What happened: continues the user's name. */
const DEVICE_ADDED = 'got an MFA device from another identity';

/** Reports a device that another identity enabled for a user. An administrator may do so, so this is not an alarm. */
export const mfaDeviceAddedByOther: SlackKind<MfaDeviceAdded> = {
  message: compose,
  digest: {
    counted: { one: 'enrolled by another identity', many: 'enrolled by another identity' },
    isOwnAction: false,
    urgency: () => 2,
    title: ({ user, serial }) => `📱 ${code(user)} *${DEVICE_ADDED}*: ${code(serial)}`,
  },
};

function compose(outcome: MfaDeviceAdded, context: MessageContext): SlackMessage {
  const what = `${plain(outcome.user)} ${DEVICE_ADDED}`;
  const caller = outcome.cause.kind === 'event' ? outcome.cause.actor.name : 'unknown';
  return message(`${what} (account ${formatAccount(outcome)}): by ${plain(caller)}.`, [
    header(`📱 ${what}`),
    section(formatDelay(outcome, context)),
    fields({
      ...userFields(outcome),
      Device: code(outcome.serial),
      'Blocked before': { true: 'yes', false: 'no', null: '' }[String(outcome.wasBlocked)] ?? '',
    }),
    section(
      '*If this was expected*, there is nothing to do: an administrator may enrol a user.',
      `*If not*, the owner of the device has this user’s second factor. ${remove(outcome, context)}`,
    ),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

function remove({ user, serial, account }: MfaDeviceAdded, { partition }: MessageContext): string {
  const open = link(userUrl(partition, user), 'open the user');
  if (!PLAIN_WORD.test(serial)) return `Remove the device: ${open}.`;
  const options = `${shellOption('user-name', shellUser(user))} --serial-number ${serial}`;
  return `Remove the device (account ${account}), change the password and the keys, and check what the caller did: ${open}.\n\`\`\`aws iam deactivate-mfa-device ${options}\`\`\``;
}
