// IAM's names contain no slash, its paths any printable character (IAM User Guide, "IAM name requirements"). Wildcards alone
// would exempt every user, so a pattern needs another character.
const NAME = /^\**[\w+=.@-][\w+=.@*-]*$/;
const PATH = /^\/[*/]*[!-)+\-.0-~][!-+\--~]*$/;

/**
 * Reads the exempt users of the configuration.
 * @param text patterns separated by commas; "*" stands for any characters, also for a comma. A pattern that begins with "/"
 *   is compared with path and name, any other with the name alone
 * @returns the patterns; empty for an empty text
 * @throws Error that quotes the invalid pattern
 */
export function parseExemptUsers(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(',').map((entry) => {
    const pattern = entry.trim();
    if (NAME.test(pattern) || PATH.test(pattern)) return pattern;
    throw new Error(
      /^[*/]+$/.test(pattern)
        ? `"${pattern}" would exempt every user`
        : `"${pattern}" is not a name or path pattern like BedrockAPIKey-* or /machines/*`,
    );
  });
}

/**
 * The first pattern that fits a user. IAM ignores the case of names, so patterns do too.
 * @param arn the user's, which contains path and name
 */
export function fittingPattern(arn: string, patterns: readonly string[]): string | null {
  const path = pathOf(arn);
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  return (
    patterns.find((pattern) => glob(pattern).test(pattern.startsWith('/') ? path + name : name)) ??
    null
  );
}

/** The path in a user's ARN: "/", or as in /machines/. */
export function pathOf(arn: string): string {
  return arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1);
}

function glob(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}

/** A user that an AWS console creates for a service. */
interface MadeByConsole {
  readonly service: string;
  /** What stops working when the user is blocked. */
  readonly stops: string;
  /** An exempt pattern that fits such users. */
  readonly pattern: string;
}

const madeByConsoles: readonly MadeByConsole[] = [
  { service: 'Amazon Bedrock', stops: 'its API key', pattern: 'BedrockAPIKey-*' },
  { service: 'Amazon SES', stops: 'its mail', pattern: 'ses-smtp-user.*' },
];

/** The AWS console that creates users with such a name, or null. It is a hint only: anyone may choose the name. */
export function madeByConsole(user: string): MadeByConsole | null {
  return madeByConsoles.find(({ pattern }) => glob(pattern).test(user)) ?? null;
}
