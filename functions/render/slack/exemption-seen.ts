import type { OutcomeOf } from '../../../events/outcome.ts';
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import { userUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { buttonsOf, userButtons } from './buttons.ts';
import {
  because,
  formatAccount,
  formatDelay,
  type MessageContext,
  mention,
  shellUser,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, plain } from './text.ts';

type ExemptionSeen = OutcomeOf<'exemption-seen'>;

/** Says how a user's exemption was changed. */
export const exemptionSeen: SlackKind<ExemptionSeen> = {
  message: compose,
  digest: {
    counted: { one: 'exemption change', many: 'exemption changes' },
    isOwnAction: false,
    urgency: (outcome) => (isSuspicious(outcome) ? 1 : 3),
    title: (outcome) =>
      `${isSuspicious(outcome) ? '🚨' : '🏷️'} ${code(outcome.user)} *${exemptionVerb(outcome)}*`,
  },
};

function compose(outcome: ExemptionSeen, context: MessageContext): SlackMessage {
  const what = `${plain(outcome.user)} ${exemptionVerb(outcome)}`;
  const credential = credentialOf(outcome);
  const byName = outcome.reasons.some(({ code }) => code === 'exempt-name');
  const tags = isGone(outcome)
    ? null
    : {
        text: 'Open the user’s tags',
        url: userUrl(context.partition, outcome.user, 'tags'),
      };
  return message(`${what} (account ${formatAccount(outcome)})${because(outcome.reasons)}`, [
    header(`${isSuspicious(outcome) ? '🚨' : '🏷️'} ${what}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields(userFields(outcome)),
    credential === null
      ? section(...exemptionSteps(outcome, byName))
      : section(...credentialSteps(outcome, credential)),
    ...(byName || credential !== null
      ? userButtons(outcome, context)
      : buttonsOf(outcome, context, tags)),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

function exemptionSteps(outcome: ExemptionSeen, byName: boolean): string[] {
  return [
    isSuspicious(outcome) ? '*Users should not exempt themselves.* Ask who allowed it.' : '',
    outcome.change !== 'removed' && hasPassword(outcome)
      ? '⚠️ *An exempt user with a password can sign in without MFA.* ' +
        (byName ? 'If this is a person, rename the user.' : 'If this is a person, remove the tag.')
      : '',
    outcome.change === 'removed'
      ? `*What happens next*  A user without an MFA device ${outcome.mode === 'observe' ? 'would be' : 'is'} blocked within seconds.`
      : isGone(outcome)
        ? '*What to do*  A user who was renamed keeps the tag. Look for the new name in CloudTrail (`UpdateUser`).'
        : `*What to do*  If this was not intended, ${byName ? 'rename the user. Anyone who may create or rename users can choose an exempt name' : 'remove the tag'}.`,
  ];
}

/** The commands that list a user's credentials of a kind, and that deactivate one. */
const credentialCommands = {
  'access-key': ['list-access-keys', 'update-access-key', 'access-key-id'],
  'service-credential': [
    'list-service-specific-credentials',
    'update-service-specific-credential',
    'service-specific-credential-id',
  ],
  'ssh-key': ['list-ssh-public-keys', 'update-ssh-public-key', 'ssh-public-key-id'],
} as const;

type Credential = keyof typeof credentialCommands;

function credentialOf({ change }: ExemptionSeen): Credential | null {
  return Object.hasOwn(credentialCommands, change) ? (change as Credential) : null;
}

function credentialSteps(outcome: ExemptionSeen, credential: Credential): string[] {
  const [list, update, id] = credentialCommands[credential];
  const name = shellOption('user-name', shellUser(outcome.user));
  return [
    '⚠️ *It works without MFA.*' +
      (outcome.bySelf
        ? ' A service that rotates its own keys does this, and so does a thief who wants to keep access.'
        : ''),
    '*What to do*  If nobody expected it, deactivate it, and ask the caller. Run with credentials of account ' +
      `${outcome.account}:`,
    `\`\`\`aws iam ${list} ${name}\naws iam ${update} ${name} --${id} ID --status Inactive\`\`\``,
  ];
}

/** What changed: continues the user's name. */
function exemptionVerb({ change, bySelf }: ExemptionSeen): string {
  return bySelf ? formatBySelf[change] : describeChange[change];
}

/** Whether a user granted or changed their own exemption. Ending it is not suspicious. */
function isSuspicious({ bySelf, change }: ExemptionSeen): boolean {
  return bySelf && change !== 'removed';
}

/** Whether the user was renamed or deleted before the tag could be read. */
function isGone({ reasons }: ExemptionSeen): boolean {
  return reasons.some(({ code }) => code === 'user-gone');
}

function hasPassword({ change, reasons }: ExemptionSeen): boolean {
  return change === 'password' || reasons.some(({ code }) => code === 'has-password');
}

const describeChange = {
  granted: 'was exempted from MFA',
  changed: 'has a changed exemption from MFA',
  removed: 'is no longer exempt from MFA',
  password: 'is exempt from MFA and now has a console password',
  'access-key': 'is exempt from MFA and has a new access key',
  'service-credential': 'is exempt from MFA and has a new API key or service-specific credential',
  'ssh-key': 'is exempt from MFA and has a new SSH key',
};
const formatBySelf = {
  granted: 'exempted themselves from MFA',
  changed: 'changed their own exemption from MFA',
  removed: 'removed their own exemption from MFA',
  password: 'is exempt from MFA and created their own console password',
  'access-key': 'is exempt from MFA and created their own access key',
  'service-credential':
    'is exempt from MFA and created their own API key or service-specific credential',
  'ssh-key': 'is exempt from MFA and uploaded their own SSH key',
};
