import type { IAMClient } from '@aws-sdk/client-iam';
import { isCancelled, type StackEvent } from '../domain/deployment/stack-events.ts';
import { getAccountSummary } from '../io/iam-account.ts';
import { CLEAR_LINE, LINE_BEGIN, LINE_END, type Terminal } from './terminal.ts';

/** Shows the progress of a long operation. */
export interface Progress {
  /** @param note text after the numbers */
  tick(note?: string): void;
  /** Clears the line. */
  done(): void;
}

const BAR = 24;
const REDRAW_MS = 100;

/**
 * Draws a progress bar on standard error if that is a terminal.
 * @param label the operation
 * @param total the expected number of ticks
 */
export function progressBar(
  { progress, err, now }: Terminal,
  label: string,
  total: number,
): Progress {
  if (!progress) return { tick: () => undefined, done: () => undefined };
  let ticks = 0;
  let drawnAt = 0;
  const draw = (note = '') => {
    const part = total === 0 ? 1 : Math.min(1, ticks / total);
    const full = Math.round(part * BAR);
    const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
    err(`${LINE_BEGIN}${label} ${bar} ${ticks}/${Math.max(total, ticks)}${note}${LINE_END}`);
  };
  draw();
  return {
    tick: (note) => {
      ticks += 1;
      const at = now().getTime();
      if (at - drawnAt < REDRAW_MS) return;
      drawnAt = at;
      draw(note);
    },
    done: () => err(CLEAR_LINE),
  };
}

/**
 * Shows progress while all users are read.
 * @param read receives a function that it calls after each user
 */
export async function readingUsers<T>(
  terminal: Terminal,
  iam: IAMClient,
  read: (onUser: () => void) => Promise<T>,
): Promise<T> {
  const { users } = await getAccountSummary(iam);
  const progress = progressBar(terminal, 'Reading users', users);
  try {
    return await read(() => progress.tick());
  } finally {
    progress.done();
  }
}

/**
 * Shows the progress of CloudFormation: a bar with the last event on a terminal, else a line for each event.
 * @param label the operation
 * @param resources how many it concerns
 */
export function stackProgress(
  terminal: Terminal,
  label: string,
  resources: number,
): { readonly onEvent: (event: StackEvent) => void; readonly done: () => void } {
  const bar = progressBar(terminal, label, resources);
  const onEvent = (event: StackEvent) => {
    const line = eventLine(event);
    if (line === null) return;
    bar.tick(` ${line}`);
    if (!terminal.progress) terminal.err(`${line}\n`);
  };
  return { onEvent, done: bar.done };
}

/** One line for an event that ends a step, or begins a rollback; null for any other. */
function eventLine(event: StackEvent): string | null {
  const { resource, type, status, ofStack } = event;
  if (ofStack) return status.endsWith('ROLLBACK_IN_PROGRESS') ? '… rolling back' : null;
  if (isCancelled(event) || !/_(COMPLETE|FAILED)$/.test(status)) return null;
  return `${status.endsWith('_FAILED') ? '✖' : '✔'} ${resource} (${type}) ${status}`;
}
