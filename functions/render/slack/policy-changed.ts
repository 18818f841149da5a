import type { OutcomeOf } from '../../../events/outcome.ts';
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import { policyCommands } from '../../domain/rules/blocking-policies.ts';
import { iamUrl, policyUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { buttonsOf, type ConsolePage } from './buttons.ts';
import {
  causeOf,
  fixLines,
  formatAccount,
  formatDelay,
  type MessageContext,
  smallPrint,
  whenOf,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, plain } from './text.ts';

type PolicyChanged = OutcomeOf<'policy-changed'>;

/** Says what was done to a policy of the enforcer, and what to do about it. */
export const policyChanged: SlackKind<PolicyChanged> = {
  message: compose,
  digest: {
    counted: { one: 'tampered with', many: 'tampered with' },
    isOwnAction: false,
    urgency: ({ state }) => (state === 'intact' || state === 'restored' ? 2 : 0),
    title: ({ state, policyArn }) =>
      `${policyStates[state].emoji} The policy ${code(policyArn)} *${policyStates[state].what}*`,
    fix,
  },
};

function compose(outcome: PolicyChanged, context: MessageContext): SlackMessage {
  const name = plain(outcome.policyArn.split('/').at(-1) ?? outcome.policyArn);
  const { emoji, what, next } = policyStates[outcome.state];
  const command = fix(outcome, context);
  return message(`The policy ${name} of account ${formatAccount(outcome)} ${what}.`, [
    header(`${emoji} The policy ${name} ${what}`),
    fields({
      Policy: code(outcome.policyArn),
      Account: formatAccount(outcome),
      'What happened': causeOf(outcome.cause),
      When: whenOf(outcome.cause),
    }),
    section(formatDelay(outcome, context)),
    section(`*What happens next*  ${next}`),
    command === null ? null : section(...fixLines(command, outcome.account)),
    ...buttonsOf(outcome, context, page(outcome, context), outcome.state !== 'intact'),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

function page({ policyArn, state }: PolicyChanged, { partition }: MessageContext): ConsolePage {
  return state === 'missing' || !POLICY_ARN.test(policyArn)
    ? { text: 'Open all policies', url: iamUrl(partition, 'policies') }
    : { text: 'Open the policy', url: policyUrl(partition, policyArn) };
}

/** The states of a policy in words. */
const policyStates = {
  intact: {
    emoji: '🟢',
    what: 'was changed and changed back',
    next: 'Nothing. The policy is as deployed.',
  },
  restored: {
    emoji: '🟡',
    what: 'was changed and restored',
    next: 'Nothing. The deployed version is the default again. Ask whether the change was intended.',
  },
  changed: {
    emoji: '🚨',
    what: 'is not as deployed',
    next: 'Blocked users may have access until the policy is restored.',
  },
  missing: {
    emoji: '🚨',
    what: 'does not exist',
    next: 'Blocking is off until the policy is recreated.',
  },
  foreign: {
    emoji: '🚨',
    what: 'blocks users but is not the deployed policy',
    next: 'Its users stay blocked, even after they enrol. The likely cause is a changed PolicyName. The command unblocks them.',
  },
} as const;

// Neither policy of the enforcer has a path.
const POLICY_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):policy\/[\w+=,.@-]{1,128}$/;

/** The command that puts the policy back, or null. A name of the event becomes a part of it only where it is legal. */
function fix(
  { policyArn, form, state, account }: PolicyChanged,
  { enrolWith }: MessageContext,
): string | null {
  if (POLICY_ARN.exec(policyArn)?.[1] !== account) return null;
  const commands = policyCommands(policyArn, form, enrolWith);
  // The boundary is named after the PolicyName.
  const name = (policyArn.split('/').at(-1) as string).replace(/-boundary$/, '');
  return {
    intact: null,
    restored: null,
    changed: commands.fix,
    missing: commands.recreate,
    foreign: `mfa-enforcer rollback ${shellOption('policy-name', name)}`,
  }[state];
}
