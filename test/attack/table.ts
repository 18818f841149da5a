import { type Judged, judge } from './judge.ts';
import type { Technique } from './techniques.ts';

const COLUMNS = ['technique', 'calls', 'by a blocked user', 'by others', 'with the protecting SCP'];

/** Techniques as a Markdown table, with one row for each. */
export async function attackTable(techniques: readonly Technique[]): Promise<string> {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows: string[] = [];
  for (const technique of techniques) rows.push(line(cellsOf(technique, await judge(technique))));
  return [line(COLUMNS), `|${'---|'.repeat(COLUMNS.length)}`, ...rows].join('\n');
}

function cellsOf({ name, calls, result, text }: Technique, judged: Judged): string[] {
  const { allowedToBlocked, deniedByScp, rules } = judged;
  return [
    name,
    calls.map(({ action }) => `\`${action}\``).join(', '),
    some('denied', calls.length - allowedToBlocked.length, calls.length) ?? 'allowed',
    `**${result}**: ${text}${rules.length > 0 ? ` (${rules.join(', ')})` : ''}`,
    some('denied', deniedByScp.length, calls.length) ?? '',
  ];
}

/** Null for none. */
function some(word: string, count: number, all: number): string | null {
  if (count === 0) return null;
  return count === all ? word : `${count} of ${all} ${word}`;
}
