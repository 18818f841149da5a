import { createHash } from 'node:crypto';

/**
 * The policy of a page that has one inline style and one inline script and needs nothing else.
 * @param style content of the style element, to the byte
 * @param script content of the script element, to the byte
 * @returns the content of the meta element
 */
export function contentSecurityPolicy(style: string, script: string): string {
  // frame-ancestors, sandbox and report-to have no effect in a meta element, and browsers complain of them.
  return [
    "default-src 'none'",
    `style-src '${hash(style)}'`,
    `script-src '${hash(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}
