import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

// Joined here, so that this file contains none.
const secrets = {
  'webhook.txt': [
    'https://hooks.slack',
    '.com/services/T024BE7LD/B03E4R2TT/aBcDeFgHiJkLmNoPqRsTuVwX',
  ],
  'bot-token.ts': ['const token = "xoxb', '-263594206564-2343594206574-FGqddMF8t08v8N7Oq4i57vs1";'],
  '.credentials': ['aws_secret_access_key', ' = wJalrXUtnFEMIzK7MDENGzbPxRfiCYEXAMPLEKEY'],
  'deploy.pem': [
    '-----BEGIN RSA PRIVATE',
    ` KEY-----\n${'MIIEpAIBAAKCAQEAx1y2z3a4b5c6d7e8f9\n'.repeat(12)}-----END RSA PRIVATE KEY-----`,
  ],
  '.npmrc': ['//registry.example.com/:_authToken=npm', '_abcdefghijklmnopqrstuvwxyz0123456789'],
} as const;

it('the secret scan of "npm run check" finds each kind of secret, and does not print it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  try {
    for (const [file, parts] of Object.entries(secrets))
      writeFileSync(join(folder, file), parts.join(''));
    writeFileSync(join(folder, 'clean.txt'), 'https://hooks.slack.com/services/…');
    const output = await run(
      resolve('node_modules/.bin/secretlint'),
      ['--secretlintrc', resolve('.secretlintrc.json'), '**/*'],
      { cwd: folder },
    ).then(
      () => expect.unreachable('no secret was found'),
      ({ stdout }: { stdout: string }) => stdout,
    );
    const found = Object.keys(secrets).filter((file) => output.includes(join(folder, file)));
    expect(found).toEqual(Object.keys(secrets));
    expect(output).not.toContain(join(folder, 'clean.txt'));
    for (const [, secret] of Object.values(secrets)) expect(output).not.toContain(secret);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
