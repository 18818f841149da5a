import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { postToSlack } from '../../../functions/io/slack.ts';

const JSON_ANSWER = 'JSON, as a workflow or another API answers';
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
    const webhook = new URL(`http://127.0.0.1:${port}/services/secret`);
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
    [400, 'secret words', { kind: 'refused', problem: 'HTTP 400' }],
    [400, '1word', { kind: 'refused', problem: 'HTTP 400' }],
    [400, 'word1', { kind: 'refused', problem: 'HTTP 400' }],
    [499, '', { kind: 'refused', problem: 'HTTP 499' }],
    [399, '', between('HTTP 399 (a redirect, not followed)')],
    [300, 'ok', between('HTTP 300 (a redirect, not followed)')],
    [200, '', between('HTTP 200 (an empty answer)')],
    [201, 'ok', { kind: 'try-again', problem: 'HTTP 201 (ok)', reached: true }],
    [200, 'OK', between('HTTP 200 (not Slack’s “ok”)')],
    [
      200,
      'invalid_payload',
      { kind: 'try-again', problem: 'HTTP 200 (invalid_payload)', reached: true },
    ],
    [200, '{"ok":true}', { kind: 'refused', problem: `HTTP 200 (${JSON_ANSWER})` }],
    [200, '{"ok":false,"error":"x"}', { kind: 'refused', problem: `HTTP 200 (${JSON_ANSWER})` }],
    [400, '{"ok":false}', { kind: 'refused', problem: `HTTP 400 (${JSON_ANSWER})` }],
    [500, '{}', { kind: 'try-again', problem: `HTTP 500 (${JSON_ANSWER})`, reached: true }],
    [200, '\n<html>secret</html>', between('HTTP 200 (a web page, as a proxy answers)')],
    [403, '<!DOCTYPE html>', between('HTTP 403 (a web page, as a proxy answers)')],
    [502, '<html>', between('HTTP 502 (a web page, as a proxy answers)')],
    [404, 'no_service', { kind: 'refused', problem: 'HTTP 404 (no_service)' }],
    [408, '', { kind: 'try-again', problem: 'HTTP 408', reached: true }],
    [500, '', { kind: 'try-again', problem: 'HTTP 500', reached: true }],
  ])('that was answered %i %j', async (status, body, result) => {
    expect((await post(status, body)).posted).toEqual(result);
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
    });
  });

  it('waits half a minute without Retry-After', async () => {
    expect((await post(429)).posted).toEqual({ kind: 'wait', seconds: 30 });
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
