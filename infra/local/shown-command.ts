import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { processTerminal } from '../../functions/commands/terminal.ts';
import { wrapText } from '../../functions/render/cells.ts';
import type { LocalAws } from './local-aws.ts';
import { columns, say } from './screen.ts';

const RELEASE = new URL('../../dist/release/', import.meta.url);

/** Directs this process's mfa-enforcer commands to the local AWS, whatever account its environment names. */
export function useLocalAws({ trail }: LocalAws): void {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: trail.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    NO_PROXY: '127.0.0.1',
  });
}

/**
 * Runs an mfa-enforcer command, and prints it and its output.
 * @param most lines that are shown
 */
export async function showCommand(args: readonly string[], most = Infinity): Promise<void> {
  // Loads the SDK's clients of all commands.
  const { mfaEnforcer } = await import('../../functions/commands/program.ts');
  const terminal = processTerminal(process, () => new Date(), RELEASE);
  let output = '';
  await mfaEnforcer(
    {
      ...terminal,
      env: { ...process.env, ...(pc.isColorSupported ? {} : { NO_COLOR: '1' }) },
      screen: { columns: columns() },
      progress: false,
      out: (text) => {
        output += text;
      },
    },
    args,
  );
  const lines = output
    .trimEnd()
    .split('\n')
    .flatMap((line) =>
      // Colours take no column.
      stripVTControlCharacters(line).length > columns() ? wrapText(line, columns()) : [line],
    );
  say(pc.dim(`$ mfa-enforcer ${args.join(' ')}`));
  for (const line of lines.slice(0, most)) say(line);
  if (lines.length > most) say(pc.dim('… the command shows the rest'));
}
