import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { coldImport } from '../bench/cold-import.ts';
import { runProgram } from '../bench/run-program.ts';
import { IamServer } from '../fakes/iam-server.ts';
import { fillAccount } from '../fakes/large-account.ts';
import { ACCOUNT } from '../fakes/pipeline.ts';

const KB = 1000;

describe.each(['on-iam-change', 'nightly-sweep', 'notify-slack'])('the bundle of %s', (name) => {
  const file = `dist/${name}/index.mjs`;

  it('is at most 400 KB, and 120 KB gzipped', () => {
    const source = readFileSync(file);
    expect(source.length).toBeLessThanOrEqual(400 * KB);
    expect(gzipSync(source).length).toBeLessThanOrEqual(120 * KB);
  });

  it('is imported in at most 3.5 times as long as an empty process takes', () => {
    const { ms, emptyMs } = coldImport(file, 7);
    expect(ms / emptyMs).toBeLessThanOrEqual(3.5);
  }, 60_000);

  it('holds no credential provider but the environment’s, no JSON Schema and no event streams', () => {
    const source = readFileSync(file, 'utf8');
    expect(source).toContain('AWS_ACCESS_KEY_ID');
    for (const other of ['sso-oidc', 'AWS_CONTAINER_CREDENTIALS', 'draft/2020-12', 'eventstream']) {
      expect(source, other).not.toContain(other);
    }
  });
});

it('the memory of a sweep is at 5,000 users at most 1.25 times what it is at 100', async () => {
  const peak = async (users: number) => {
    const server = await IamServer.start({ account: ACCOUNT });
    try {
      fillAccount(server.iam, users, { fido: 0, none: 1, service: 5 });
      const { peakMb, users: differing } = await runProgram('our-sweep', server.endpoint);
      expect(differing).toHaveLength(users / 100);
      return peakMb;
    } finally {
      await server.stop();
    }
  };
  expect((await peak(5000)) / (await peak(100))).toBeLessThanOrEqual(1.25);
}, 60_000);
