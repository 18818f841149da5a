import { plain } from './text.ts';

// A section holds 3,000 characters.
const COMMAND_AT_MOST = 2500;

/**
 * The lines that give a command to mend something: whole, or not at all.
 * @param account where it is to be run, 12 digits
 */
export function mendLines(command: string, account: string): string[] {
  const text = plain(command).replaceAll('`', 'ˋ');
  if (text.length > COMMAND_AT_MOST) {
    return [
      '*What to do*  Put it back by hand: the command is too long for Slack, and in the log.',
    ];
  }
  return [
    `*What to do*  Run with credentials of account ${account}${text.includes('dist/cli') ? ', in a checkout of this project' : ''}:`,
    `\`\`\`${text}\`\`\``,
    ...(command.includes('create-policy-version')
      ? [
          'Five versions already? First `aws iam delete-policy-version` on one that is not the default.',
        ]
      : []),
  ];
}
