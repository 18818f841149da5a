/** A table. A cell may contain Markdown; a pipe in it is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(head), `|${'---|'.repeat(head.length)}\n`, ...rows.map(line)].join('');
}

/** Each text as code, separated by commas. */
export const codes = (texts: readonly string[]) => texts.map((text) => `\`${text}\``).join(', ');

/**
 * A plain text as Markdown for a page in docs/: a page that it names becomes a link.
 * @param text such as a description in a template
 */
export const linked = (text: string) =>
  text
    .replaceAll(/[*_<]/g, '\\$&')
    .replaceAll(/docs\/([\w-]+\.md)(#[\w-]+)?/g, (_, page, anchor = '') => {
      return `[docs/${page}](${page}${anchor})`;
    });
