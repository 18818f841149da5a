import { LONGEST_PAUSE_SECONDS, type Posted } from '../domain/notify/posted.ts';

const TIMEOUT_MS = 10_000;
const RETRY_AFTER_BY_DEFAULT = 30;

/**
 * Posts one message to an incoming webhook. Redirects are not followed.
 * @param webhook the webhook's URL, already checked
 * @param message the JSON payload
 * @param now the time from which a Retry-After that is a date counts
 */
export async function postToSlack(webhook: URL, message: object, now: () => Date): Promise<Posted> {
  let response: Response;
  try {
    response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(message),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    // fetch's own message may contain the URL: name the kind of failure only.
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    const problem = timedOut ? `no answer in ${TIMEOUT_MS / 1000} s` : 'no connection';
    return { kind: 'try-again', problem, reached: false };
  }
  const { status, headers } = response;
  const answer = await response.text().then(
    (text) => text.trim(),
    () => null,
  );
  // Slack says "ok" of a message that it took (docs.slack.dev, "Sending messages using incoming webhooks").
  if (status === 200 && answer === 'ok') return { kind: 'taken' };
  if (status === 429) {
    const seconds = retryAfter(headers.get('retry-after'), now());
    return { kind: 'wait', seconds, why: 'Slack is busy (429)' };
  }
  const { words, from } = whatIs(answer, status, webhook);
  const problem = `HTTP ${status}${words ? ` (${words})` : ''}`;
  // The URL is of something else: only another URL helps.
  if (from === 'another-api' && status < 500) return { kind: 'refused', problem };
  // A proxy, or a network's sign-in page, may be gone at the next try.
  if (from === 'between') return { kind: 'try-again', problem, reached: false };
  if (PERMANENT.has(answer ?? '')) return { kind: 'refused', problem };
  const permanent = status >= 400 && status < 500 && status !== 408;
  return permanent ? { kind: 'refused', problem } : { kind: 'try-again', problem, reached: true };
}

/**
 * What Slack says of a message that it will never take, or of a webhook that is gone, whatever the status (docs.slack.dev,
 * "Sending messages using incoming webhooks", and its changelog of 2016-05-17).
 */
const PERMANENT: ReadonlySet<string> = new Set([
  'action_prohibited',
  'channel_is_archived',
  'channel_not_found',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_payload',
  'invalid_token',
  'no_active_hooks',
  'no_service',
  'no_service_id',
  'no_team',
  'no_text',
  'posting_to_general_channel_denied',
  'team_disabled',
  'too_many_attachments',
  'user_not_found',
]);

interface Answer {
  readonly words: string;
  readonly from: 'slack' | 'another-api' | 'between';
}

/** Who may have given an answer that is not "ok". @param answer null where it broke off */
function whatIs(answer: string | null, status: number, webhook: URL): Answer {
  if (answer === null) return { words: 'an answer that broke off', from: 'slack' };
  if (status >= 300 && status < 400) return { words: 'a redirect, not followed', from: 'between' };
  if (answer.startsWith('<')) {
    const title = /<title[^>]*>([^<]*)/i.exec(answer)?.[1] ?? '';
    return { words: `a web page, as a proxy answers${said(title, webhook)}`, from: 'between' };
  }
  if (answer.startsWith('{')) {
    const words = `JSON, as a workflow or another API answers${said(answer, webhook)}`;
    return { words, from: 'another-api' };
  }
  if (SLACK_WORD.test(answer)) return { words: answer, from: 'slack' };
  if (status >= 400) return { words: said(answer, webhook).slice(2), from: 'slack' };
  const words = answer === '' ? 'an empty answer' : `not Slack’s “ok”${said(answer, webhook)}`;
  return { words, from: 'between' };
}

const SLACK_WORD = /^[a-z_]{1,60}$/;
const SAID_AT_MOST = 120;

/**
 * ": “what was said”", in one line and cut off; empty for nothing. Control and invisible characters are written as \u{1b}. What
 * may be a secret becomes […]: a part of the webhook, which a proxy may repeat, and every long word with a digit or a
 * capital letter.
 */
function said(answer: string, webhook: URL): string {
  const parts = webhook.pathname
    .split('/')
    .filter((part) => part.length > 5 && part !== 'services');
  const safe = parts
    .reduce((text, part) => text.replaceAll(part, '[…]'), answer)
    .replaceAll(/[\w+/=.~%-]{20,}/g, (word) => (SLACK_WORD.test(word) ? word : '[…]'))
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/\p{C}/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);
  if (safe === '') return '';
  return `: “${safe.length > SAID_AT_MOST ? `${safe.slice(0, SAID_AT_MOST)}…` : safe}”`;
}

/** Retry-After is a number of seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter(header: string | null, now: Date): number {
  const text = header?.trim() ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1000;
  if (!Number.isFinite(seconds)) return RETRY_AFTER_BY_DEFAULT;
  return Math.min(LONGEST_PAUSE_SECONDS, Math.max(1, Math.ceil(seconds)));
}
