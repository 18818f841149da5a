import type { OutcomeOf } from '../../../events/outcome.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { userButtons } from './buttons.ts';
import { enrolSteps } from './enrol-steps.ts';
import {
  exemptCommand,
  formatAccount,
  formatDelay,
  type MessageContext,
  mention,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, localTime, plain } from './text.ts';

type EnrolmentDue = OutcomeOf<'enrolment-due'>;

/** Says until when a user has time to enrol. */
export const enrolmentDue: SlackKind<EnrolmentDue> = {
  message: compose,
  digest: {
    counted: { one: 'enrolment due', many: 'enrolments due' },
    isOwnAction: false,
    urgency: () => 2,
    title: ({ user, until }) =>
      `⏳ ${code(user)} *must enrol an MFA device* by ${localTime(until)}`,
  },
};

function compose(outcome: EnrolmentDue, context: MessageContext): SlackMessage {
  const { user, until, step } = outcome;
  const must = `${plain(user)} must enrol an MFA device`;
  const exempt = exemptCommand(user, context);
  return message(`${must}, or will be blocked (account ${formatAccount(outcome)}).`, [
    header(`⏳ ${step === 'started' ? must : `Reminder: ${must}`}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields({ ...userFields(outcome), 'Blocked at': localTime(until) }),
    section(
      '*What it means*  Until the user is blocked, everything works as before. After that, AWS denies every call, with access ' +
        'keys too, except the calls that set up MFA.',
    ),
    section('*What to do now, if this is you*', ...enrolSteps(outcome, context)),
    section(
      '*If you have no console password*, ask an administrator to assign a device to your user.',
    ),
    section(
      exempt === '' ? '' : `*For administrators*  If this is a service user, exempt it: ${exempt}`,
    ),
    ...userButtons(outcome, context),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}
