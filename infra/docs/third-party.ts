import { readFileSync } from 'node:fs';
import { bundle } from '../bundle.ts';

/** A package of others whose code is in a bundle of ours. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, as the package itself states it; "unknown" where it does not. */
  readonly licence: string;
  /** The bundles that contain it. */
  readonly bundles: readonly string[];
}

/** The list for people. */
export const THIRD_PARTY_FILE = 'docs/third-party.md';

/** Every package whose code is in a bundle, by name, as esbuild says that it went in. */
export async function thirdParties(): Promise<ThirdParty[]> {
  const bundlesOf = new Map<string, Set<string>>();
  for (const [output, { inputs }] of Object.entries(await bundle(false))) {
    const name = output.split('/').at(-2) ?? output;
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = packageFolder(input);
      if (folder === null || bytesInOutput === 0) continue;
      bundlesOf.set(folder, (bundlesOf.get(folder) ?? new Set()).add(name));
    }
  }
  return [...bundlesOf]
    .map(([folder, bundles]) => ({ ...stated(folder), bundles: [...bundles].toSorted() }))
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** The list as it is checked in. */
export function thirdPartyText(all: readonly ThirdParty[]): string {
  return `# What ships

Every package of others whose code is in the bundles of the functions and of the command, with its version and its
licence. \`npm run docs\` writes this list out of what esbuild bundles; a test fails where it is not current, and
where a licence is unknown or asks for more than its notice. Look the versions up in an advisory database where
\`npm audit\` cannot be used. What only develops or tests this project is not in it
([decision 004](decisions/004-packages.md)).

| package | version | licence | in |
|---|---|---|---|
${all.map(({ name, version, licence, bundles }) => `| ${name} | ${version} | ${licence} | ${bundles.join(', ')} |\n`).join('')}`;
}

/** "node_modules/@smithy/core" of a file in it: the innermost package; null for a file of ours. */
function packageFolder(input: string): string | null {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? null;
}

function stated(folder: string): Omit<ThirdParty, 'bundles'> {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: unknown;
  };
  return { name, version, licence: typeof license === 'string' ? license : 'unknown' };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
