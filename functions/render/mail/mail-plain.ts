import type { Content, Span } from './mail-text.ts';

/** Columns. Lines of commands and long words may be longer. */
const WIDTH = 72;

/**
 * The plain text of a mail, which mail programs show without HTML.
 * @param blocks with values filled in
 */
export function mailPlain(blocks: readonly Content[]): string {
  return `${blocks.map(plainBlock).join('\n\n')}\n`;
}

function plainBlock(block: Content): string {
  switch (block.kind) {
    case 'heading': {
      const text = plain(block.spans);
      return `${text}\n${'-'.repeat(Math.min(text.length, WIDTH))}`;
    }
    case 'paragraph':
      return wrapped(plain(block.spans), '', '');
    case 'code':
      return block.text.replaceAll(/^/gm, '    ');
    case 'list':
      return block.items
        .map((item, index) => {
          const mark = block.isOrdered ? `${index + 1}. ` : '- ';
          return wrapped(plain(item), mark, ' '.repeat(mark.length));
        })
        .join('\n');
  }
}

function plain(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join('');
}

/** Words in lines. @param first before the first line @param next before the others */
function wrapped(text: string, first: string, next: string): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ').filter((one) => one !== '')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = next;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
