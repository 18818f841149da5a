/**
 * Control characters, and those that turn the direction of text or are not seen: a text from outside must not make a
 * line read otherwise, nor steer a terminal.
 */
export const UNSEEN =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;

// What styled() writes, as long as nothing else steers the terminal in between.
const STYLED = new RegExp(
  '(ESC\\[(?:1|2|3[1236])m)([^ESC]*)(ESC\\[(?:22|39)m)'.replaceAll('ESC', '\u001B'),
);

/** A text in which what UNSEEN names is shown: "[U+202E]". It has no line breaks. */
export function namedUnseen(text: string): string {
  return text.replace(UNSEEN, (char) => {
    const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `[U+${hex.padStart(4, '0')}]`;
  });
}

/**
 * A text as a terminal may have it: what UNSEEN names is written as JSON does it (\u001b), so that JSON stays the
 * same value. Line breaks and tabs stay, and with `colors` our own styles.
 */
export function visible(text: string, colors: boolean): string {
  if (!colors) return escaped(text);
  return text
    .split(STYLED)
    .map((part, index) => (index % 4 === 1 || index % 4 === 3 ? part : escaped(part)))
    .join('');
}

function escaped(text: string): string {
  return text.replace(UNSEEN, (character, at: number) => {
    const isLayout = character === '\n' || character === '\t';
    // CSV ends its lines so (RFC 4180).
    const isLineEnd = character === '\r' && text[at + 1] === '\n';
    return isLayout || isLineEnd ? character : codeUnits(character);
  });
}

function codeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

// ECMA-48, "Select Graphic Rendition": on, and what switches just that off.
const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof codes;

/** Text as a terminal shows it in a style. */
export function styled(style: Style, text: string): string {
  const [on, off] = codes[style];
  return `\u001B[${on}m${text}\u001B[${off}m`;
}
