import { appendFile, readFile } from 'node:fs/promises';
import { HistoryLine } from '../../events/history.ts';
import { refuseForeignLink } from './output.ts';
import { type Terminal, UsageError } from './terminal.ts';

/**
 * Appends a line of totals to a file of JSON lines, which is created where it does not exist.
 * @returns the lines of the same account or organization, this one last. A line that is none, such as one that was cut off, is
 * left as it is and named on standard error.
 * @throws UsageError if the file cannot be read or written
 */
export async function recordHistory(
  terminal: Terminal,
  file: string,
  line: HistoryLine,
): Promise<HistoryLine[]> {
  try {
    await refuseForeignLink(file);
    const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    // A line that was cut off ends here, so that it does not damage this one.
    const begin = before === '' || before.endsWith('\n') ? '' : '\n';
    await appendFile(file, `${begin}${JSON.stringify(line)}\n`, { mode: 0o600 });
    const { lines, invalid } = linesOf(before);
    if (invalid.length > 0) {
      terminal.err(
        `${file}: not lines of a history, and left out of the trend: line ${invalid.join(', ')}.\n`,
      );
    }
    return [...lines.filter((one) => one.of === line.of), line];
  } catch (error) {
    throw new UsageError(`Cannot append to ${file}: ${(error as Error).message}`);
  }
}

/** The lines of a history, and the numbers of those that are none. */
function linesOf(text: string): { lines: HistoryLine[]; invalid: number[] } {
  const lines: HistoryLine[] = [];
  const invalid: number[] = [];
  for (const [index, one] of text.split('\n').entries()) {
    if (one.trim() === '') continue;
    const parsed = HistoryLine.safeParse(jsonOf(one));
    if (parsed.success) lines.push(parsed.data);
    else invalid.push(index + 1);
  }
  return { lines, invalid };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
