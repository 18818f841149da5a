// Unicode's East Asian Wide and Fullwidth, as far as IAM tags and names of things may bring them; and emoji.
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u;

/** How many cells of a terminal a text takes: a wide character takes two, a combining mark none. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += cellsOfOne(character);
  return cells;
}

/** Text that takes at most so many cells; where it took more it ends with "…". */
export function cutToCells(text: string, most: number): string {
  if (cellsOf(text) <= most) return text;
  if (most < 1) return '';
  let shown = '';
  let cells = 1;
  for (const character of text) {
    cells += cellsOfOne(character);
    if (cells > most) break;
    shown += character;
  }
  return `${shown.trimEnd()}…`;
}

/** Text filled up with spaces to so many cells, or cut to them. */
export function padToCells(text: string, cells: number): string {
  const cut = cutToCells(text, cells);
  return cut + ' '.repeat(Math.max(0, cells - cellsOf(cut)));
}

/** Text in lines of at most so many cells, broken between words. A word that is longer has a line of its own. */
export function wrapText(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || cellsOf(longer) > most) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** The same, with longer words broken: nothing is lost. */
export function wrapToCells(text: string, most: number): string[] {
  return wrapText(text, most).flatMap((line) =>
    cellsOf(line) <= most ? [line] : broken(line, most),
  );
}

/** A word in pieces of at most so many cells. */
function broken(word: string, most: number): string[] {
  const pieces = [''];
  for (const character of word) {
    const longer = `${pieces.at(-1) ?? ''}${character}`;
    if (cellsOf(longer) <= most || pieces.at(-1) === '') pieces[pieces.length - 1] = longer;
    else pieces.push(character);
  }
  return pieces;
}

function cellsOfOne(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
