/**
 * One word of a command that people paste into a POSIX shell.
 * A word that begins with "-" stays an option to the program: write it as --name=word.
 * @param word any text
 * @returns the word, in single quotes where a shell would read it as anything else
 */
export function shellQuoted(word: string): string {
  return /^[\w+=,.@:/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
