import type { ExemptTag } from '../rules/exempt-tags.ts';

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

/** The AWS CLI's command that gives a user a tag. */
export function tagUserCommand(user: string, tag: ExemptTag): string {
  return `aws iam tag-user ${shellOption('user-name', user)} --tags ${tagArgument(tag)}`;
}

/** A tag as the AWS CLI reads it: its shorthand strips spaces and cannot begin with "=", its JSON takes anything. */
function tagArgument({ key, value }: ExemptTag): string {
  const isPlain = [key, value].every((text) => /^[\w.:/+@-]+$/.test(text));
  return isPlain
    ? `Key=${key},Value=${value}`
    : shellQuoted(JSON.stringify([{ Key: key, Value: value }]));
}
