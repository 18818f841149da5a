import pc from 'picocolors';
import { CLEAR_LINE } from '../../functions/commands/terminal.ts';
import { wrapText } from '../../functions/render/cells.ts';
import type { SlackMessage } from '../../functions/render/slack/blocks.ts';
import { inTerminal } from '../../functions/render/slack/terminal.ts';
import type { StepResult } from './story.ts';

const PIPED_COLUMNS = 80;
const WIDEST = 100;
const INDENT = '        ';
const PROGRESS_AFTER_MS = 2_000;
const PROGRESS_EVERY_MS = 10_000;

/** Columns of a line: the terminal's, and at most 100. */
export function columns(): number {
  return Math.min(WIDEST, process.stdout.columns ?? PIPED_COLUMNS);
}

/** Prints text and a line break. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A heading over a part of the output. */
export function heading(text: string): string {
  return `\n${wrapText(text, columns()).map(pc.bold).join('\n')}`;
}

/**
 * Does something, and says so where it takes longer than two seconds: on a terminal in a line that counts the seconds and
 * disappears, else in a line after two seconds and every ten.
 */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  const { isTTY } = process.stdout;
  let saidAt = PROGRESS_AFTER_MS - PROGRESS_EVERY_MS;
  const timer = setInterval(() => {
    const ms = performance.now() - from;
    const line = shorten(`  … ${what}, ${Math.floor(ms / 1000)} s`, columns() - 1);
    if (ms < PROGRESS_AFTER_MS) return;
    if (isTTY) process.stdout.write(CLEAR_LINE + pc.dim(line));
    else if (ms - saidAt >= PROGRESS_EVERY_MS) {
      saidAt = ms;
      say(line);
    }
  }, 100);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (isTTY) process.stdout.write(CLEAR_LINE);
  }
}

/** Does a step of the start, and prints its line: "  AWS     moto_server on PATH …   0.70 s" */
export async function startStep<T>(
  what: string,
  doing: string,
  detail: (made: T) => string,
  make: () => Promise<T>,
): Promise<T> {
  const from = performance.now();
  const made = await withProgress(doing, make);
  const width = columns() - 18;
  const took = pc.dim(seconds(performance.now() - from).padStart(8));
  say(`  ${what.padEnd(8)}${shorten(detail(made), width).padEnd(width)}${took}`);
  return made;
}

/** One step of the scenario: its time, the action and the result. */
export function storyStep(
  sinceStartMs: number,
  { title, ok, message, enforcedAfterMs }: StepResult,
): string {
  const mark = ok ? pc.green('ok') : pc.red('FAILED');
  const after = enforcedAfterMs === null ? '' : pc.dim(`  after ${seconds(enforcedAfterMs)}`);
  const at = (sinceStartMs / 1000).toFixed(1).padStart(5);
  return [`  ${pc.dim(at)} ${pc.bold(title)}${after}  ${mark}`, ...indented(message)].join('\n');
}

/** A line of the log: when, what, and why. */
export function logLine(at: Date, what: string, why: string): string {
  const [first = '', ...more] = wrapText(what, columns() - 11).map(pc.bold);
  const time = pc.dim(at.toTimeString().slice(0, 8));
  return [
    `  ${time} ${first}`,
    ...[...more, ...(why === '' ? [] : wrapText(why, columns() - 11))].map(
      (line) => ' '.repeat(11) + line,
    ),
  ].join('\n');
}

/** The text of a Slack message, which a notification shows. */
export function slackText(text: string): string {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return quoted(wrapText(plain, columns() - 4), '  ');
}

/** A Slack message as Slack lays it out. */
export function slackLayout(message: SlackMessage): string {
  const look = { width: columns() - 6, bold: pc.bold, dim: pc.dim };
  return quoted(inTerminal(message, look).split('\n'), '    ');
}

function quoted(lines: readonly string[], indent: string): string {
  return lines.map((line) => `${indent}${pc.dim('│')} ${line}`.trimEnd()).join('\n');
}

/** A sentence in lines of the screen's width, below a line of the scenario. */
function indented(text: string): string[] {
  return wrapText(text, columns() - INDENT.length).map((line) => INDENT + line);
}

/** "0.42 s" */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** The median. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
