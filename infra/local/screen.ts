import pc from 'picocolors';
import type { Report, State } from '../../events/report.ts';
import { wrapText } from '../../functions/render/cells.ts';
import type { StepResult } from './story.ts';

const WIDTH = 98;
const INDENT = '        ';

/** A heading over a part of the output. */
export function heading(text: string): string {
  return `\n${pc.bold(text)}`;
}

/** "  AWS     moto_server on PATH …   0.7 s" */
export function startStep(what: string, detail: string, ms: number): string {
  return `  ${what.padEnd(8)}${shorten(detail, WIDTH - 20).padEnd(WIDTH - 20)}${pc.dim(seconds(ms).padStart(8))}`;
}

/** One step of the scenario: its time, the action and the result. */
export function storyStep(
  sinceStartMs: number,
  { title, ok, message, enforcedAfterMs }: StepResult,
): string {
  const mark = ok ? pc.green('ok') : pc.red('FAILED');
  const after = enforcedAfterMs === null ? '' : pc.dim(`  after ${seconds(enforcedAfterMs)}`);
  return [
    `  ${pc.dim(clock(sinceStartMs))} ${pc.bold(title)}${after}  ${mark}`,
    ...wrapText(message, WIDTH - INDENT.length).map((line) => INDENT + line),
  ].join('\n');
}

/** One review of the log: its result, its event and its reasons. */
export function reviewLine(what: string, why: string): string {
  return [
    `  ${pc.bold(what)}`,
    ...wrapText(why, WIDTH - INDENT.length).map((line) => INDENT + line),
  ].join('\n');
}

const stateColour: Readonly<Record<State, (text: string) => string>> = {
  protected: pc.green,
  blocked: pc.yellow,
  unprotected: pc.red,
  exempt: pc.cyan,
  'out-of-scope': pc.dim,
};

/** The state of every user as a table. */
export function userTable({ users }: Report): string {
  const rows = users.map(({ name, state, hasPassword, devices, blocked, reasons }) => ({
    name,
    state,
    cells: [hasPassword ? 'yes' : 'no', String(devices.length), blocked ? 'attached' : '-'],
    why: reasons.map(({ text }) => text).join(', '),
  }));
  const nameWidth = Math.max(4, ...rows.map(({ name }) => name.length)) + 2;
  const line = (name: string, state: string, cells: readonly string[], why: string) => {
    const [password = '', devices = '', policy = ''] = cells;
    const front = `  ${name.padEnd(nameWidth)}${state}${password.padEnd(10)}${devices.padEnd(5)}${policy.padEnd(10)}`;
    return front + shorten(why, WIDTH - nameWidth - 41);
  };
  return [
    pc.dim(line('user', 'state'.padEnd(14), ['password', 'MFA', 'ForceMFA'], 'why')),
    ...rows.map(({ name, state, cells, why }) =>
      line(name, stateColour[state](state.padEnd(14)), cells, why),
    ),
  ].join('\n');
}

/** The text of a Slack message. */
export function slackLine(text: string): string {
  const plain = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  return wrapText(plain, WIDTH - 6)
    .map((line) => `  ${pc.dim('│')} ${line}`)
    .join('\n');
}

/** Indented text. */
export function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
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

function clock(ms: number): string {
  return (ms / 1000).toFixed(1).padStart(5);
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
