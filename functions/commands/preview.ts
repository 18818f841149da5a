import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Outcome } from '../../events/outcome.ts';
import samples from '../../events/outcome-samples.json' with { type: 'json' };
import { jsonText } from '../render/report/json.ts';
import type { SlackMessage } from '../render/slack/blocks.ts';
import { digest, isDigestible } from '../render/slack/digest.ts';
import type { MessageContext } from '../render/slack/format.ts';
import { slackMessage } from '../render/slack/kinds.ts';
import { inTerminal } from '../render/slack/terminal.ts';
import { styled } from '../render/terminal-text.ts';
import { version } from '../runtime/version.ts';
import { columnsOf, type Terminal, UsageError, wantsColor } from './terminal.ts';

/** Sample outcomes of each kind by name, each as it is published. */
export const sampleOutcomes: Readonly<Record<string, Outcome>> = Object.fromEntries(
  Object.entries(samples).map(([name, value]) => [name, Outcome.parse(value)]),
);

interface PreviewOptions {
  readonly json?: boolean;
  readonly output?: string;
}

/** Adds `preview`. It makes no AWS call and posts nothing to Slack. */
export function addPreview(program: Command, terminal: Terminal): void {
  program
    .command('preview')
    .argument(
      '[message...]',
      `names of messages: digest, ${Object.keys(sampleOutcomes).join(', ')}`,
    )
    .description('Show the Slack messages with sample data')
    .option('--json', 'print Block Kit JSON, for Slack’s Block Kit Builder')
    .option('-o, --output <folder>', 'write Block Kit JSON to this folder, one file per message')
    .addHelpText(
      'after',
      '\nExamples:\n  mfa-enforcer preview\n  mfa-enforcer preview user-blocked --json\n  mfa-enforcer preview --output messages/',
    )
    .action((names: string[], options: PreviewOptions) => preview(terminal, names, options));
}

function preview(terminal: Terminal, names: readonly string[], options: PreviewOptions): void {
  const messages = chosen(names);
  if (options.output !== undefined) {
    writeMessages(options.output, messages);
    terminal.err(`${messages.length} messages written to ${options.output}\n`);
    return;
  }
  if (options.json) {
    const [first] = messages;
    const all = Object.fromEntries(messages);
    terminal.out(messages.length === 1 && first ? jsonText(first[1]) : jsonText(all));
    return;
  }
  const color = wantsColor(terminal);
  const look = {
    width: Math.min(columnsOf(terminal), 100) - 4,
    bold: (text: string) => (color ? styled('bold', text) : text),
    dim: (text: string) => (color ? styled('dim', text) : text),
  };
  for (const [name, message] of messages) {
    const text = inTerminal(message, look).replaceAll(/^/gm, '  │ ');
    terminal.out(`${look.dim(name)}\n${text.replaceAll(/ +$/gm, '')}\n\n`);
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
  const context: MessageContext = {
    partition: 'aws',
    version,
    exemptTag: { key: 'userType', value: 'Service' },
    enrolWith: 'console',
    unblock: 'on-enrolment',
    runbookUrl: null,
    // A fixed time: no sample message is late.
    now: () => new Date(0),
  };
  const all = new Map<string, SlackMessage>(
    Object.entries(sampleOutcomes).map(([name, outcome]) => [name, slackMessage(outcome, context)]),
  );
  all.set('digest', digest(Object.values(sampleOutcomes).filter(isDigestible), context));
  const unknown = names.find((name) => !all.has(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `There is no message "${unknown}". Available messages: ${[...all.keys()].join(', ')}.`,
    );
  }
  return [...all].filter(([name]) => names.length === 0 || names.includes(name));
}
