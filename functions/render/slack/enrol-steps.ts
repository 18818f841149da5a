import type { OutcomeOf } from '../../../events/outcome.ts';
import { securityCredentialsUrl, signInUrl } from '../console-links.ts';
import { link, type MessageContext } from './format.ts';

/** The first three steps by which a user enrols in the console. */
export function enrolSteps(
  { account, alias }: OutcomeOf<'user-blocked' | 'enrolment-due'>,
  { partition }: MessageContext,
): string[] {
  const signIn = link(signInUrl(partition, account, alias), 'Sign in');
  const credentials = link(securityCredentialsUrl(partition), 'Security credentials');
  return [
    `1. ${signIn} with your password, and open ${credentials}.`,
    '2. Choose *Assign MFA device*, and enter any name. If a device of that name exists, take another name.',
    '3. Choose *Passkey or security key*. If you have neither, choose *Authenticator app* and enter two codes in a row.',
  ];
}
