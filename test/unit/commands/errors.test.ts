import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../fakes/command.ts';
import { cleanAccount, everyState } from '../../fakes/command-accounts.ts';

/** Each command that looks at an account, as it changes nothing. */
const commands = [
  ['report'],
  ['plan'],
  ['sweep', '--yes'],
  ['explain', 'unprotected'],
  ['rollback', '--yes'],
];
const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

describe.each(commands)('%s, which cannot see the account,', (...command) => {
  it('reports that there are no credentials, and what to do', async () => {
    const { endpoint } = await cleanAccount();
    const ran = await run(endpoint, command, { env: noKeys });
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(
      /^No AWS credentials: .* Name a profile with --profile or AWS_PROFILE and [^\n]*\n$/,
    );
  });

  it('reports that the credentials have expired during the command', async () => {
    const server = await everyState();
    server.failNext(command[0] === 'explain' ? 'GetUser' : 'GetAccountSummary', 'ExpiredToken');
    const ran = await run(server.endpoint, command);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(
      /^AWS rejected the credentials \(iam:\w+\): The security token .* expired\. Sign in again [^\n]*\n$/,
    );
  });

  it('reports that AWS throttles every attempt', async () => {
    const server = await everyState();
    server.failNext(command[0] === 'explain' ? 'GetUser' : 'ListVirtualMFADevices', 'Throttling');
    // A single attempt, since the SDK waits before each further one.
    const ran = await run(server.endpoint, command, { env: { AWS_MAX_ATTEMPTS: '1' } });
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(
      /^AWS throttled the call \(iam:\w+\) after several attempts\. Try again [^\n]*\n$/,
    );
  });
});

const places: readonly [what: string, endpoint: string, status: number, says: RegExp][] = [
  [
    'a refused connection',
    'http://127.0.0.1:9',
    3,
    /^The endpoint refused the connection \(sts:GetCallerIdentity\): .*ECONNREFUSED.* Check AWS_ENDPOINT_URL\.\n$/,
  ],
  [
    'an unknown host',
    'http://no-such-host.invalid',
    3,
    /^The host was not found .* Check the network \(HTTPS_PROXY, [^\n]*\n$/,
  ],
  ['an endpoint that is not a URL', 'nonsense', 2, /^AWS_ENDPOINT_URL .* is not a URL\.\n$/],
];

describe('a command reports what prevents it', () => {
  it.each(places)('%s', async (_, endpoint, status, says) => {
    const ran = await run(endpoint, ['report']);
    expect(ran).toMatchObject({ status, stdout: '', stderr: expect.stringMatching(says) });
    // A person waits for it: the first call is not tried as often as the others.
    expect(ran.ms).toBeLessThan(10_000);
  });

  it('a fault of AWS’s own', async () => {
    const server = await everyState();
    server.failNext('ListMFADevices', 'ServiceFailure');
    const ran = await run(server.endpoint, ['report'], { env: { AWS_MAX_ATTEMPTS: '2' } });
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(
      /^AWS reported an internal error \(iam:ListMFADevices\) after [^\n]*\n$/,
    );
  });

  it('a fault that passes is no fault', async () => {
    const server = await everyState();
    server.failNext('ListMFADevices', 'ServiceFailure', 2);
    expect(await run(server.endpoint, ['report'])).toMatchObject({ status: 1, stderr: '' });
  });

  it('credentials that AWS does not know', async () => {
    const server = await everyState();
    server.failNext('GetCallerIdentity', 'InvalidClientTokenId');
    const ran = await run(server.endpoint, ['report']);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toContain('AWS rejected the credentials (sts:GetCallerIdentity)');
  });

  it('a Region that is none', async () => {
    const { endpoint } = await everyState();
    const ran = await run(endpoint, ['report', '--region', 'no where']);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      /^The Region is not valid: .* Check --region, AWS_REGION and the profile\.\n$/,
    );
  });
});

describe('a profile', () => {
  function profileOf(endpoint: string): string {
    const file = join(mkdtempSync(join(tmpdir(), 'mfa-enforcer-')), 'config');
    const lines = [
      '[profile audit]',
      'aws_access_key_id = AKIAAUDIT',
      'aws_secret_access_key = s',
      'region = eu-west-1',
    ];
    writeFileSync(file, [...lines, `endpoint_url = ${endpoint}`, ''].join('\n'));
    return file;
  }

  it.each([
    [['--profile', 'audit'], {}],
    [[], { AWS_PROFILE: 'audit' }],
  ])('is used, with its Region and endpoint: %j %j', async (flags, named) => {
    const { endpoint } = await cleanAccount();
    const env = {
      ...noKeys,
      ...named,
      AWS_REGION: undefined,
      AWS_ENDPOINT_URL: undefined,
      AWS_CONFIG_FILE: profileOf(endpoint),
    };
    expect(await run('', ['report', ...flags], { env })).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    [['--profile', 'nobodys'], {}],
    [[], { AWS_PROFILE: 'nobodys' }],
  ])('that does not exist is named: %j %j', async (flags, named) => {
    const { endpoint } = await cleanAccount();
    const ran = await run(endpoint, ['report', ...flags], { env: { ...noKeys, ...named } });
    expect(ran).toMatchObject({ status: 3, stdout: '' });
    expect(ran.stderr).toMatch(/No AWS credentials from profile nobodys: [^\n]*\n$/);
  });

  it('is taken where there are keys in the environment, too', async () => {
    const { endpoint } = await cleanAccount();
    const ran = await run(endpoint, ['report', '--profile', 'nobodys']);
    expect(ran).toMatchObject({ status: 3, stdout: '' });
  });
});
