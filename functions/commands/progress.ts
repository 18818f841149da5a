import type { Shell } from './shell.ts';

/** Shows how far something long has come. */
export interface Progress {
  /** @param note stands behind the numbers */
  tick(note?: string): void;
  /** Clears the line. */
  done(): void;
}

/** ECMA-48: to the line's begin, and erase it. */
export const CLEAR_LINE = '\r\u001b[K';

const BAR = 24;
const REDRAW_MS = 100;

/**
 * A progress bar on standard error, where that is a terminal.
 * @param label what is being done
 * @param total how many ticks there will be, as far as is known
 */
export function progressBar({ progress, err, now }: Shell, label: string, total: number): Progress {
  if (!progress) return { tick: () => undefined, done: () => undefined };
  let ticks = 0;
  let drawnAt = 0;
  const draw = (note = '') => {
    const part = total === 0 ? 1 : Math.min(1, ticks / total);
    const full = Math.round(part * BAR);
    const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
    err(`\r${label} ${bar} ${ticks}/${Math.max(total, ticks)}${note}\u001b[K`);
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
