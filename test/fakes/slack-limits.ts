import type { SlackMessage } from '../../functions/render/slack/blocks.ts';

/** Throws where a message is beyond Slack's limits (docs.slack.dev, "Block Kit"). */
export function withinLimits({ text, blocks }: SlackMessage): void {
  const most = (length: number, limit: number) => {
    if (length > limit)
      throw new Error(`${length} characters or items, where Slack takes ${limit}`);
  };
  if (text === '') throw new Error('a message without a text');
  most(text.length, 40_000);
  most(blocks.length, 50);
  for (const block of blocks) {
    if (block.type === 'header') most(block.text.text.length, 150);
    if (block.type === 'section') {
      most(block.text?.text.length ?? 0, 3000);
      most(block.fields?.length ?? 0, 10);
      for (const field of block.fields ?? []) most(field.text.length, 2000);
    }
    if (block.type === 'actions') {
      most(block.elements.length, 25);
      const ids = new Set(block.elements.map(({ action_id }) => action_id));
      if (ids.size < block.elements.length) throw new Error('two buttons with one action_id');
      for (const { text, url, action_id } of block.elements) {
        most(text.text.length, 75);
        most(url.length, 3000);
        most(action_id?.length ?? 0, 255);
        if (!URL.canParse(url)) throw new Error(`no URL: ${url}`);
      }
    }
    if (block.type === 'context') most(block.elements.length, 10);
  }
}
