import type { OutcomeOf } from '../../../events/outcome.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { userButtons } from './buttons.ts';
import {
  because,
  formatAccount,
  formatActor,
  formatDelay,
  formatDevice,
  type MessageContext,
  mention,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { capital, code, plain, prose } from './text.ts';

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
    ...enrolled(outcome),
    ...userButtons(outcome, context, false),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

/** Who enrolled, with which device, and what to do about it. */
function enrolled({ enrolment }: UserUnblocked) {
  if (enrolment === undefined) return [section(nothingToDo)];
  const { serial, actor, findings, suspicious } = enrolment;
  const noticed = findings.map(({ text }) => `⚠️ ${capital(prose(text))}.`);
  return [
    section(...noticed, whatToDo(findings.length > 0, suspicious)),
    contextBlock(`Enrolled by ${formatActor(actor)}`, formatDevice(serial)),
  ];
}

const nothingToDo =
  '*What to do*  Nothing. If you do not know the device or the tag, look at the user.';

function whatToDo(isNoticed: boolean, suspicious: boolean): string {
  if (suspicious) {
    return '*What to do*  Ask the person now whether the device is theirs. The message about the suspicious enrolment has the commands.';
  }
  return isNoticed
    ? '*What to do*  Ask the person whether the device is theirs, unless you know of this.'
    : nothingToDo;
}
