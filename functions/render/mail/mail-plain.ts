import { wrapText } from '../cells.ts';
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
      return wrapped(plain(block.spans), '');
    case 'code':
      return block.text.replaceAll(/^/gm, '    ');
    case 'list':
      return block.items
        .map((item, index) => wrapped(plain(item), block.isOrdered ? `${index + 1}. ` : '- '))
        .join('\n');
  }
}

function plain(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join('');
}

/** Text in lines. @param mark before the first line; the others are indented as far */
function wrapped(text: string, mark: string): string {
  const words = text.split(' ').filter((word) => word !== '');
  return wrapText(words.join(' '), WIDTH - mark.length)
    .map((line, index) => `${index === 0 ? mark : ' '.repeat(mark.length)}${line}`)
    .join('\n');
}
