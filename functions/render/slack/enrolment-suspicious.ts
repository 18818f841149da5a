import type { OutcomeOf } from '../../../events/outcome.ts';
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { userButtons } from './buttons.ts';
import {
  because,
  formatAccount,
  formatDelay,
  formatDevice,
  type MessageContext,
  PLAIN_WORD,
  shellUser,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, plain } from './text.ts';

type EnrolmentSuspicious = OutcomeOf<'enrolment-suspicious'>;

/** What happened: continues the user's name. */
const SUSPICIOUS = 'got a suspicious MFA device';

/** Reports an enrolment that may be an attacker's, with the commands that stop it and those that undo them. */
export const enrolmentSuspicious: SlackKind<EnrolmentSuspicious> = {
  message: compose,
  digest: {
    counted: { one: 'suspicious enrolment', many: 'suspicious enrolments' },
    isOwnAction: false,
    isProminent: true,
    urgency: () => 0,
    title: ({ user, serial }) => `🚨 ${code(user)} *${SUSPICIOUS}*: ${formatDevice(serial)}`,
  },
};

function compose(outcome: EnrolmentSuspicious, context: MessageContext): SlackMessage {
  const what = `${plain(outcome.user)} ${SUSPICIOUS}`;
  return message(`${what} (account ${formatAccount(outcome)})${because(outcome.reasons)}`, [
    header(`🚨 ${what}`),
    section(formatDelay(outcome, context)),
    fields({
      ...userFields(outcome),
      Device: formatDevice(outcome.serial),
      ...(outcome.wasBlocked === null
        ? {
            'Since then':
              'Renamed or deleted. A renamed user keeps the device: use the new name below',
          }
        : { 'Blocked before': outcome.wasBlocked ? 'yes' : 'no' }),
    }),
    section(ask(outcome)),
    section(
      '*If it is not*, an attacker has this user’s second factor. ForceMFA does not stop them: it allows every session with ' +
        `MFA. Run with credentials of account ${outcome.account}, in this order:`,
      commands(stopCommands(outcome, context)),
      'Roles that the attacker has assumed work on for up to 12 hours: revoke their sessions too.',
    ),
    section(
      '*To undo it*, when the person is at hand to enrol at once:',
      commands(undoCommands(outcome, context)),
      'The person signs in with the new password and enrols. Create new access keys instead of activating the old ones.',
    ),
    ...userButtons(outcome, context),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

function ask({ reasons }: EnrolmentSuspicious): string {
  const whom = reasons.some(({ code: one }) => one === 'by-other')
    ? 'the person and the caller'
    : 'the person';
  return `*Ask ${whom} now*, by telephone or face to face, whether this device is the person’s. If it is, there is nothing to do.`;
}

/** The deny comes first: it counts for the sessions that exist, and the other commands need time. */
function stopCommands(
  { user, serial }: EnrolmentSuspicious,
  { partition }: MessageContext,
): string[] {
  const name = shellOption('user-name', shellUser(user));
  const device = PLAIN_WORD.test(serial) ? serial : 'SERIAL';
  return [
    `aws iam attach-user-policy ${name} --policy-arn ${denyAll(partition)}`,
    `aws iam deactivate-mfa-device ${name} --serial-number ${device}`,
    `aws iam delete-login-profile ${name}`,
    `for key in $(aws iam list-access-keys ${name} --query "AccessKeyMetadata[].AccessKeyId" --output text); do ` +
      `aws iam update-access-key ${name} --access-key-id $key --status Inactive; done`,
  ];
}

/** The deny goes last: the user is blocked by ForceMFA by then, and can only enrol. */
function undoCommands({ user }: EnrolmentSuspicious, { partition }: MessageContext): string[] {
  const name = shellOption('user-name', shellUser(user));
  return [
    `aws iam create-login-profile ${name} --password-reset-required --password 'NEW PASSWORD'`,
    `aws iam detach-user-policy ${name} --policy-arn ${denyAll(partition)}`,
  ];
}

/** AWS's own policy that denies everything (AWS Managed Policy Reference, "AWSDenyAll"). */
function denyAll(partition: MessageContext['partition']): string {
  return `arn:${partition}:iam::aws:policy/AWSDenyAll`;
}

function commands(lines: readonly string[]): string {
  return `\`\`\`${lines.join('\n')}\`\`\``;
}
