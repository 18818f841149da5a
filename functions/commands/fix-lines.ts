import { isCommand } from '../pipeline/doctor/fixes.ts';
import { wrapText } from '../render/cells.ts';
import { oneLine } from '../render/report/text.ts';

const FIX = 'fix: ';
const NARROWEST = 40;

/**
 * The lines of a finding's fix, under one another. A command stays on one line, so that it can be copied whole.
 * @param indent cells before it
 * @returns none without a fix
 */
export function fixLines(fix: string | null, columns: number, indent: number): string[] {
  const given = (fix ?? '').split('\n').filter((line) => line !== '');
  const width = Math.max(NARROWEST, columns - indent - FIX.length);
  return given
    .flatMap((line) => (isCommand(line) ? [oneLine(line)] : wrapText(oneLine(line), width)))
    .map(
      (line, index) => `${' '.repeat(indent)}${(index === 0 ? FIX : '').padEnd(FIX.length)}${line}`,
    );
}
