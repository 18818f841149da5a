/**
 * One word of a command that people paste into a POSIX shell.
 * @param word any text
 * @returns the word, in single quotes where a shell would read it as anything else
 */
export function shellQuoted(word: string): string {
  return /^[\w+=,.@:/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** An option with its value. The AWS CLI takes a separate value that begins with "-" for another option. */
export function shellOption(name: string, value: string): string {
  return `--${name}${value.startsWith('-') ? '=' : ' '}${shellQuoted(value)}`;
}
