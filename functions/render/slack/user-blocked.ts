import type { OutcomeOf } from '../../../events/outcome.ts';
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import { isRemoval } from '../../domain/review/deletion-pause.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { userButtons } from './buttons.ts';
import { enrolSteps } from './enrol-steps.ts';
import {
  because,
  exemptCommand,
  formatAccount,
  formatBoundary,
  formatDelay,
  type MessageContext,
  mention,
  methodText,
  shellUser,
  smallPrint,
  userFields,
} from './format.ts';
import type { SlackKind } from './slack-kind.ts';
import { capital, code, plain } from './text.ts';

type UserBlocked = OutcomeOf<'user-blocked'>;

/** Says that a user is blocked, and what the user does now. */
export const userBlocked: SlackKind<UserBlocked> = {
  message: compose,
  digest: {
    counted: { one: 'blocked', many: 'blocked' },
    isOwnAction: true,
    urgency: () => 2,
    title: ({ user, mode }) =>
      mode === 'observe' ? `👁️ ${code(user)} *would be blocked*` : `🔒 ${code(user)} *is blocked*`,
  },
};

function compose(outcome: UserBlocked, context: MessageContext): SlackMessage {
  const would = outcome.mode === 'observe';
  const what = `${plain(outcome.user)} ${would ? 'would be' : 'is'} blocked`;
  const wayOut = would ? '' : ' An MFA device restores access.';
  return message(
    `${what} (account ${formatAccount(outcome)})${because(outcome.reasons)}${wayOut}`,
    [
      header(`${would ? '👁️' : '🔒'} ${what}`),
      section(formatDelay(outcome, context), mention(outcome, context)),
      fields({
        ...userFields(outcome),
        'Block method': would ? '' : capital(methodText[outcome.method]),
        Boundary: formatBoundary(outcome.boundarySeen),
      }),
      ...enrolling(outcome),
      ...(would ? [observed] : steps(outcome, context)),
      section(forAdministrators(outcome, context), toDelete(outcome)),
      ...userButtons(outcome, context),
      contextBlock(...smallPrint(outcome, context)),
    ],
  );
}

/** What hinders the user from enrolling, for an administrator to correct. */
function enrolling({ enrolmentProblem }: UserBlocked) {
  if (enrolmentProblem === undefined) return [];
  return [section(`⚠️ *The user ${plain(enrolmentProblem.text)}.*`)];
}

const observed = section(
  '*What would happen*  AWS would deny every call of the user, with access keys too, except the calls that set up ' +
    'MFA. Exempt service users before you enforce.',
);

function steps(outcome: UserBlocked, context: MessageContext) {
  const { partition } = context;
  const { account, method } = outcome;
  // These two only deny: a user whose other policies do not allow enrolling needs an administrator.
  const onlyDenies = method === 'boundary' || method === 'inline-policy';
  // Otherwise the policy stays, and every session needs MFA.
  const isUnblocked = context.unblock === 'on-enrolment';
  const device = `arn:${partition}:iam::${account}:mfa`;
  return [
    section(
      '*What it means*  AWS answers “access denied” to every call, with access keys too, except the calls that set up MFA.',
    ),
    section(
      '*What to do now, if this is you*',
      ...enrolSteps(outcome, context),
      isUnblocked
        ? '4. Try again after half a minute. If something is still denied, sign out and in again with your device.'
        : '4. Sign out, and in again with your device.',
      onlyDenies
        ? '*If that is denied too*, ask an administrator to assign the device for you.'
        : '',
    ),
    section(
      context.enrolWith === 'console-and-keys' && !onlyDenies
        ? `*If you have only access keys*, enrol with them:\n${withKeys(outcome.user, device)}`
        : '*If you have no console password*, ask an administrator to assign a device to your user. An access key cannot set up MFA.',
      isUnblocked
        ? '*Your access keys* work again as before once a device is assigned.'
        : '*On the command line*, run `aws login` when you have signed in with your device: it works with every device. *To use your ' +
            `access keys instead*, run \`aws configure mfa-login\`, or \`aws sts get-session-token --serial-number ${device}/DEVICE ` +
            '--token-code CODE`, which returns a session’s three values to use instead of your key. A passkey or security key gives no ' +
            'codes: for this, assign an authenticator app as well.',
    ),
  ];
}

function withKeys(user: string, device: string): string {
  const name = shellUser(user);
  return (
    `\`\`\`aws iam create-virtual-mfa-device ${shellOption('virtual-mfa-device-name', name)} --bootstrap-method QRCodePNG --outfile mfa.png\n` +
    `aws iam enable-mfa-device ${shellOption('user-name', name)} --serial-number ${device}/${name} --authentication-code1 CODE --authentication-code2 NEXT\`\`\``
  );
}

/** Removing the block is often the first step of deleting the user, which the new block prevents (docs/runbook.md). */
function toDelete({ user, cause, mode }: UserBlocked): string {
  if (mode === 'observe' || !isRemoval(cause)) return '';
  const name = shellOption('user-name', shellUser(user));
  return (
    '*To delete this user*, tag it first, which unblocks it within seconds, then delete it: ' +
    code(`aws iam tag-user ${name} --tags Key=mfa-enforcer:break-glass,Value=true`)
  );
}

function forAdministrators({ user, mode }: UserBlocked, context: MessageContext): string {
  const exempt = exemptCommand(user, context);
  if (exempt === '') return '';
  const effect = mode === 'observe' ? ' before you enforce' : ', which unblocks it within seconds';
  return `*For administrators*  If this is a service user, exempt it${effect}: ${exempt}`;
}
