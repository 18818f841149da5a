import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Moto, startMoto } from '../../infra/local/moto.ts';
import { findPythonTool } from '../../infra/local/python-tool.ts';
import { startTrail, type Trail } from '../../infra/local/trail.ts';
import { makeRelease } from '../../infra/release.ts';
import { commandEnv } from '../fakes/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'release-'));
const release = join(folder, 'release');
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
let moto: Moto;
let trail: Trail;

beforeAll(async () => {
  await makeRelease(release);
  moto = await startMoto();
  trail = await startTrail(moto.endpoint);
});

afterAll(async () => {
  await trail?.stop();
  await moto?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program against the local AWS, which is in this process: it must not wait for the program. */
function ran(
  cwd: string,
  program: string,
  args: readonly string[],
  endpoint = trail.endpoint,
): Promise<Ran> {
  const env = { ...commandEnv(endpoint), HOME: folder, AWS_DEFAULT_REGION: 'us-east-1' };
  return new Promise((done) => {
    execFile(program, args, { cwd, env }, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('a release', () => {
  it('has the package, what a stack needs, an SBOM and checksums of all', () => {
    const files = readdirSync(release).map((file) =>
      file.replace(/-[0-9a-f]{16}\.zip/, '-HASH.zip'),
    );
    expect(files.toSorted()).toEqual([
      'SHA256SUMS',
      'deployer-policy-organization.json',
      'deployer-policy.json',
      'doctor-policy.json',
      `iam-mfa-enforcer-${version}.tgz`,
      'mail-text.md',
      'monitor-policy.json',
      'nightly-sweep-HASH.zip',
      'notify-slack-HASH.zip',
      'notify-user-HASH.zip',
      'on-iam-change-HASH.zip',
      'sbom.cdx.json',
      'spoke.yml',
      'template.json',
    ]);
    const sums = readFileSync(join(release, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    expect(sums).toHaveLength(files.length - 1);
    for (const line of sums) {
      const [sum, file = ''] = line.split('  ');
      const body = readFileSync(join(release, file));
      expect(createHash('sha256').update(body).digest('hex'), file).toBe(sum);
    }
  });

  it('has the same bytes when it is made again', async () => {
    const again = join(folder, 'again');
    await makeRelease(again);
    expect(readFileSync(join(again, 'SHA256SUMS'), 'utf8')).toBe(
      readFileSync(join(release, 'SHA256SUMS'), 'utf8'),
    );
  });

  it('names every package of others in its SBOM', () => {
    const { components } = JSON.parse(readFileSync(join(release, 'sbom.cdx.json'), 'utf8')) as {
      components: { purl: string; licenses: unknown[] }[];
    };
    expect(components.map(({ purl }) => purl)).toContainEqual(
      expect.stringMatching(/^pkg:npm\/%40aws-sdk\/client-iam@3\./),
    );
    expect(components.filter(({ licenses }) => licenses.length === 0)).toEqual([]);
  });
});

describe('the npm package', () => {
  const installed = join(folder, 'installed');
  const mfa = (...args: readonly string[]) =>
    ran(installed, join(installed, 'node_modules/.bin/mfa-enforcer'), args);

  beforeAll(() => {
    mkdirSync(installed);
    const npm = ['install', '--offline', '--no-audit', '--no-fund', '--silent'];
    const tarball = join(release, `iam-mfa-enforcer-${version}.tgz`);
    execFileSync('npm', [...npm, tarball], { cwd: installed, stdio: 'inherit' });
  });

  it('has under 40 files, no script and no dependency', () => {
    const root = join(installed, 'node_modules/iam-mfa-enforcer');
    const files = readdirSync(root, { recursive: true, withFileTypes: true });
    expect(files.filter((one) => one.isFile()).length).toBeLessThan(40);
    expect(readdirSync(join(installed, 'node_modules'))).toEqual([
      '.bin',
      '.package-lock.json',
      'iam-mfa-enforcer',
    ]);
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('private');
    expect(JSON.stringify(manifest)).not.toMatch(/https?:/);
  });

  it('runs deploy --dry-run, report and policy in an empty folder', async () => {
    const dry = await mfa('deploy', '--dry-run');
    expect(dry.stderr).toBe('');
    expect(dry).toMatchObject({ status: 1 });
    expect(dry.stdout).toContain('Dry run: nothing was changed.');
    expect((await mfa('report')).stdout).toContain('Settings (defaults');
    expect((await mfa('policy')).stdout).toContain('"Sid"');
  });

  it('deploys without a clone', async () => {
    const args = ['--stack', 'mfa-from-npm', '--yes'];
    expect(await mfa('deploy', ...args)).toMatchObject({ status: 0 });
    expect(await mfa('remove', ...args)).toMatchObject({ status: 0 });
  });
});

describe('the template of a release', () => {
  it('is packaged and deployed by the aws CLI alone', async () => {
    const { command, args } = await findPythonTool({
      program: 'aws',
      name: 'awscli',
      requirement: 'awscli==1.45.11',
    });
    // moto finds the template that the CLI has uploaded only by this name.
    const endpoint = trail.endpoint.replace('127.0.0.1', 'localhost');
    const aws = async (...rest: readonly string[]) => {
      const result = await ran(release, command, [...args, ...rest], endpoint);
      expect(result, result.stderr).toMatchObject({ status: 0 });
      return result.stdout;
    };
    await aws('s3', 'mb', 's3://my-bucket');
    const copy = ['--recursive', '--exclude', '*', '--include', '*.zip'];
    await aws('s3', 'cp', '.', 's3://my-bucket/mfa/', ...copy);
    const packaged = join(folder, 'packaged.json');
    const from = ['--template-file', 'template.json', '--s3-bucket', 'my-bucket', '--use-json'];
    await aws('cloudformation', 'package', ...from, '--output-template-file', packaged);
    const stack = ['--stack-name', 'mfa-by-hand', '--capabilities', 'CAPABILITY_NAMED_IAM'];
    const parameters = ['--parameter-overrides', 'S3Bucket=my-bucket', 'S3Prefix=mfa/'];
    const template = ['--template-file', packaged, '--s3-bucket', 'my-bucket'];
    await aws('cloudformation', 'deploy', ...template, ...stack, ...parameters);
    const described = await aws('cloudformation', 'describe-stacks', '--stack-name', 'mfa-by-hand');
    expect(described).toMatch(/"StackStatus": "(CREATE|UPDATE)_COMPLETE"/);
    const functions = await aws('lambda', 'list-functions', '--query', 'Functions[].FunctionName');
    expect(functions).toContain('mfa-by-hand-on-iam-change');
  }, 120_000);
});
