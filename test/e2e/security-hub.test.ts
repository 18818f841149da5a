import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateLoginProfileCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Moto, startMoto } from '../../infra/local/moto.ts';
import { findPythonTool } from '../../infra/local/python-tool.ts';
import { runProgram } from '../fakes/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'security-hub-'));
let moto: Moto;
let env: Record<string, string>;

beforeAll(async () => {
  moto = await startMoto();
  env = {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
});
afterAll(async () => {
  await moto?.stop();
  rmSync(folder, { recursive: true, force: true });
});

// The aws CLI checks the findings by AWS's own model of the service, and moto by its rules for BatchImportFindings.
it('Security Hub imports the findings of report --format asff, which the aws CLI sends', async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const iam = new IAMClient({ endpoint: moto.endpoint, region: 'us-east-1', credentials });
  for (const UserName of ['dana', 'erin']) await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new CreateLoginProfileCommand({ UserName: 'dana', Password: 'a-Passw0rd!' }));

  const file = join(folder, 'findings.json');
  const report = await runProgram(moto.endpoint, [
    'report',
    '--no-stack',
    '--format',
    'asff',
    '--output',
    file,
  ]);
  expect(report).toMatchObject({ status: 1, stderr: '' });

  const { command, args } = await findPythonTool({
    program: 'aws',
    name: 'awscli',
    requirement: 'awscli==1.45.11',
  });
  const securityHub = async (...rest: readonly string[]): Promise<unknown> => {
    const ran = await promisify(execFile)(command, [...args, 'securityhub', ...rest], { env });
    return ran.stdout.trim() === '' ? {} : JSON.parse(ran.stdout);
  };
  await securityHub('enable-security-hub');
  const imported = await securityHub('batch-import-findings', '--findings', `file://${file}`);
  const sent = JSON.parse(readFileSync(file, 'utf8')) as { Title: string }[];
  expect(imported).toMatchObject({ FailedCount: 0, SuccessCount: sent.length });
  const { Findings } = (await securityHub('get-findings')) as { Findings: { Title: string }[] };
  expect(Findings.map(({ Title }) => Title).toSorted()).toEqual(
    sent.map(({ Title }) => Title).toSorted(),
  );
  expect(Findings.map(({ Title }) => Title)).toContain('User is unprotected: dana');
});
