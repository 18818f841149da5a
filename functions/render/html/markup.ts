import { namedUnseen } from '../terminal-text.ts';

/** HTML that is escaped already. Only `html` makes it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[];

/**
 * A template tag: what is written in the template is markup, what is filled in is text and is escaped,
 * unless it is Markup itself. Attribute values must stand in double quotes.
 */
export function html(fixed: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = fixed[0] ?? '';
  for (const [index, part] of parts.entries()) {
    text += textOf(part) + (fixed[index + 1] ?? '');
  }
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('\n');
  return escapeHtml(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return namedUnseen(text.replace(/[&<>"']/g, (char) => entities[char] ?? ''));
}
