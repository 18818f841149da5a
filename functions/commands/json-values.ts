/** A value of a text, or a part of it that is no JSON. The line is null where the text is one value. */
type JsonPart =
  | { readonly line: number | null; readonly value: unknown }
  | { readonly line: number; readonly wrong: string };

/**
 * Reads a text with one JSON value or several: one on each line (JSON Lines), one after another (as jq prints them), or
 * without anything between them (as trail files that were concatenated). What cannot be read ends at the next line that
 * begins with a value, so that it takes no other value with it.
 * @returns the values in their order, with the line on which each begins
 */
export function* jsonValues(text: string): Generator<JsonPart> {
  const whole = parsed(text);
  if (whole !== undefined) {
    yield { line: null, value: whole.value };
    return;
  }
  let line = 1;
  for (const chunk of text.split(/(?<=\n)(?=[{[])/)) {
    let at = line;
    for (const piece of parsed(chunk) === undefined ? pieces(chunk) : [chunk]) {
      const value = parsed(piece);
      const begins = at + linesIn(/^\s*/.exec(piece)?.[0] ?? '');
      if (value !== undefined) yield { line: begins, value: value.value };
      // The brackets and commas of a list whose values could be read one by one are nothing.
      else if (/[^\s,[\]]/.test(piece)) yield { line: begins, wrong: 'it is not JSON' };
      at += linesIn(piece);
    }
    line += linesIn(chunk);
  }
}

/** Cuts a text after each bracket that closes the outermost one, and at the lines between such values. */
function pieces(text: string): string[] {
  const cut: string[] = [];
  let [from, depth] = [0, 0];
  const end = (at: number) => {
    if (at > from) cut.push(text.slice(from, at));
    from = at;
  };
  // A text in quotation marks is one token, so that its brackets do not count.
  for (const { 0: token, index } of text.matchAll(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[{}[\]\n]/g)) {
    if (token === '{' || token === '[') {
      if (depth === 0) end(index);
      depth += 1;
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      if (depth === 0) end(index + 1);
    } else if (token === '\n' && depth === 0) {
      end(index + 1);
    }
  }
  end(text.length);
  return cut;
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}

/** The value of a JSON text; undefined where it is none. */
export function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
