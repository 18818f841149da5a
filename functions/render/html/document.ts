import { createHash } from 'node:crypto';
import { html, Markup } from './markup.ts';
import { script } from './script.ts';

/**
 * A whole page: one file with its style and its script, which no other may replace.
 * @param title of the window
 * @param style the content of the style element
 * @param body what is in the body, before the script
 */
export function htmlDocument(title: string, style: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(contentSecurityPolicy(style, script))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="mfa-enforcer">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${body}
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

/**
 * The policy of a page that has one inline style and one inline script and needs nothing else.
 * @param style content of the style element, to the byte
 * @param script content of the script element, to the byte
 * @returns the content of the meta element
 */
function contentSecurityPolicy(style: string, script: string): string {
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
