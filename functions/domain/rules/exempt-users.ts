// IAM's names contain no slash, its paths any printable character (IAM User Guide, "IAM name requirements"). An entry of
// wildcards alone would exempt everyone.
const NAME = /^\**[\w+=.@-][\w+=.@*-]*$/;
const PATH = /^\/[*/]*[!-)+\-.0-~][!-+\--~]*$/;

/**
 * Reads the exempt users of the configuration.
 * @param text patterns separated by commas; "*" stands for any characters, a comma in a name too. One that begins with
 *   "/" is for path and name, another for the name alone
 * @returns the patterns; empty for an empty text
 * @throws Error that names the pattern which is none
 */
export function parseExemptUsers(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(',').map((entry) => {
    const pattern = entry.trim();
    if (NAME.test(pattern) || PATH.test(pattern)) return pattern;
    throw new Error(
      /^[*/]+$/.test(pattern)
        ? `"${pattern}" would exempt everyone`
        : `"${pattern}" is no name or path with *, as in BedrockAPIKey-* or /machines/*`,
    );
  });
}

/**
 * The pattern that fits a user. IAM tells no users apart by the case of their names, and neither does a pattern.
 * @param arn the user's, which contains path and name
 */
export function fittingPattern(arn: string, patterns: readonly string[]): string | null {
  const path = arn.slice(arn.indexOf('/'));
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    patterns.find((pattern) => glob(pattern).test(pattern.startsWith('/') ? path : name)) ?? null
  );
}

function glob(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i');
}

/** What a user is for whom a console of AWS made. */
interface MadeByConsole {
  readonly service: string;
  readonly stops: string;
  /** An exempt pattern that fits such users. */
  readonly pattern: string;
}

const madeByConsoles: readonly MadeByConsole[] = [
  { service: 'Amazon Bedrock', stops: 'its API key', pattern: 'BedrockAPIKey-*' },
  { service: 'Amazon SES', stops: 'its mail', pattern: 'ses-smtp-user.*' },
];

/** The console of AWS that makes users of such a name, or null. Anyone may choose the name. */
export function madeByConsole(user: string): MadeByConsole | null {
  return madeByConsoles.find(({ pattern }) => glob(pattern).test(user)) ?? null;
}
