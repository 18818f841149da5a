import type { Outcome } from '../../../events/outcome.ts';
import { shellOption } from '../../domain/deployment/shell-quoted.ts';
import { isRemoval } from '../../domain/review/deletion-pause.ts';
import { securityCredentialsUrl, signInUrl, userUrl } from '../console-links.ts';
import { contextBlock, fields, header, message, type SlackMessage, section } from './blocks.ts';
import {
  exemptCommand,
  formatAccount,
  formatBoundary,
  formatDelay,
  link,
  type MessageContext,
  mention,
  methodText,
  reasonsOf,
  shellUser,
  smallPrint,
  userFields,
} from './format.ts';
import { code, plain } from './text.ts';

type UserBlocked = Extract<Outcome, { kind: 'user-blocked' }>;

/** Tells that a user is blocked until MFA is set up, and what the user does now. */
export function userBlocked(outcome: UserBlocked, context: MessageContext): SlackMessage {
  const would = outcome.mode === 'observe';
  const what = `${plain(outcome.user)} ${would ? 'would be' : 'is'} blocked until MFA is set up`;
  return message(`${what} (account ${formatAccount(outcome)}): ${reasonsOf(outcome.reasons)}.`, [
    header(`${would ? '👁️' : '🔒'} ${what}`),
    section(formatDelay(outcome, context), mention(outcome, context)),
    fields({
      ...userFields(outcome),
      Blocked: would ? '' : `by ${methodText[outcome.method]}`,
      Boundary: formatBoundary(outcome.boundarySeen),
    }),
    ...(would ? [observed] : steps(outcome, context)),
    section(forAdministrators(outcome, context), toDelete(outcome)),
    contextBlock(...smallPrint(outcome, context)),
  ]);
}

const observed = section(
  '*What would happen*  Every call of the user would be denied, access keys too, except what enrolling an MFA ' +
    'device needs. Tag service users before you enforce.',
);

function steps(outcome: UserBlocked, context: MessageContext) {
  const { partition } = context;
  const { account, alias, method } = outcome;
  const signIn = link(signInUrl(partition, account, alias), 'Sign in');
  const credentials = link(securityCredentialsUrl(partition), 'Security credentials');
  // These two only deny: whoever has no right of their own to enrol needs somebody who has.
  const onlyDenies = method === 'boundary' || method === 'inline-policy';
  const device = `arn:${partition}:iam::${account}:mfa`;
  return [
    section(
      '*What it means*  AWS answers “access denied” to everything, access keys too, except setting up MFA.',
    ),
    section(
      '*What to do now, if this is you*',
      `1. ${signIn} with your password, and open ${credentials}.`,
      '2. *Assign MFA device*: give it any name, choose *Authenticator app*, and enter two codes in a row.',
      '3. Try again after half a minute. If something is still denied, sign out and in again with a code.',
      onlyDenies ? '*Denied there, too?* Ask an administrator to assign the device for you.' : '',
    ),
    section(
      context.enrolWith === 'console-and-keys' && !onlyDenies
        ? `*Only access keys?* Enrol with them:\n${withKeys(outcome.user, device)}`
        : '*No console password?* An access key cannot set up MFA. Ask an administrator to assign a device to your user.',
      `*Blocked, with a device?* \`aws sts get-session-token --serial-number ${device}/DEVICE --token-code CODE\` ` +
        'gives three values to use instead of your key: AccessKeyId, SecretAccessKey and SessionToken.',
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

/** A removal is often the first step of a deletion, which the block is in the way of (docs/runbook.md). */
function toDelete({ user, cause, mode }: UserBlocked): string {
  if (mode === 'observe' || !isRemoval(cause)) return '';
  const name = shellOption('user-name', shellUser(user));
  return (
    '*Deleting this user?*  Tag it first, which unblocks it within seconds, then delete it: ' +
    code(`aws iam tag-user ${name} --tags Key=mfa-enforcer:break-glass,Value=true`)
  );
}

function forAdministrators({ user, mode }: UserBlocked, context: MessageContext): string {
  const open = link(userUrl(context.partition, user), 'open the user');
  const exempt = exemptCommand(user, context);
  if (exempt === '') return `*For administrators*  ${open}.`;
  const effect = mode === 'observe' ? 'and it is left alone' : 'and it is unblocked within seconds';
  return `*For administrators*  ${open}. A service user? Exempt it, ${effect}: ${exempt}`;
}
