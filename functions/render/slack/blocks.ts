import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  MrkdwnElement,
  SectionBlock,
} from '@slack/types';
import { shorten } from './text.ts';

/** Buttons that open a page. */
export interface LinksBlock extends ActionsBlock {
  readonly elements: (Button & { url: string })[];
}

/** The blocks we use. */
export type Block = HeaderBlock | SectionBlock | LinksBlock | ContextBlock;

/** What is posted to an incoming webhook. */
export interface SlackMessage {
  /** A full sentence: what a notification shows, and a screen reader reads. */
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Slack does not format `text`. */
  readonly mrkdwn: false;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

// Slack's limits (docs.slack.dev, "Block Kit").
export const HEADER_AT_MOST = 150;
const LIMITS = {
  header: HEADER_AT_MOST,
  section: 3000,
  field: 2000,
  fields: 10,
  blocks: 50,
  text: 4000,
  buttons: 25,
  label: 75,
  url: 3000,
};

/**
 * A message within Slack's limits.
 * @param text escaped already
 * @param blocks empty texts are left out
 */
export function message(text: string, blocks: readonly (Block | null)[]): SlackMessage {
  return {
    text: shorten(text, LIMITS.text),
    blocks: blocks.filter((block) => block !== null).slice(0, LIMITS.blocks),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** The heading of a message. @param text escaped already */
export function header(text: string): HeaderBlock {
  return {
    type: 'header',
    text: { type: 'plain_text', text: shorten(text, LIMITS.header), emoji: true },
  };
}

/** A paragraph, or null for an empty one. @param lines markup; values from outside are escaped already */
export function section(...lines: readonly string[]): SectionBlock | null {
  const text = lines.filter((line) => line !== '').join('\n');
  return text === '' ? null : { type: 'section', text: markup(shorten(text, LIMITS.section)) };
}

/** Labels with values, two in a row on a wide screen. */
export function fields(labelled: Readonly<Record<string, string>>): SectionBlock {
  const all = Object.entries(labelled).filter(([, value]) => value !== '');
  return {
    type: 'section',
    fields: all
      .slice(0, LIMITS.fields)
      .map(([label, value]) => markup(shorten(`*${label}*\n${value}`, LIMITS.field))),
  };
}

/** A button that opens a page. */
export interface LinkButton {
  /** Unique in its message. */
  readonly id: string;
  /** About 30 characters are shown. */
  readonly text: string;
  readonly url: string;
}

/** A row of buttons, or null for none. One whose URL is too long for Slack is left out. */
export function links(all: readonly LinkButton[]): LinksBlock | null {
  const elements = all
    .filter(({ url }) => url.length <= LIMITS.url)
    .slice(0, LIMITS.buttons)
    .map(({ id, text, url }) => ({
      type: 'button' as const,
      action_id: id,
      text: { type: 'plain_text' as const, text: shorten(text, LIMITS.label) },
      url,
    }));
  return elements.length === 0 ? null : { type: 'actions', elements };
}

/** Small print. */
export function contextBlock(...parts: readonly string[]): ContextBlock {
  const text = parts.filter((part) => part !== '').join('  ·  ');
  return { type: 'context', elements: [markup(shorten(text, LIMITS.field))] };
}

// verbatim: Slack adds no links or mentions of its own.
function markup(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}
