import type { OutcomeOf } from '../../../events/outcome.ts';
import { documentOptions } from '../../domain/rules/blocking-policies.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { userButtons } from './buttons.ts';
import {
  formatAccount,
  formatBoundary,
  formatDelay,
  type MessageContext,
  mention,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { code, plain, prose } from './text.ts';

type CouldNotEnforce = OutcomeOf<'could-not-enforce'>;

/** Says that IAM refused a block or an unblock, and what to do. */
export const couldNotEnforce: SlackKind<CouldNotEnforce> = {
  message: compose,
  digest: {
    counted: { one: 'not enforced', many: 'not enforced' },
    isOwnAction: true,
    urgency: () => 1,
    title: (outcome) =>
      `❌ ${code(outcome.user)} *${couldNotVerb(outcome)}*: ${prose(outcome.why.text)}`,
  },
};

function compose(outcome: CouldNotEnforce, context: MessageContext): SlackMessage {
  const what = `${plain(outcome.user)} ${couldNotVerb(outcome)}`;
  const { why } = outcome;
  return message(`${what} (account ${formatAccount(outcome)}): ${prose(why.text)}.`, [
    header(`❌ ${what}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields({
      ...userFields(outcome),
      Problem: `${prose(why.text)} (${code(why.code)})`,
      Boundary: formatBoundary(outcome.boundarySeen),
    }),
    ...(isBlock(outcome) ? blockSteps(outcome, context) : unblockSteps),
    ...userButtons(outcome, context),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

function blockSteps({ why }: CouldNotEnforce, { partition, enrolWith }: MessageContext) {
  const fix = (blockFixes.get(why.code) ?? fallback).replace(
    'OPTIONS',
    documentOptions(partition, enrolWith),
  );
  return [
    section(`*What to do*  ${fix}`),
    section(
      '*What happens next*  Every sweep tries again. Until one succeeds, the user stays unprotected.',
    ),
  ];
}

const unblockSteps = [
  section(
    '*If this is you*, sign out and in again with your device: then everything works. With access keys, ' +
      '`aws sts get-session-token --serial-number DEVICE --token-code CODE` returns keys that work, if the device gives codes.',
  ),
  section(
    `*For administrators*  Remove by hand what blocks the user: the policy, the deny group, the boundary or ` +
      'the inline policy. Check whether an SCP denies this to the enforcer’s role.',
    '*What happens next*  Every sweep tries again. Until one succeeds, a service without MFA cannot work.',
  ),
];
const isBlock = ({ reasons }: CouldNotEnforce) => reasons.some(({ code: one }) => one === 'no-mfa');

/** What could not be done: continues the user's name. */
function couldNotVerb(outcome: CouldNotEnforce): string {
  return isBlock(outcome)
    ? 'could not be blocked and is unprotected'
    : 'could not be unblocked and stays blocked';
}

/** What to do where a user could not be blocked, by the reason's code. */
const blockFixes: ReadonlyMap<string, string> = new Map([
  ['no-room', 'Make room: detach a managed policy, or remove the user from a group.'],
  [
    'no-policy',
    'The policy does not exist, and a deployment does not recreate it. Run, where NAME is the deployment’s `PolicyName`, ' +
      '`mfa-enforcer policy OPTIONS > policy.json && aws iam create-policy --policy-name NAME --policy-document file://policy.json`.',
  ],
  [
    'AccessDenied',
    'Find out what denies the call to the enforcer’s role: an SCP, a boundary on the role, or the break-glass tag.',
  ],
]);
const fallback = 'Fix the problem, or have the user enrol an MFA device.';
