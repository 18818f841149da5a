import type { Outcome } from '../../../events/outcome.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { fixLines, fixOf } from './fix.ts';
import {
  causeOf,
  formatAccount,
  formatDelay,
  type MessageContext,
  smallPrint,
  whenOf,
} from './format.ts';
import { code, plain } from './text.ts';

type PolicyChanged = Extract<Outcome, { kind: 'policy-changed' }>;

/** Says what was done to a policy of the enforcer, and what to do about it. */
export function policyChanged(outcome: PolicyChanged, context: MessageContext): SlackMessage {
  const name = plain(outcome.policyArn.split('/').at(-1) ?? outcome.policyArn);
  const { emoji, what, next } = policyStates[outcome.state];
  const fix = fixOf(outcome, context);
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
    fix === null ? null : section(...fixLines(fix, outcome.account)),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

/** The states of a policy in words. */
export const policyStates = {
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
