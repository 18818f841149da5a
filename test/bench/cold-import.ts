import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * How long a process takes that imports a file, and one that imports nothing, in ms: the least of some tries, since
 * whatever else the machine does can only add.
 */
export interface ColdImport {
  readonly ms: number;
  readonly emptyMs: number;
}

/**
 * Measures how long it takes to import a file in a new process. Each try measures an empty process beside it, so that
 * both meet the same load.
 * @param file the bundle
 */
export function coldImport(file: string, tries: number): ColdImport {
  const script = `await import(${JSON.stringify(resolve(file))})`;
  const all = Array.from({ length: tries }, () => ({
    empty: timed(''),
    full: timed(script),
  }));
  return {
    ms: Math.min(...all.map(({ full }) => full)),
    emptyMs: Math.min(...all.map(({ empty }) => empty)),
  };
}

function timed(script: string): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  if (status !== 0) throw new Error(stderr.toString());
  return performance.now() - begin;
}

/** What a cold start loads: the function's file, and the files that it imports at once. */
export function loadedFiles(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, other = ''] of source.matchAll(/\b(?:from|import)"(\.\/[\w-]+\.mjs)"/g)) {
    loadedFiles(join(dirname(file), other), seen);
  }
  return seen;
}
