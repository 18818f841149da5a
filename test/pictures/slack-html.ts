import type { Block, SlackMessage } from '../../functions/render/slack/blocks.ts';

/** How Slack shows a message's emoji, where the browser may have no font for them. */
const emoji: Readonly<Record<string, string>> = {
  '🔒': '<svg viewBox="0 0 20 20"><path d="M6 9V6a4 4 0 0 1 8 0v3" fill="none" stroke="#8a8d91" stroke-width="2.2"/><rect x="3.5" y="8.5" width="13" height="10" rx="2" fill="#f4b62c"/><circle cx="10" cy="13.5" r="1.7" fill="#7a5600"/></svg>',
};

const STYLE = `
* { box-sizing: border-box; margin: 0; }
body { width: 640px; padding: 18px 20px; background: #fff; color: #1d1c1d; font: 15px/1.46668 Lato, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
.post { display: grid; grid-template-columns: 36px 1fr; gap: 0 10px; }
.icon { width: 36px; height: 36px; border-radius: 6px; background: #1f6f5c; }
.sender { font-weight: 700; }
.app { margin: 0 4px; padding: 1px 3px; border-radius: 2px; background: #e8e8e8; color: #616061; font-size: 10px; font-weight: 700; vertical-align: 1px; }
.time, .context { color: #616061; font-size: 12px; }
.header { margin: 6px 0 8px; font-size: 18px; font-weight: 700; line-height: 1.3; }
.section, .fields { margin: 8px 0; overflow-wrap: anywhere; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
.header svg { width: 20px; height: 20px; margin-right: 4px; vertical-align: -3px; }
a { color: #1264a3; text-decoration: none; }
.button { display: inline-block; padding: 3px 12px; border: 1px solid #bbbabb; border-radius: 4px; color: #1d1c1d; font-size: 13px; font-weight: 700; }
.mention { padding: 0 2px; border-radius: 3px; background: #f2f8fc; color: #1264a3; }
code, pre { border: 1px solid #dddddd; border-radius: 3px; background: #f8f8f8; font: 12px/1.5 "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { padding: 1px 3px; color: #c01343; }
pre { padding: 8px; white-space: pre-wrap; }
`;

/**
 * A message as Slack's web client shows it in a channel.
 * @param posted by which app, and when
 * @param members the names of the members that it mentions, by their ids
 * @returns an HTML document that needs nothing else
 * @throws Error for an emoji or a member that it has no picture or name of
 */
export function slackHtml(
  { blocks }: SlackMessage,
  posted: { readonly app: string; readonly time: string },
  members: Readonly<Record<string, string>>,
): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<style>${STYLE}</style>
<body>
<div class="post">
<svg class="icon" viewBox="0 0 36 36"><path d="M18 7 27 10v8c0 6-4 9-9 11-5-2-9-5-9-11v-8z" fill="none" stroke="#fff" stroke-width="2.4"/><path d="m14 18 3 3 6-6" fill="none" stroke="#fff" stroke-width="2.4"/></svg>
<div>
<p><span class="sender">${posted.app}</span><span class="app">APP</span> <span class="time">${posted.time}</span></p>
${blocks.map((block) => drawn(block, members)).join('\n')}
</div>
</div>
</body>
</html>
`;
}

function drawn(block: Block, members: Readonly<Record<string, string>>): string {
  const markup = (text: string) => formatted(text, members);
  switch (block.type) {
    case 'header':
      return `<h1 class="header">${withEmoji(block.text.text)}</h1>`;
    case 'section': {
      const fields = (block.fields ?? []).map(({ text }) => `<div>${markup(text)}</div>`);
      return [
        block.text ? `<div class="section">${markup(block.text.text)}</div>` : '',
        fields.length > 0 ? `<div class="fields">${fields.join('')}</div>` : '',
      ].join('');
    }
    case 'actions':
      return `<p class="section">${block.elements.map(({ text, url }) => `<a class="button" href="${url}">${text.text}</a>`).join(' ')}</p>`;
    case 'context':
      return `<p class="context">${block.elements.map((one) => ('text' in one ? markup(one.text) : '')).join(' ')}</p>`;
    default:
      return block satisfies never;
  }
}

/** Slack's markup as HTML. Slack's own escapes are HTML's, too. */
function formatted(text: string, members: Readonly<Record<string, string>>): string {
  return withEmoji(text)
    .split(/(```[\s\S]*?```|`[^`]*`)/)
    .map((part) => {
      if (part.startsWith('```')) return `<pre>${part.slice(3, -3)}</pre>`;
      if (part.startsWith('`')) return `<code>${part.slice(1, -1)}</code>`;
      return (
        part
          .replaceAll(/<@(\w+)>/g, (_, id: string) => {
            if (members[id] === undefined) throw new Error(`no name of the member ${id}`);
            return `<span class="mention">@${members[id]}</span>`;
          })
          // A time, which Slack shows in the reader's zone: here as its fallback.
          .replaceAll(/<!date\^[^|>]+\|([^>]+)>/g, '$1')
          .replaceAll(/<(https?:[^|>]+)\|([^>]+)>/g, '<a href="$1">$2</a>')
          .replaceAll(/\*([^*\n]+)\*/g, '<b>$1</b>')
          .replaceAll('\n', '<br>')
      );
    })
    .join('');
}

function withEmoji(text: string): string {
  return text.replaceAll(/\p{Extended_Pictographic}\u{fe0f}?/gu, (one) => {
    if (emoji[one] === undefined) throw new Error(`no picture of ${one}`);
    return emoji[one];
  });
}
