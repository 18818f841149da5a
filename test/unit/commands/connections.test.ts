import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isExcluded, proxyOf } from '../../../functions/runtime/proxy.ts';
import { cleanAccount } from '../../fakes/command-accounts.ts';
import type { IamServer } from '../../fakes/iam-server.ts';
import { say } from '../../fakes/shell.ts';
import { connectProxy, TEST_CA, tlsEndpoint } from '../../fakes/tls-endpoint.ts';

const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});

let account: IamServer;
let port: number;
beforeAll(async () => {
  account = await cleanAccount();
  const tls = await tlsEndpoint(account);
  stops.push(tls.stop);
  port = tls.port;
});

/** A name that only the proxy can resolve: RFC 6761 reserves .test. */
const BEHIND_PROXY = 'https://aws.test';
const direct = () => `https://localhost:${port}`;
const folder = mkdtempSync(join(tmpdir(), 'connections-'));
const PASSWORD = 's3cret%2Fword';

async function proxy(options: Omit<Parameters<typeof connectProxy>[0], 'to'> = {}) {
  const one = await connectProxy({ to: port, ...options });
  stops.push(one.stop);
  return one;
}

const report = (endpoint: string, env: Record<string, string>, ...args: readonly string[]) =>
  say(endpoint, ['report', '--json', ...args], { env });

describe('the certificates of endpoints', () => {
  it('are checked against AWS_CA_BUNDLE', async () => {
    expect(await report(direct(), { AWS_CA_BUNDLE: TEST_CA })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('are checked against ca_bundle of the profile', async () => {
    const config = join(folder, 'config');
    writeFileSync(config, `[profile audit]\nca_bundle = ${TEST_CA}\n`);
    const credentials = join(folder, 'credentials');
    writeFileSync(credentials, '[audit]\naws_access_key_id = A\naws_secret_access_key = s\n');
    const files = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
    const keys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const env = { ...files, ...keys };
    expect(await report(direct(), env, '--profile', 'audit')).toMatchObject({ status: 0 });
    expect(await report(direct(), { ...env, AWS_PROFILE: 'audit' })).toMatchObject({ status: 0 });
    // The variable comes first.
    const other = { ...env, AWS_CA_BUNDLE: join(folder, 'none.pem') };
    expect((await report(direct(), other, '--profile', 'audit')).stderr).toMatch(
      /^AWS_CA_BUNDLE cannot be read: ENOENT/,
    );
  });

  it('are trusted by nothing else, and the error names the variables', async () => {
    const { status, stdout, stderr } = await report(direct(), {});
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(
      /^The certificate of the endpoint is not trusted \(sts:GetCallerIdentity\): .* \[UNABLE_TO_\w+\]\. .* AWS_CA_BUNDLE or ca_bundle of the profile, .* NODE_EXTRA_CA_CERTS, which adds to them\.\n$/,
    );
  });

  it('are for the endpoint’s name', async () => {
    const { port: at } = await proxy();
    const env = { AWS_CA_BUNDLE: TEST_CA, HTTPS_PROXY: `http://127.0.0.1:${at}` };
    const { stderr } = await report('https://other.test', env);
    expect(stderr).toContain('is not trusted (sts:GetCallerIdentity): Hostname/IP does not match');
  });

  it.each([
    ['text', 'no certificate here', 'AWS_CA_BUNDLE has no certificate in PEM form: '],
    [
      'a damaged certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'AWS_CA_BUNDLE begins with a damaged certificate: ',
    ],
  ])('are not checked against %s', async (_, text, says) => {
    const file = join(folder, 'wrong.pem');
    writeFileSync(file, text);
    expect(await report(direct(), { AWS_CA_BUNDLE: file })).toEqual({
      status: 2,
      stdout: '',
      stderr: `${says}${file}.\n`,
    });
  });
});

describe('a proxy', () => {
  const trust = { AWS_CA_BUNDLE: TEST_CA };

  it.each(['HTTPS_PROXY', 'https_proxy'])('is taken from %s, for every client', async (name) => {
    const { port: at, tunnels } = await proxy();
    const env = { ...trust, [name]: `http://127.0.0.1:${at}` };
    expect(await report(BEHIND_PROXY, env)).toMatchObject({ status: 0, stderr: '' });
    expect(new Set(tunnels)).toEqual(new Set(['aws.test:443']));
    // One connection serves the calls of all clients, one after another.
    const calls = Object.values(account.counts).reduce((sum, one) => sum + one, 0);
    expect(calls).toBeGreaterThan(tunnels.length);
  });

  it('is taken without a scheme', async () => {
    const { port: at, tunnels } = await proxy();
    const env = { ...trust, HTTPS_PROXY: `127.0.0.1:${at}` };
    expect(await report(BEHIND_PROXY, env)).toMatchObject({ status: 0 });
    expect(tunnels).not.toEqual([]);
  });

  it('of HTTP_PROXY is for endpoints with http', async () => {
    const plain = Number(new URL(account.endpoint).port);
    const { port: at, tunnels, stop } = await connectProxy({ to: plain });
    stops.push(stop);
    const HTTP_PROXY = `http://127.0.0.1:${at}`;
    expect(await report('http://aws.test', { HTTP_PROXY })).toMatchObject({ status: 0 });
    expect(new Set(tunnels)).toEqual(new Set(['aws.test:80']));
    const none = await report('http://localhost:9', { HTTPS_PROXY: HTTP_PROXY });
    expect(none.stderr).toMatch(/^The endpoint refused the connection/);
  });

  it('is not used for hosts that NO_PROXY excludes', async () => {
    const { port: at, tunnels } = await proxy();
    const env = { ...trust, HTTPS_PROXY: `http://127.0.0.1:${at}`, NO_PROXY: 'localhost' };
    expect(await report(direct(), env)).toMatchObject({ status: 0 });
    const plain = { HTTP_PROXY: `http://127.0.0.1:${at}`, NO_PROXY: '127.0.0.1' };
    expect(await report(account.endpoint, plain)).toMatchObject({ status: 0 });
    expect(tunnels).toEqual([]);
  });

  it('gets the name and the password of its URL', async () => {
    const { port: at, tunnels } = await proxy({ credentials: 'dana:s3cret/word' });
    const env = { ...trust, HTTPS_PROXY: `http://dana:${PASSWORD}@127.0.0.1:${at}` };
    expect(await report(BEHIND_PROXY, env)).toMatchObject({ status: 0 });
    expect(tunnels).not.toEqual([]);
  });

  it.each<[string, number, (at: number) => string, object, RegExp]>([
    [
      'rejects the password',
      3,
      (at) => `http://dana:${PASSWORD}@127.0.0.1:${at}`,
      { credentials: 'dana:other' },
      /^The proxy of HTTPS_PROXY answered 407 to the connection to aws\.test: it needs a user name and a password, or rejects those in HTTPS_PROXY /,
    ],
    [
      'does not allow the host',
      3,
      (at) => `http://dana:${PASSWORD}@127.0.0.1:${at}`,
      { refuse: 403 },
      /^The proxy of HTTPS_PROXY answered 403 to the connection to aws\.test\. It must allow CONNECT/,
    ],
    [
      'refuses the connection',
      3,
      () => `http://dana:${PASSWORD}@127.0.0.1:9`,
      {},
      /^The proxy of HTTPS_PROXY could not be reached \(sts:GetCallerIdentity\): .*ECONNREFUSED.* Check HTTPS_PROXY and the network\.\n$/,
    ],
    [
      'has a name that does not exist',
      3,
      () => `http://dana:${PASSWORD}@no-such-host.invalid:9`,
      {},
      /^The proxy of HTTPS_PROXY could not be reached /,
    ],
    [
      'is no URL',
      2,
      () => `http://dana:${PASSWORD}@:x`,
      {},
      /^HTTPS_PROXY is not the URL of a proxy \(http:\/\/host:port\)\.\n$/,
    ],
    [
      'is of another kind',
      2,
      () => `socks5://dana:${PASSWORD}@127.0.0.1:9`,
      {},
      /^HTTPS_PROXY names a proxy of the kind socks5, which is not supported/,
    ],
  ])(
    'that %s is named by its variable, without its password',
    async (_, status, url, how, says) => {
      const { port: at } = await proxy(how);
      const said = await report(BEHIND_PROXY, { ...trust, HTTPS_PROXY: url(at) });
      expect(said).toMatchObject({ status, stdout: '' });
      expect(said.stderr).toMatch(says);
      expect(said.stderr).not.toMatch(/s3cret|dana/);
    },
  );
});

describe('the rules of NO_PROXY, which are those of the aws CLI', () => {
  it.each<[string, string, boolean]>([
    ['', 'iam.amazonaws.com', false],
    ['*', 'iam.amazonaws.com', true],
    ['*.amazonaws.com', 'iam.amazonaws.com', false],
    ['amazonaws.com', 'iam.amazonaws.com', true],
    ['.amazonaws.com', 'iam.amazonaws.com', true],
    ['.amazonaws.com', 'amazonaws.com', true],
    ['AmazonAWS.com', 'IAM.amazonaws.com', true],
    ['zonaws.com', 'iam.amazonaws.com', false],
    ['iam.amazonaws.com:443', 'iam.amazonaws.com', true],
    ['iam.amazonaws.com:8443', 'iam.amazonaws.com', false],
    ['sts.amazonaws.com, iam.amazonaws.com', 'iam.amazonaws.com', true],
    [' , ', 'iam.amazonaws.com', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.0/8', '10.0.0.1', false],
  ])('"%s" for %s: %s', (list, host, excluded) => {
    expect(isExcluded({ NO_PROXY: list }, host, 443)).toBe(excluded);
    expect(isExcluded({ no_proxy: list, NO_PROXY: '' }, host, 443)).toBe(excluded);
  });

  it('take the variable in lower case first', () => {
    expect(isExcluded({ no_proxy: 'a.test', NO_PROXY: 'b.test' }, 'b.test', 443)).toBe(false);
    const both = { https_proxy: 'http://a.test', HTTPS_PROXY: 'http://b.test' };
    expect(proxyOf(both, 'https')).toMatchObject({ variable: 'https_proxy' });
    expect(proxyOf({ ALL_PROXY: 'http://a.test', HTTP_PROXY: '' }, 'http')).toBeNull();
  });
});
