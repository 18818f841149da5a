import type { Outcome } from '../../../events/outcome.ts';
import { userUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import {
  formatAccount,
  formatBoundary,
  formatDelay,
  link,
  type MessageContext,
  mention,
  smallPrint,
  userFields,
} from './format.ts';
import { code, plain, prose } from './text.ts';

type CouldNotEnforce = Extract<Outcome, { kind: 'could-not-enforce' }>;

/** Tells that IAM refused a block or an unblock, and what a person can do. */
export function couldNotEnforce(outcome: CouldNotEnforce, context: MessageContext): SlackMessage {
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
    ...(isBlock(outcome) ? blockSteps(outcome, context) : unblockSteps(outcome, context)),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

function blockSteps({ user, why }: CouldNotEnforce, { partition }: MessageContext) {
  const open = link(userUrl(partition, user), 'open the user');
  return [
    section(`*What to do*  ${remedies.get(why.code) ?? fallback} (${open})`),
    section(
      '*What happens next*  Every sweep tries again. Until then the user goes on without MFA.',
    ),
  ];
}

function unblockSteps({ user }: CouldNotEnforce, { partition }: MessageContext) {
  const open = link(userUrl(partition, user), 'open the user');
  return [
    section(
      '*Is this you?*  Sign out and in again with an MFA code: everything works then. With access keys, ' +
        '`aws sts get-session-token --serial-number DEVICE --token-code CODE` gives keys that work.',
    ),
    section(
      `*For administrators*  Take away by hand what blocks the user (${open}): the policy, the deny group or the ` +
        'boundary. Does an SCP deny it to the enforcer’s role?',
      '*What happens next*  Every sweep tries again. Until then a service without MFA stands still.',
    ),
  ];
}

const isBlock = ({ reasons }: CouldNotEnforce) => reasons.some(({ code: one }) => one === 'no-mfa');

/** What could not be done: continues the user's name. */
export function couldNotVerb(outcome: CouldNotEnforce): string {
  return isBlock(outcome)
    ? 'could not be blocked and is unprotected'
    : 'could not be unblocked and is blocked';
}

const remedies: ReadonlyMap<string, string> = new Map([
  ['no-room', 'Make room: detach a managed policy, or take the user out of a group.'],
  [
    'no-policy',
    'The policy is gone, and a deployment does not bring it back. In a checkout of this project: ' +
      '`node dist/cli/index.mjs policy > policy.json && aws iam create-policy --policy-name NAME --policy-document file://policy.json`.',
  ],
  [
    'AccessDenied',
    'Look for what denies it to the enforcer’s role: an SCP, a boundary on the role, or the break-glass tag.',
  ],
]);
const fallback = 'Clear what is in the way, or have the user enrol an MFA device.';
