import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The times in ms of a process that imports a file, and of one that imports nothing. Each is the shortest of several tries, since
 * other work of the machine can only add to it.
 */
export interface ColdImport {
  readonly ms: number;
  readonly emptyMs: number;
}

/**
 * Measures how long a new process takes to import a file. Each try also measures an empty process, under the same load.
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

/** The files that a cold start loads: the function's file, and those that it imports statically. */
export function loadedFiles(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, other = ''] of source.matchAll(/\b(?:from|import)"(\.\/[\w-]+\.mjs)"/g)) {
    loadedFiles(join(dirname(file), other), seen);
  }
  return seen;
}
