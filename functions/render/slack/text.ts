/** A value from outside for a place that Slack does not format: a header, or a message's text. */
export function plain(value: string): string {
  return escapeSlack(oneLine(value));
}

/** Slack's three control characters (docs.slack.dev, "Escaping text"). */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * A value from outside as inline code: Slack shows it literally. A backtick would end the code, so a lookalike replaces it.
 */
export function code(value: string): string {
  return `\`${escapeSlack(oneLine(value)).replaceAll('`', 'ˋ')}\``;
}

/**
 * A sentence from outside, escaped. Every word that Slack would format is shown as code.
 */
export function prose(text: string): string {
  return oneLine(text)
    .split(' ')
    .map((word) => (/[*_~`]/.test(word) ? code(word) : escapeSlack(word)))
    .join(' ');
}

/**
 * Names as code, the rest counted: "`a`, `b` and 3 more".
 * @param total how many there are in all
 * @param room characters it may take
 */
export function names(all: readonly string[], total = all.length, room = 1500): string {
  return firstOf(all.map(code), total, room);
}

/**
 * The first of many, the rest counted: "a, b and 3 more".
 * @param all markup; what is from outside in it is escaped already
 * @param total how many there are in all
 * @param room characters it may take
 */
export function firstOf(all: readonly string[], total: number, room: number): string {
  const tail = (shown: number) => (total > shown ? ` and ${amount(total - shown)} more` : '');
  let list = '';
  let shown = 0;
  for (const one of all) {
    const next = list === '' ? one : `${list}, ${one}`;
    if (next.length + tail(shown + 1).length > room) break;
    list = next;
    shown += 1;
  }
  return list === '' ? amount(total) : list + tail(shown);
}

/** "1,000" */
export function amount(count: number): string {
  return count.toLocaleString('en-US');
}

/** "1 account", "1,000 accounts" */
export function amountOf(count: number, thing: string): string {
  return `${amount(count)} ${thing}${count === 1 ? '' : 's'}`;
}

/** Cuts at a word's end, and never inside an entity, a link or code. @param most characters, the … included */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  let cut = text.slice(0, most - 2);
  // Raw brackets are our own links only: what is from outside is escaped.
  if (cut.lastIndexOf('<') > cut.lastIndexOf('>')) cut = cut.slice(0, cut.lastIndexOf('<'));
  const space = cut.lastIndexOf(' ');
  cut = space > most / 2 ? cut.slice(0, space) : cut.replace(/&[a-z]*$/, '');
  const openCode = (cut.match(/`/g)?.length ?? 0) % 2 === 1;
  return `${cut}${openCode ? '`' : ''}…`;
}

/** A text with its first letter as a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * A time as Slack shows it in each reader's own zone, for text that Slack formats, outside code; "2026-11-22 01:24:02 UTC"
 * where it is not shown by Slack (docs.slack.dev, "Formatting text for app surfaces").
 * @param iso in UTC
 */
export function localTime(iso: string): string {
  const seconds = Math.floor(Date.parse(iso) / 1000);
  const inUtc = `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  return `<!date^${seconds}^{date_short_pretty} {time}|${inUtc}>`;
}

/** Replaces control characters and line breaks, which would break a message's layout. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
