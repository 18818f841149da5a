import type { SlackMessage } from '../../functions/render/slack/blocks.ts';

/** Messages as in a golden file: their texts with Slack's markup, without Block Kit's JSON. */
export function compact(
  messages: Iterable<readonly [name: string, message: SlackMessage]>,
): string {
  return [...messages]
    .map(
      ([name, { text, blocks }]) => `## ${name}\ntext: ${text}\n${blocks.map(block).join('\n')}\n`,
    )
    .join('\n');
}

function block(value: SlackMessage['blocks'][number]): string {
  if (value.type === 'actions') {
    return value.elements
      .map(({ action_id, text, url }) => `button: ${action_id}: ${text.text} → ${url}`)
      .join('\n');
  }
  const texts: string[] = [];
  JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'text' && typeof inner === 'string') texts.push(inner);
    return inner;
  });
  const inOneLine = value.type === 'section' && 'fields' in value;
  return `${value.type}: ${texts.map((text) => (inOneLine ? text.replace('\n', ' ') : text)).join('\n')}`;
}
