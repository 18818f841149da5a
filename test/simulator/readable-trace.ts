import colors from 'picocolors';
import { invariants } from './invariants/verdict.ts';
import type { RunResult } from './run.ts';

/** A run, line by line, and its violations at the end. @param user only lines about that user */
export function readableTrace({ seed, trace, violations, fingerprint }: RunResult, user?: string) {
  const named = user === undefined ? null : new RegExp(`(^|[^\\w-])${user}($|[^\\w-])`);
  const lines = trace
    .filter(({ who, what }) => named === null || who === 'BROKEN' || named.test(what))
    .map(({ at, who, what }) => {
      const time = colors.dim(new Date(at).toISOString().slice(5, 23).replace('T', ' '));
      return `${time}  ${paint(who, who.padEnd(18))} ${who === 'BROKEN' ? colors.red(what) : what}`;
    });
  const end =
    violations.length === 0
      ? [colors.green(`Seed ${seed} breaks nothing.`)]
      : violations.map(
          ({ invariant, text }) => `${colors.red('✗')} ${invariants[invariant]}: ${text}`,
        );
  return [...lines, '', ...end, colors.dim(`fingerprint ${fingerprint}`), ''].join('\n');
}

function paint(who: string, text: string): string {
  if (who === 'BROKEN') return colors.red(text);
  if (who === 'people') return colors.yellow(text);
  if (who.startsWith('on-iam-change')) return colors.cyan(text);
  if (who.startsWith('notify-slack')) return colors.magenta(text);
  if (who.startsWith('nightly-sweep')) return colors.blue(text);
  return colors.dim(text);
}
