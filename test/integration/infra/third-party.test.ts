import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  THIRD_PARTY_FILE,
  type ThirdParty,
  thirdParties,
  thirdPartyText,
} from '../../../infra/docs/third-party.ts';

// These licences ask for a notice at most.
const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
];

describe('third-party code that ships', () => {
  let all: readonly ThirdParty[];
  beforeAll(async () => {
    all = await thirdParties();
  }, 60_000);

  it('is in every bundle', () => {
    const bundles = ['cli', 'nightly-sweep', 'notify-slack', 'notify-user', 'on-iam-change'];
    expect([...new Set(all.flatMap((one) => one.bundles))].toSorted()).toEqual(bundles);
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const versions = Object.fromEntries(all.map(({ name, version }) => [name, version]));
    expect(versions).toMatchObject(dependencies);
  });

  it('is listed correctly (npm run docs)', () => {
    expect(readFileSync(THIRD_PARTY_FILE, 'utf8')).toBe(thirdPartyText(all));
  });

  it('has only known licences that ask for at most a notice', () => {
    expect(all.filter(({ licence }) => !PERMISSIVE.includes(licence))).toEqual([]);
  });
});
