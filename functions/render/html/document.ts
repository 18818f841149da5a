import { contentSecurityPolicy } from './csp.ts';
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
