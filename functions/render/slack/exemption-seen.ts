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
  const byName = outcome.reasons.some(({ code }) => code === 'exempt-name');
  const tags = link(userUrl(context.partition, outcome.user, 'tags'), 'the user’s tags');
  const user = link(userUrl(context.partition, outcome.user), 'open the user');
  return message(`${what} (account ${formatAccount(outcome)})${because(outcome.reasons)}`, [
    header(`${isSuspicious(outcome) ? '🚨' : '🏷️'} ${what}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields(userFields(outcome)),
    section(
      isSuspicious(outcome) ? '*Users should not exempt themselves.* Ask who allowed it.' : '',
      outcome.change !== 'removed' && hasPassword(outcome)
        ? '⚠️ *An exempt user with a password can sign in without MFA.* ' +
            (byName
              ? 'If this is a person, rename the user.'
              : 'If this is a person, remove the tag.')
        : '',
      outcome.change === 'removed'
        ? `*What happens next*  A user without an MFA device ${outcome.mode === 'observe' ? 'would be' : 'is'} blocked within seconds.`
        : `*What to do*  If this was not intended, ${byName ? `rename the user: ${user}. Anyone who may create or rename users can choose an exempt name` : `remove the tag: ${tags}`}.`,
    ),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

/** What changed: continues the user's name. */
function exemptionVerb({ change, bySelf }: ExemptionSeen): string {
  return bySelf ? formatBySelf[change] : describeChange[change];
}

/** Whether a user granted or changed their own exemption. Ending it is not suspicious. */
function isSuspicious({ bySelf, change }: ExemptionSeen): boolean {
  return bySelf && change !== 'removed';
}

function hasPassword({ change, reasons }: ExemptionSeen): boolean {
  return change === 'password' || reasons.some(({ code }) => code === 'has-password');
}

const describeChange = {
  granted: 'was exempted from MFA',
  changed: 'has a changed exemption from MFA',
  removed: 'is no longer exempt from MFA',
  password: 'is exempt from MFA and now has a console password',
};
const formatBySelf = {
  granted: 'exempted themselves from MFA',
  changed: 'changed their own exemption from MFA',
  removed: 'removed their own exemption from MFA',
  password: 'is exempt from MFA and created their own console password',
};
