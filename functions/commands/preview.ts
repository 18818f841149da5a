import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Outcome } from '../../events/outcome.ts';
import samples from '../../events/outcome-samples.json' with { type: 'json' };
import { composeMail } from '../render/mail/mail.ts';
import { parseMailText } from '../render/mail/mail-text.ts';
import { jsonText } from '../render/report/json.ts';
import { countOf } from '../render/report/text.ts';
import type { SlackMessage } from '../render/slack/blocks.ts';
import { digest, isDigestible } from '../render/slack/digest.ts';
import type { MessageContext } from '../render/slack/format.ts';
import { slackMessage } from '../render/slack/kinds.ts';
import { inTerminal } from '../render/slack/terminal.ts';
import { styled } from '../render/terminal-text.ts';
import { defaultMailText } from '../runtime/default-mail-text.ts';
import { version } from '../runtime/version.ts';
import { readMailText } from './parameter-files.ts';
import { sampleMails } from './sample-mails.ts';
import { columnsOf, type Terminal, UsageError, wantsColor } from './terminal.ts';

/** Sample outcomes of each kind by name, each as it is published. */
export const sampleOutcomes: Readonly<Record<string, Outcome>> = Object.fromEntries(
  Object.entries(samples).map(([name, value]) => [name, Outcome.parse(value)]),
);

interface PreviewOptions {
  readonly mails?: boolean;
  readonly mailTextFile?: string;
  readonly json?: boolean;
  readonly output?: string;
}

/** Adds `preview`. It makes no AWS call and sends nothing. */
export function addPreview(program: Command, terminal: Terminal): void {
  program
    .command('preview')
    .argument(
      '[message...]',
      `names of messages: digest, ${Object.keys(sampleOutcomes).join(', ')}; of mails: ${Object.keys(sampleMails).join(', ')}`,
    )
    .description('Show the Slack messages, or the mails to users, with sample data')
    .option('--mails', 'show the mails')
    .option('--mail-text-file <file>', 'show the mails with your own text (docs/mail.md)')
    .option('--json', 'print JSON: of a Slack message Block Kit, for Slack’s Block Kit Builder')
    .option('-o, --output <folder>', 'write files to this folder: Block Kit JSON, or HTML and text')
    .addHelpText(
      'after',
      '\nExamples:\n  mfa-enforcer preview\n  mfa-enforcer preview user-blocked --json\n  mfa-enforcer preview --output messages/\n  mfa-enforcer preview --mail-text-file mail-text.md --output mails/',
    )
    .action((names: string[], options: PreviewOptions) => preview(terminal, names, options));
}

interface Look {
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** A message in each form. */
interface Preview {
  readonly json: object;
  /** By the end of the file's name. */
  readonly files: Readonly<Record<string, string>>;
  readonly inTerminal: (look: Look) => string;
}

async function preview(
  terminal: Terminal,
  names: readonly string[],
  { mails, mailTextFile, json, output }: PreviewOptions,
): Promise<void> {
  const areMails = mails === true || mailTextFile !== undefined;
  const messages = chosen(areMails ? await mailPreviews(mailTextFile) : slackPreviews(), names);
  if (output !== undefined) {
    writeMessages(output, messages);
    terminal.err(`${countOf(messages.length, 'message')} written to ${output}\n`);
    return;
  }
  if (json) {
    const [first] = messages;
    const all = Object.fromEntries(messages.map(([name, one]) => [name, one.json]));
    terminal.out(jsonText(messages.length === 1 && first ? first[1].json : all));
    return;
  }
  const color = wantsColor(terminal);
  const look: Look = {
    width: Math.min(columnsOf(terminal), 100) - 4,
    bold: (text) => (color ? styled('bold', text) : text),
    dim: (text) => (color ? styled('dim', text) : text),
  };
  for (const [name, message] of messages) {
    const text = message.inTerminal(look).replaceAll(/^/gm, '  │ ');
    terminal.out(`${look.dim(name)}\n${text.replaceAll(/ +$/gm, '')}\n\n`);
  }
}

function writeMessages(folder: string, messages: readonly (readonly [string, Preview])[]): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, { files }] of messages) {
      for (const [end, text] of Object.entries(files)) {
        writeFileSync(join(folder, `${name}.${end}`), text);
      }
    }
  } catch (error) {
    throw new UsageError(`Cannot write ${folder}: ${(error as Error).message}`);
  }
}

function slackPreviews(): Map<string, Preview> {
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
  const shown = [...all].map(([name, message]): [string, Preview] => [
    name,
    {
      json: message,
      files: { json: jsonText(message) },
      inTerminal: (look) => inTerminal(message, look),
    },
  ]);
  return new Map(shown);
}

async function mailPreviews(file: string | undefined): Promise<Map<string, Preview>> {
  const { parsed } =
    file === undefined ? { parsed: parseMailText(defaultMailText) } : await readMailText(file);
  const shown = Object.entries(sampleMails).map(
    ([name, { content, context }]): [string, Preview] => {
      const mail = composeMail(parsed, content, context);
      const text = `Subject: ${mail.subject}\n\n${mail.text}`;
      return [
        name,
        {
          json: mail,
          files: { txt: text, html: mail.html },
          inTerminal: ({ bold }) => `${bold(mail.subject)}\n\n${mail.text.trimEnd()}`,
        },
      ];
    },
  );
  return new Map(shown);
}

function chosen(
  all: ReadonlyMap<string, Preview>,
  names: readonly string[],
): (readonly [string, Preview])[] {
  const unknown = names.find((name) => !all.has(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `There is no message "${unknown}". Available messages: ${[...all.keys()].join(', ')}.`,
    );
  }
  return [...all].filter(([name]) => names.length === 0 || names.includes(name));
}
