import { shellOption } from '../domain/deployment/shell-quoted.ts';
import { type AskMfaCode, NoMfaCode } from '../runtime/command-credentials.ts';
import { CLEAR_LINE, type Terminal } from './terminal.ts';

/**
 * Asks the person at the terminal for the code of the profile's MFA device, as the aws CLI does: on standard error,
 * and without showing it.
 * @param profile the profile that was named; undefined for the default one
 */
export function askMfaCode(
  { askSecret, err, progress }: Terminal,
  profile = 'default',
): AskMfaCode {
  return async (serial, again) => {
    if (askSecret === null) throw new NoMfaCode(withoutTerminal(profile, serial));
    // The session of a long operation ends while a progress bar is on the line.
    if (progress) err(CLEAR_LINE);
    if (again) {
      err('AWS rejected the MFA code. Each code is valid once: wait for the next one.\n');
    }
    for (;;) {
      const code = (await askSecret(`MFA code of ${serial}: `))?.replaceAll(' ', '');
      if (!code) throw new NoMfaCode(`Profile ${profile} has no credentials without an MFA code`);
      if (/^\d{6}$/.test(code)) return code;
      err('An MFA code has 6 digits.\n');
    }
  };
}

function withoutTerminal(profile: string, serial: string): string {
  const named = profile === 'default' ? '' : ` ${shellOption('profile', profile)}`;
  return (
    `Profile ${profile} needs a code of the MFA device ${serial}, and there is no terminal to ask at. ` +
    `In a terminal run: eval "$(aws configure export-credentials${named} --format env)"; unset AWS_PROFILE. ` +
    'Then run this command there without --profile (aws CLI version 2). A job without a person needs a profile without mfa_serial'
  );
}
