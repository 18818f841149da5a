import type { Finding } from '../pipeline/doctor/run-check.ts';
import { wrapWords } from '../render/cells.ts';
import { countOf, oneLine } from '../render/report/text.ts';
import { type Style, styled } from '../render/sgr.ts';

const signs = { ok: '✔', broken: '✖', 'not-seen': '?' } as const;
const words = { ok: 'ok', broken: 'BROKEN', 'not-seen': 'not seen' } as const;
const styles: Readonly<Record<Finding['status'], Style>> = {
  ok: 'green',
  broken: 'red',
  'not-seen': 'yellow',
};
// "✖ BROKEN   dead letters  "
const WORD = 8;
const CHECK = 12;
const INDENT = 2 + WORD + 1 + CHECK + 1;
const NARROWEST = 40;

/** A command is one line however long it is: a terminal breaks it, and it is copied whole. */
const isCommand = (line: string) => /^(aws|npm|node) /.test(line);

/**
 * What the doctor found, for a person.
 * @param columns of a line
 */
export function findingsInWords(
  findings: readonly Finding[],
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string {
  const paint = (style: Style, text: string) => (color ? styled(style, text) : text);
  const lines = findings.flatMap(({ check, status, said, fix }) => {
    const [first = '', ...more] = wrapWords(oneLine(said), Math.max(NARROWEST, columns - INDENT));
    const word = paint(styles[status], `${signs[status]} ${words[status].padEnd(WORD)}`);
    return [
      `${word} ${check.padEnd(CHECK)} ${first}`,
      ...more.map((line) => ' '.repeat(INDENT) + line),
      ...fixLines(fix, columns),
    ];
  });
  return `${[...lines, '', ...wrapWords(summary(findings), columns)].join('\n')}\n`;
}

function fixLines(fix: string | null, columns: number): string[] {
  const given = (fix ?? '').split('\n').filter((line) => line !== '');
  const lines = given.flatMap((line) =>
    isCommand(line) ? [oneLine(line)] : wrapWords(oneLine(line), Math.max(NARROWEST, columns - 7)),
  );
  return lines.map((line, index) => `${index === 0 ? '  fix: ' : '       '}${line}`);
}

function summary(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) =>
    findings.filter((one) => one.status === status).length;
  const [brokenOnes, unseen] = [count('broken'), count('not-seen')];
  if (brokenOnes + unseen === 0) return 'All is well.';
  const parts = [
    ...(brokenOnes > 0 ? [`${countOf(brokenOnes, 'thing')} broken`] : []),
    ...(unseen > 0 ? [`${countOf(unseen, 'thing')} not seen, of which this says nothing`] : []),
  ];
  return `${parts.join(', ')}.`;
}
