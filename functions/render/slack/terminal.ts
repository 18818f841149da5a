import { wrapText } from '../cells.ts';
import type { Block, SlackMessage } from './blocks.ts';

/** How a terminal shows text. */
export interface Look {
  /** Characters a line may have. */
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

/**
 * A Slack message as text for a terminal, much as Slack lays it out.
 * @returns lines without indentation, none longer than the width unless a word is
 */
export function inTerminal({ blocks }: SlackMessage, look: Look): string {
  return blocks.map((block) => blockText(block, look)).join('\n\n');
}

function blockText(block: Block, look: Look): string {
  switch (block.type) {
    case 'header':
      return wrapText(unescaped(block.text.text), look.width).map(look.bold).join('\n');
    case 'section': {
      const texts = block.text ? [block.text.text] : [];
      const rows = (block.fields ?? []).map(({ text }) => fieldRow(text, look));
      return [...texts.map((text) => paragraph(text, look)), ...rows].join('\n');
    }
    case 'actions':
      return block.elements
        .flatMap(({ text, url }) => wrapText(`${unescaped(text.text)} (${url})`, look.width))
        .join('\n');
    case 'context':
      return block.elements
        .map((element) => ('text' in element ? element.text : ''))
        .flatMap((text) => wrapText(plain(text), look.width))
        .map(look.dim)
        .join('\n');
    default:
      return block satisfies never;
  }
}

const LABEL_WIDTH = 14;

/** A field is "*Label*" and its value on the next line: here they stand side by side. */
function fieldRow(text: string, { width, dim }: Look): string {
  const [label = '', ...rest] = plain(text).split('\n');
  const lines = wrapText(rest.join(' '), width - LABEL_WIDTH);
  const indented = lines.map((line) => ' '.repeat(LABEL_WIDTH) + line);
  if (label.length >= LABEL_WIDTH) return [dim(label), ...indented].join('\n');
  return [dim(label.padEnd(LABEL_WIDTH)) + (lines[0] ?? ''), ...indented.slice(1)].join('\n');
}

function paragraph(text: string, { width, bold }: Look): string {
  return text
    .split('\n')
    .flatMap((line) => {
      // A line that is one bold piece is a heading.
      const heading = /^\*[^*]+\*$/.test(line);
      const lines = wrapText(plain(line), width);
      return heading ? lines.map(bold) : lines;
    })
    .join('\n');
}

/** Slack's markup as plain text; links show where they lead. */
function plain(text: string): string {
  return unescaped(
    text
      .replaceAll(/<@([^>]+)>/g, '@$1')
      .replaceAll(/<!date[^|>]*\|([^>]+)>/g, '$1')
      .replaceAll(/<([^|>]+)\|([^>]+)>/g, '$2 ($1)')
      .replaceAll('```', '')
      .replaceAll(/\*([^*\n]+)\*/g, '$1')
      .replaceAll('`', '')
      .replaceAll(/ +/g, ' '),
  );
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
