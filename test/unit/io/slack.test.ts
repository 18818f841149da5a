import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { postToSlack } from '../../../functions/io/slack.ts';

const JSON_ANSWER = 'JSON, as a workflow or another API answers';
const PAGE = 'a web page, as a proxy answers';
const TOKEN = 'Secret0Secret0Secret0Sec';
const refused = (problem: string) => ({ kind: 'refused', problem });
const between = (problem: string) => ({ kind: 'try-again', problem, reached: false });

describe('a message to Slack', () => {
  let server: Server | undefined;
  afterEach(async () => {
    vi.unstubAllGlobals();
    server?.closeAllConnections();
    await new Promise((done) => (server ? server.close(done) : done(undefined)));
    server = undefined;
  });

  async function post(
    status: number,
    body = '',
    headers: Readonly<Record<string, string>> = {},
    now = 0,
  ) {
    let asked: { method?: string | undefined; headers?: IncomingHttpHeaders; body: string } = {
      body: '',
    };
    server = createServer((request, response) => {
      asked = { method: request.method, headers: request.headers, body: '' };
      request.on('data', (chunk) => {
        asked.body += String(chunk);
      });
      request.on('end', () => response.writeHead(status, headers).end(body));
    });
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const webhook = new URL(`http://127.0.0.1:${port}/services/T0PRIVATE/B0PRIVATE/${TOKEN}`);
    const posted = await postToSlack(webhook, { text: 'é' }, () => new Date(now));
    return { posted, asked };
  }

  it('is JSON', async () => {
    const { posted, asked } = await post(200, ' ok\n');
    expect(posted).toEqual({ kind: 'taken' });
    expect(asked).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"text":"é"}',
    });
  });

  it.each([
    [400, 'invalid_payload', { kind: 'refused', problem: 'HTTP 400 (invalid_payload)' }],
    [400, ' no_text\n', { kind: 'refused', problem: 'HTTP 400 (no_text)' }],
    [400, 'plain words', refused('HTTP 400 (“plain words”)')],
    [400, '1word', refused('HTTP 400 (“1word”)')],
    [400, 'word1', refused('HTTP 400 (“word1”)')],
    // fetch reports this status as a failed connection (Fetch standard, HTTP-network-or-cache fetch).
    [407, 'a proxy', between('no connection')],
    [499, '', { kind: 'refused', problem: 'HTTP 499' }],
    [399, '', between('HTTP 399 (a redirect, not followed)')],
    [300, 'ok', between('HTTP 300 (a redirect, not followed)')],
    [200, '', between('HTTP 200 (an empty answer)')],
    [201, 'ok', { kind: 'try-again', problem: 'HTTP 201 (ok)', reached: true }],
    [200, 'OK', between('HTTP 200 (not Slack’s “ok”: “OK”)')],
    [200, 'ok, but', between('HTTP 200 (not Slack’s “ok”: “ok, but”)')],
    [200, '{"ok":true}', refused(`HTTP 200 (${JSON_ANSWER}: “{"ok":true}”)`)],
    [200, '{"ok":false}', refused(`HTTP 200 (${JSON_ANSWER}: “{"ok":false}”)`)],
    [400, '{"ok":false}', refused(`HTTP 400 (${JSON_ANSWER}: “{"ok":false}”)`)],
    [500, '{}', { kind: 'try-again', problem: `HTTP 500 (${JSON_ANSWER}: “{}”)`, reached: true }],
    [500, 'rollup_error', { kind: 'try-again', problem: 'HTTP 500 (rollup_error)', reached: true }],
    [
      200,
      'a_word_that_is_new',
      { kind: 'try-again', problem: 'HTTP 200 (a_word_that_is_new)', reached: true },
    ],
    [200, '\n<html>secret</html>', between(`HTTP 200 (${PAGE})`)],
    [
      200,
      '<!doctype html><head><title>\n Sign in to\tthe network</title>',
      between(`HTTP 200 (${PAGE}: “Sign in to the network”)`),
    ],
    [403, '<!DOCTYPE html>', between(`HTTP 403 (${PAGE})`)],
    [502, '<html>', between(`HTTP 502 (${PAGE})`)],
    [404, 'no_service', { kind: 'refused', problem: 'HTTP 404 (no_service)' }],
    [408, '', { kind: 'try-again', problem: 'HTTP 408', reached: true }],
    [500, '', { kind: 'try-again', problem: 'HTTP 500', reached: true }],
  ])('that was answered %i %j', async (status, body, result) => {
    expect((await post(status, body)).posted).toEqual(result);
  });

  it.each([
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
  ])('is not tried again after Slack’s %s, whatever the status', async (word) => {
    expect((await post(200, word)).posted).toEqual(refused(`HTTP 200 (${word})`));
    expect((await post(500, word)).posted).toEqual(refused(`HTTP 500 (${word})`));
  });

  it.each([
    ['control characters', 'a\u001b[31mb\u0007', '“a\\u{1b}[31mb\\u{7}”'],
    ['characters that are not seen', 'a\u202eb\u200bc', '“a\\u{202e}b\\u{200b}c”'],
    ['line breaks', ' a\r\n\tb ', '“a b”'],
    ['more than a line', `${'x y '.repeat(100)}`, `“${'x y '.repeat(30)}…”`],
    ['parts of the webhook', `/T0PRIVATE/B0PRIVATE/${TOKEN}!`, '“/[…]/[…]/[…]!”'],
    ['what may be a token', 'key=AKIAIOSFODNN7EXAMPLE, or not', '“[…], or not”'],
    [
      'a long word of Slack’s kind',
      'no posting_to_general_channel',
      '“no posting_to_general_channel”',
    ],
  ])('tells what was answered, safe to read: %s', async (_, body, says) => {
    expect((await post(400, body)).posted).toEqual(refused(`HTTP 400 (${says})`));
  });

  it.each([
    ['7', 7],
    [' 7 ', 7],
    ['0', 1],
    ['7x', 30],
    ['x7', 30],
    ['99999', 39_600],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 60],
    ['never', 30],
  ])('waits for Slack’s Retry-After: %s', async (header, seconds) => {
    expect((await post(429, '', { 'retry-after': header })).posted).toEqual({
      kind: 'wait',
      seconds,
      why: 'Slack is busy (429)',
    });
  });

  it('waits half a minute without Retry-After', async () => {
    expect((await post(429)).posted).toEqual({
      kind: 'wait',
      seconds: 30,
      why: 'Slack is busy (429)',
    });
  });

  it.each([
    [Object.assign(new Error('secret'), { name: 'TimeoutError' }), 'no answer in 10 s'],
    [new TypeError('fetch failed: https://secret'), 'no connection'],
    ['no error', 'no connection'],
  ])('that does not arrive is tried again', async (error, problem) => {
    vi.stubGlobal('fetch', () => Promise.reject(error));
    const posted = await postToSlack(new URL('https://secret'), {}, () => new Date());
    expect(posted).toEqual({ kind: 'try-again', problem, reached: false });
  });

  it('is not known to be taken where its answer breaks off', async () => {
    const text = () => Promise.reject(new Error('broken off'));
    vi.stubGlobal('fetch', async () => ({ status: 200, headers: new Headers(), text }));
    const posted = await postToSlack(new URL('https://secret'), {}, () => new Date());
    const problem = 'HTTP 200 (an answer that broke off)';
    expect(posted).toEqual({ kind: 'try-again', problem, reached: true });
  });
});
