import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coldImport } from '../bench/cold-import.ts';
import { runProgram } from '../bench/run-program.ts';
import { IamServer } from '../fakes/iam-server.ts';
import { fillAccount, kindOf, userName } from '../fakes/large-account.ts';
import { ACCOUNT } from '../fakes/pipeline.ts';

const KB = 1000;

describe.each(['on-iam-change', 'nightly-sweep', 'notify-slack'])('the bundle of %s', (name) => {
  const file = `dist/${name}/index.mjs`;

  // Time and memory are what a user notices, and are measured below; this limit catches a package by mistake.
  it('is at most 650 KB', () => {
    expect(readFileSync(file).length).toBeLessThanOrEqual(650 * KB);
  });

  it('is imported in at most 3.5 times as long as an empty process takes', () => {
    // The least of many tries is that of an idle machine, however many it takes to meet one.
    let [ms, emptyMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < 20 && !(ms / emptyMs <= 3.5); round += 1) {
      const next = coldImport(file, 6);
      ms = Math.min(ms, next.ms);
      emptyMs = Math.min(emptyMs, next.emptyMs);
    }
    expect(ms / emptyMs).toBeLessThanOrEqual(3.5);
  }, 60_000);

  it('blocks no credential provider but the environment’s, no JSON Schema and no event streams', () => {
    const source = readFileSync(file, 'utf8');
    expect(source).toContain('AWS_ACCESS_KEY_ID');
    for (const other of ['sso-oidc', 'AWS_CONTAINER_CREDENTIALS', 'draft/2020-12', 'eventstream']) {
      expect(source, other).not.toContain(other);
    }
  });
});

it('no bundle has the AGPL evaluator', () => {
  const shipped = readdirSync('dist', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => readFileSync(join('dist', file), 'utf8'));
  expect(shipped).toHaveLength(4);
  expect(shipped.filter((text) => text.includes('cloud-copilot'))).toEqual([]);
});

describe('the memory of a sweep is at 5,000 users at most 1.25 times what it is at 100', () => {
  // The first night finds people to block; the second reads the credential report for those who are blocked.
  it.each(['first', 'second'])(
    'in the %s night',
    async (night) => {
      const peak = async (users: number) => {
        const server = await IamServer.start({ account: ACCOUNT });
        try {
          const mix = { fido: 0, none: 1, service: 5 };
          fillAccount(server.iam, users, mix);
          for (let index = 0; index < users && night === 'second'; index += 1) {
            const { policyArn } = server.iam;
            if (kindOf(index, mix) === 'none')
              server.iam.put(userName(index), { policies: [policyArn] });
          }
          const { peakMb, users: differing } = await runProgram('our-sweep', server.endpoint);
          expect(differing).toHaveLength(night === 'first' ? users / 100 : 0);
          return peakMb;
        } finally {
          await server.stop();
        }
      };
      // Garbage is collected when V8 likes to: the least of some tries is what is needed.
      let [many, few] = [await peak(5000), await peak(100)];
      for (let more = 0; more < 12 && many / few > 1.25; more += 1) {
        many = Math.min(many, await peak(5000));
        few = Math.min(few, await peak(100));
      }
      expect(many / few).toBeLessThanOrEqual(1.25);
    },
    180_000,
  );
});
