import type { OutcomeOf } from '../../../events/outcome.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { userButtons } from './buttons.ts';
import {
  formatAccount,
  formatDelay,
  type MessageContext,
  mention,
  PLAIN_WORD,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, plain } from './text.ts';

type OrphanDevice = OutcomeOf<'orphan-device'>;

/** Says that a device left over from an enrolment hinders, or hindered, its user. */
export const orphanDevice: SlackKind<OrphanDevice> = {
  message: compose,
  digest: {
    counted: { one: 'orphan device', many: 'orphan devices' },
    isOwnAction: false,
    urgency: () => 3,
    title: (outcome) => `📱 ${code(outcome.user)} *${whatHappened(outcome)}*`,
  },
};

/** Continues the user's name. */
function whatHappened({ result, firstSeenAt }: OrphanDevice): string {
  if (firstSeenAt === null) return 'cannot create an MFA device of a name that is taken';
  return result === 'deleted'
    ? 'can enrol again: an unassigned MFA device with the user’s name was deleted'
    : 'is blocked, and an unassigned MFA device has the user’s name';
}

function compose(outcome: OrphanDevice, context: MessageContext): SlackMessage {
  const { user, serial, result } = outcome;
  const what = `${plain(user)} ${whatHappened(outcome)}`;
  return message(`${what} (account ${formatAccount(outcome)}).`, [
    header(`📱 ${what}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields({ ...userFields(outcome), Device: code(serial) }),
    section(
      result === 'deleted'
        ? '*What to do*  Nothing. The user may create a device of that name again.'
        : `*What to do*  The user takes another device name: any name works.${deletion(outcome)}`,
    ),
    ...userButtons(outcome, context),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

/** IAM refuses to delete an assigned device, so the command cannot take a device from its owner. */
function deletion({ serial, account }: OrphanDevice): string {
  if (!PLAIN_WORD.test(serial)) return '';
  return (
    ` Or delete the device (account ${account}; IAM refuses it for an assigned one):\n` +
    `\`\`\`aws iam delete-virtual-mfa-device --serial-number ${serial}\`\`\``
  );
}
