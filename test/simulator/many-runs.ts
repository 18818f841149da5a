import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { ProfileName } from './named-profiles.ts';
import { run } from './run.ts';
import { Total } from './total.ts';

export interface Plan {
  /** The first seed. */
  readonly first: number;
  readonly runs: number;
  /** Added to the profile that each seed draws. */
  readonly profile: ProfileName | null;
}

type OnProgress = (total: Total) => void;
type Part = ReturnType<Total['toJSON']>;

/** Runs seed after seed in several processes. */
export async function manyRuns(
  { first, runs, profile }: Plan,
  processes: number,
  onProgress: OnProgress = () => undefined,
): Promise<Total> {
  const total = new Total();
  const take = (part: Part) => {
    total.addJson(part);
    onProgress(total);
  };
  if (processes <= 1) {
    for (let seed = first; seed < first + runs; seed += 1) take(await one(seed, profile));
    return total;
  }
  // Parts are small, so that no process waits long for another at the end.
  const parts = Array.from({ length: Math.ceil(runs / PART) }, (_, index) => {
    const from = first + index * PART;
    return { first: from, runs: Math.min(PART, first + runs - from), profile };
  });
  await Promise.all(Array.from({ length: processes }, () => worker(parts, take)));
  total.broken.sort((a, b) => a.seed - b.seed);
  return total;
}

const PART = 25;

async function one(seed: number, profile: ProfileName | null): Promise<Part> {
  const total = new Total();
  total.add(await run(seed, { profile }));
  return total.toJSON();
}

/** A process that works on one part after the other. */
function worker(parts: Plan[], take: (part: Part) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), { execArgv: ['--import', 'tsx'] });
    let finished = false;
    const next = () => {
      const part = parts.shift();
      if (part) return child.send(part);
      finished = true;
      return child.disconnect();
    };
    child.on('message', (part: Part | 'ready') => {
      if (part !== 'ready') take(part);
      next();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (finished) resolve();
      else reject(new Error(`a process of the simulation ended with ${code ?? signal}`));
    });
  });
}
