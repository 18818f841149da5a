// A shell reads such a text as one word, and no program reads it as an option.
export const PLAIN_WORD = /^[\w+=,.@:/][\w+=,.@:/-]*$/;

/**
 * The lines that give the command.
 * @param account the account to run it in, 12 digits
 */
export function fixLines(command: string, account: string): string[] {
  return [
    `*What to do*  Run with credentials of account ${account}${command.includes('dist/cli') ? ', in a checkout of this project' : ''}:`,
    // Slack's three control characters.
    `\`\`\`${command.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\`\`\``,
    ...(command.includes('create-policy-version')
      ? [
          'If the policy has five versions already, first run `aws iam delete-policy-version` on one that is not the default.',
        ]
      : []),
  ];
}
