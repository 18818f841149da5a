import { html, Markup } from '../html/markup.ts';
import type { Content, Span } from './mail-text.ts';

// Mail programs drop style sheets. Without colours of its own the mail is light or dark as the reader's program is.
const styles = {
  body: 'margin:0;padding:0;color-scheme:light dark',
  mail: "max-width:38em;margin:0 auto;padding:16px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere",
  heading: 'font-size:18px;line-height:1.3;margin:28px 0 8px',
  paragraph: 'margin:0 0 14px',
  list: 'margin:0 0 14px;padding-left:28px',
  item: 'margin:0 0 6px',
  code: 'font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px;background:rgba(127,127,127,.16);border-radius:4px',
  inline: 'padding:1px 4px',
  word: 'display:inline-block',
  block: 'margin:0 0 14px;padding:10px 12px;white-space:pre-wrap',
} as const;

/**
 * The HTML of a mail: one document without scripts, style sheets, images, links or anything from elsewhere.
 * @param title the subject
 * @param language as in the attribute lang
 * @param blocks with values filled in
 */
export function mailHtml(title: string, language: string, blocks: readonly Content[]): string {
  return html`<!doctype html>
<html lang="${language}" style="color-scheme:light dark">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${title}</title>
</head>
<body style="${styles.body}">
<div style="${new Markup(styles.mail)}">
${blocks.map(htmlBlock)}
</div>
</body>
</html>
`.text;
}

function htmlBlock(block: Content): Markup {
  switch (block.kind) {
    case 'heading':
      return html`<h2 style="${styles.heading}">${spansOf(block.spans)}</h2>`;
    case 'paragraph':
      return html`<p style="${styles.paragraph}">${spansOf(block.spans)}</p>`;
    case 'code':
      return html`<pre style="${styles.code};${styles.block}">${block.text.split('\n').map(wordsOf)}</pre>`;
    case 'list': {
      const items = block.items.map(
        (item) => html`<li style="${styles.item}">${spansOf(item)}</li>`,
      );
      return block.isOrdered
        ? html`<ol style="${styles.list}">
${items}
</ol>`
        : html`<ul style="${styles.list}">
${items}
</ul>`;
    }
  }
}

/** A line of a command. A word is broken only where it is longer than the line: an option is not broken at its hyphens. */
function wordsOf(line: string): Markup {
  const words = line
    .split(' ')
    .map((word) => (word === '' ? '' : html`<span style="${styles.word}">${word}</span>`.text));
  return new Markup(words.join(' '));
}

/** Side by side, without a line break between. */
function spansOf(spans: readonly Span[]): Markup {
  return new Markup(spans.map((span) => htmlSpan(span).text).join(''));
}

function htmlSpan({ text, bold, code }: Span): Markup {
  const inner = code
    ? html`<code style="${styles.code};${styles.inline}">${text}</code>`
    : html`${text}`;
  return bold ? html`<strong>${inner}</strong>` : inner;
}
