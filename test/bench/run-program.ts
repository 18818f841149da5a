import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleOptions } from '../../infra/bundle.ts';
import type { Measured } from './programs/measured.ts';

const PROGRAMS = [
  'our-sweep',
  'plain-sweep',
  'our-monitor',
  'max-age-monitor',
  'plain-monitor',
] as const;
export type Program = (typeof PROGRAMS)[number];

let built: Promise<string> | undefined;

/** Bundles the programs as the functions are bundled. @returns the folder */
async function programs(): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'mfa-enforcer-bench-'));
  await build({
    entryPoints: PROGRAMS.map((name) => `test/bench/programs/${name}.ts`),
    ...bundleOptions,
    outdir,
  });
  return outdir;
}

/**
 * Runs one program in a process of its own, against an IAM on loopback.
 * @param aheadMs how far its clock is ahead
 */
export async function runProgram(
  program: Program,
  endpoint: string,
  aheadMs = 0,
): Promise<Measured> {
  built ??= programs();
  const file = join(await built, `${program}.mjs`);
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env.PATH,
      // As in serverless.yml.
      NODE_OPTIONS: '--max-semi-space-size=1',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: endpoint,
      BENCH_AHEAD_MS: String(aheadMs),
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  return JSON.parse(stdout) as Measured;
}
