import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { jsonText } from '../render/report/json.ts';
import { styled } from '../render/sgr.ts';
import type { SlackMessage } from '../render/slack/blocks.ts';
import { digest, isDigestible } from '../render/slack/digest.ts';
import { sampleOutcomes } from '../render/slack/samples.ts';
import { slackMessage } from '../render/slack/slack-message.ts';
import { inTerminal } from '../render/slack/terminal.ts';
import type { Around } from '../render/slack/words.ts';
import { version } from '../runtime/version.ts';
import { columnsOf, type Shell, UsageError, wantsColor } from './terminal.ts';

interface PreviewOptions {
  readonly json?: boolean;
  readonly output?: string;
}

/** Adds `preview`: it asks AWS nothing, and posts nothing. */
export function addPreview(program: Command, shell: Shell): void {
  program
    .command('preview')
    .argument('[message...]', `which: digest, ${Object.keys(sampleOutcomes).join(', ')}`)
    .description('show the Slack messages, made of sample outcomes')
    .option('--json', 'print the Block Kit JSON, to paste into Slack’s Block Kit Builder')
    .option('-o, --output <folder>', 'write the Block Kit JSON there, a file a message')
    .addHelpText(
      'after',
      '\nExamples:\n  mfa-enforcer preview\n  mfa-enforcer preview user-blocked --json\n  mfa-enforcer preview --output messages/',
    )
    .action((names: string[], options: PreviewOptions) => preview(shell, names, options));
}

function preview(shell: Shell, names: readonly string[], options: PreviewOptions): void {
  const messages = chosen(names);
  if (options.output !== undefined) {
    writeMessages(options.output, messages);
    shell.err(`${messages.length} messages written to ${options.output}\n`);
    return;
  }
  if (options.json) {
    const [first] = messages;
    const all = Object.fromEntries(messages);
    shell.out(messages.length === 1 && first ? jsonText(first[1]) : jsonText(all));
    return;
  }
  const color = wantsColor(shell);
  const look = {
    width: Math.min(columnsOf(shell), 100) - 4,
    bold: (text: string) => (color ? styled('bold', text) : text),
    dim: (text: string) => (color ? styled('dim', text) : text),
  };
  for (const [name, message] of messages) {
    const text = inTerminal(message, look).replaceAll(/^/gm, '  │ ');
    shell.out(`${look.dim(name)}\n${text.replaceAll(/ +$/gm, '')}\n\n`);
  }
}

function writeMessages(folder: string, messages: readonly [string, SlackMessage][]): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, message] of messages) {
      writeFileSync(join(folder, `${name}.json`), jsonText(message));
    }
  } catch (error) {
    throw new UsageError(`Cannot write ${folder}: ${(error as Error).message}`);
  }
}

function chosen(names: readonly string[]): [string, SlackMessage][] {
  const around: Around = {
    partition: 'aws',
    version,
    exemptTag: { key: 'userType', value: 'Service' },
    enrolWith: 'console',
    // As if each were told at once.
    now: () => new Date(0),
  };
  const all = new Map<string, SlackMessage>(
    Object.entries(sampleOutcomes).map(([name, outcome]) => [name, slackMessage(outcome, around)]),
  );
  all.set('digest', digest(Object.values(sampleOutcomes).filter(isDigestible), around));
  const unknown = names.find((name) => !all.has(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `There is no message "${unknown}". There are: ${[...all.keys()].join(', ')}.`,
    );
  }
  return [...all].filter(([name]) => names.length === 0 || names.includes(name));
}
