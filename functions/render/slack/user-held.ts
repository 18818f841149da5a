import type { Outcome } from '../../../events/outcome.ts';
import { securityCredentialsUrl, signInUrl, userUrl } from '../console-links.ts';
import { context, fields, header, message, type SlackMessage, section } from './blocks.ts';
import { plain } from './text.ts';
import {
  type Around,
  accountName,
  link,
  mention,
  reasonsOf,
  rungWords,
  smallPrint,
  userFields,
} from './words.ts';

type UserHeld = Extract<Outcome, { kind: 'user-held' }>;

/** Tells that a user is blocked until MFA is set up, and what the user does now. */
export function userHeld(outcome: UserHeld, around: Around): SlackMessage {
  const user = plain(outcome.user);
  const would = outcome.mode === 'observe';
  const what = `${user} ${would ? 'would be' : 'is'} blocked until MFA is set up`;
  return message(`${what} (account ${accountName(outcome)}): ${reasonsOf(outcome.reasons)}.`, [
    header(`${would ? '👁️' : '🔒'} ${what}`),
    section(mention(outcome)),
    fields({ ...userFields(outcome), Held: would ? '' : `by ${rungWords[outcome.rung]}` }),
    ...(would ? [observed] : steps(outcome, around)),
    section(
      `*For administrators*  ${link(userUrl(around.partition, outcome.user), 'open the user')}. ` +
        'A service user? Tag it as exempt, and it is let go within seconds.',
    ),
    context(...smallPrint(outcome, around)),
  ]);
}

const observed = section(
  '*What would happen*  Every call of the user would be denied, access keys too, except what enrolling an MFA ' +
    'device needs. Tag service users before you enforce.',
);

function steps({ account, alias, rung }: UserHeld, { partition }: Around) {
  const signIn = link(signInUrl(partition, account, alias), 'Sign in');
  const credentials = link(securityCredentialsUrl(partition), 'Security credentials');
  const needsHelp = rung === 'boundary' || rung === 'inline-policy';
  return [
    section(
      '*What it means*  AWS answers “access denied” to everything, access keys too, except setting up MFA.',
    ),
    section(
      '*What to do now, if this is you*',
      `1. ${signIn} with your password, and open ${credentials}.`,
      '2. Choose *Assign MFA device*, give it any name, and enter two codes in a row.',
      '3. Try again after half a minute. If something is still denied, sign out and in again with a code.',
      needsHelp ? '*Denied there, too?* Ask an administrator to assign the device for you.' : '',
      '*No password, only access keys?* Ask an administrator for a password, or to assign a device to you.',
      '*In a terminal, with a device:* `aws sts get-session-token --serial-number ' +
        `arn:${partition}:iam::${account}:mfa/DEVICE --token-code CODE\` gives keys that work.`,
    ),
  ];
}
