import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  GenerateCredentialReportCommand,
  IAMClient,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { createManagementTrail } from '../../infra/local/gaps.ts';
import { localClient } from '../../infra/local/local-client.ts';
import { enrol } from '../../infra/local/people.ts';
import { startTrail } from '../../infra/local/trail.ts';
import { atTerminal, inShell, type RunStep, runPage } from '../fakes/page-run.ts';
import { simulate } from './deployer-account.ts';
import { empty, startTestAws, type TestAws, until, untilQuiet } from './local-aws.ts';
import { startProxy } from './proxy.ts';

const hasAwsCli = spawnSync('aws', ['--version']).status === 0;
if (!hasAwsCli) process.stderr.write('\nQUICKSTART SKIPPED: no aws CLI on PATH\n\n');

const policy = JSON.parse(readFileSync('infra/deployer-policy.json', 'utf8')) as object;
const PAGE = 'docs/quickstart.md';
const RELEASE = new URL('../../dist/release/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'quickstart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The people and programs of an account before the enforcer: one person has a device, and deploys.
 * @returns the access key of the deployer, as the environment has it
 */
async function createUsers(endpoint: string): Promise<Record<string, string>> {
  const iam = localClient(IAMClient, endpoint);
  const keyOf = async (UserName: string) => {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
  };
  for (const UserName of ['alice', 'bob', 'dana', 'build-agent', 'invoices']) {
    await iam.send(new CreateUserCommand({ UserName }));
  }
  for (const UserName of ['alice', 'bob', 'dana']) {
    await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'Passw0rd-of-a-test' }));
  }
  await enrol(iam, 'alice');
  await keyOf('invoices');
  for (const user of ['dana', 'build-agent']) {
    // IAM remembers the use.
    const own = localClient(IAMClient, endpoint, await keyOf(user));
    await own.send(new ListUsersCommand({}));
    own.destroy();
  }
  const { accessKeyId, secretAccessKey } = await keyOf('alice');
  // IAM makes an account's first credential report in a few seconds, for which a sweep waits.
  await iam.send(new GenerateCredentialReportCommand({}));
  iam.destroy();
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** Waits until the functions have handled what a command has caused. */
async function untilHandled(test: TestAws): Promise<void> {
  await untilQuiet(test);
  await until(() => empty(test, 'queues'), 'the messages are handled');
  await untilQuiet(test);
}

describe.skipIf(!hasAwsCli)('docs/quickstart.md', () => {
  it('shows what its commands print, in one account from nothing to enforcing', async () => {
    const page = readFileSync(PAGE, 'utf8');
    const [before = '', account = '', organization = ''] = page.split(
      /^(?=## (?:One account|An organization)$)/m,
    );
    writeFileSync(join(folder, 'webhook.txt'), 'https://hooks.slack.com/services/T/B/example');
    let test: TestAws | null = null;
    let endpoint = '';
    let env: Record<string, string> = {};
    /** In front of the local AWS, for the calls of the page: IAM's policy simulator, which moto lacks. */
    const calling = async (local: string) => {
      const proxy = await startProxy(local, (call, pass) =>
        call.action === 'iam:SimulatePrincipalPolicy' ? simulate(call, policy) : pass(),
      );
      endpoint = proxy.endpoint;
      return proxy;
    };
    const run: RunStep = async (command) => {
      if (!command.startsWith('mfa-enforcer ')) {
        const output = await inShell(command, endpoint, folder);
        if (test) await untilHandled(test);
        return output;
      }
      const output = await atTerminal(command, { endpoint, release: RELEASE, folder, env });
      // A function's next process has the new configuration, as after an update in Lambda.
      if (test && command.includes(' deploy')) {
        for (const one of Object.values(test.aws.functions)) one.crash();
      }
      return output;
    };
    // Until the command has deployed the stack, no function can run.
    const [first = '', ...rest] = account.split(/^(?=### 2\. )/m);
    let deployed = '';
    test = await startTestAws({
      deploy: async (moto) => {
        env = await createUsers(moto);
        await createManagementTrail(moto);
        const trail = await startTrail(moto);
        const proxy = await calling(trail.endpoint);
        deployed = await runPage(before + first, run);
        for (const one of [proxy, trail]) await one.stop();
      },
    });
    if (test === null) return;
    const proxy = await calling(test.aws.trail.endpoint);
    try {
      const done = await runPage(rest.join(''), run);
      await expect(deployed + done + organization).toMatchFileSnapshot(`../../${PAGE}`);
    } finally {
      await proxy.stop();
      await test.stop();
    }
  }, 240_000);
});
