import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What makes an error for a person: an error of a class of ours, a problem of errors.ts, a finding of doctor. */
const CALL =
  /\bnew (?:[A-Z]\w*Error|Error|UsageError|Refused|ChangeRefused|BadConfiguration|ForeignBucket|NoRelease|NotInOrganization|UnsupportedPartition|StackNotRead|AccountUnreachable|BadSpoke|TooSlow|NotManaged)\(|\b(?:wrong|blind|broken)\(/g;
/** A text that is only punctuation, or one word, such as a code. */
const TOO_SHORT = 15;

/** A message in the sources: its literals, with "…" for each value. */
export interface SourceMessage {
  readonly file: string;
  readonly text: string;
}

/** The sources that people get errors from. */
export const sourceFiles = readdirSync('functions', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('functions', file));

/** Every message of the functions and the commands that has a text of its own. */
export function errorMessages(): SourceMessage[] {
  return sourceFiles.flatMap((file) => {
    const source = readFileSync(file, 'utf8').replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
    return [...source.matchAll(CALL)].flatMap(({ 0: call, index }) => {
      const text = literalsIn(source, index + call.length)
        .join(' ')
        .replaceAll(/ {2,}/g, ' ');
      const words = text.replaceAll(/[…\s:.]/g, '');
      return words.length < TOO_SHORT || !text.includes(' ') ? [] : [{ file, text }];
    });
  });
}

/** The string literals between a call's parentheses. @param from after the opening one */
function literalsIn(source: string, from: number): string[] {
  const found: string[] = [];
  let depth = 1;
  for (let at = from; at < source.length && depth > 0; at += 1) {
    const character = source[at] ?? '';
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if ('\'"`'.includes(character)) {
      const { text, end } = literalAt(source, at);
      found.push(text);
      at = end;
    }
  }
  return found;
}

function literalAt(source: string, start: number): { text: string; end: number } {
  const quote = source[start];
  let text = '';
  let at = start + 1;
  for (; at < source.length && source[at] !== quote; at += 1) {
    if (source[at] === '\\') {
      at += 1;
      text += source[at];
    } else if (quote === '`' && source.startsWith('${', at)) {
      at = endOfValue(source, at + 2);
      text += '…';
    } else text += source[at];
  }
  return { text, end: at };
}

/** Where the value of a template ends: at its own brace. */
function endOfValue(source: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; depth > 0; at += 1) {
    if (source[at] === '{') depth += 1;
    if (source[at] === '}') depth -= 1;
  }
  return at - 1;
}

/** Whether a row of the documents, with "…" for values, is about a message. */
export function isAbout(row: string, message: string): boolean {
  let at = 0;
  return row.split('…').every((part) => {
    const found = message.indexOf(part.trim(), at);
    at = found + part.trim().length;
    return found !== -1;
  });
}
