import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CreateUserCommand } from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import { commandEnv } from '../fakes/command.ts';
import { startTestAws, type TestAws, untilBlocked } from './local-aws.ts';

const hasAwsCli = spawnSync('aws', ['--version']).status === 0;
if (!hasAwsCli) process.stderr.write('\nRUNBOOK’S COMMANDS SKIPPED: no aws CLI on PATH\n\n');
const started = hasAwsCli ? await startTestAws() : null;
const test = started as TestAws;

afterAll(() => started?.stop());

const runbook = readFileSync('docs/runbook.md', 'utf8');
const [preamble = '', ...blocks] = [...runbook.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(
  ([, block = '']) => block.replaceAll(/^ +/gm, ''),
);

interface Ran {
  readonly command: string;
  readonly status: number;
  readonly message: string;
}

/** Version 1 of the AWS CLI ignores AWS_ENDPOINT_URL for SQS, and this test may reach only loopback. */
const ON_LOOPBACK = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }';

/** The command, without installing the package. */
const PROGRAM = 'mfa-enforcer() { node dist/cli/index.mjs "$@"; }';

/** Runs a command of the runbook that begins with this text, as a reader would paste it. */
function run(command: string): Promise<Ran> {
  // Changes by people go through the trail, so that the enforcer gets their events.
  const env = commandEnv(test.aws.trail.endpoint);
  const script = [ON_LOOPBACK, PROGRAM, preamble, command].join('\n');
  return new Promise((done) => {
    execFile('bash', ['--norc', '-c', script], { env }, (error, stdout, stderr) => {
      done({ command, status: Number(error?.code ?? 0), message: stdout + stderr });
    });
  });
}

// moto runs no function, keeps no CloudTrail events, and reads no logs (as the AWS CLI's version 1 does not). This account is
// no hub, and has no spoke.
const ELSEWHERE =
  /logs tail|^errors |lambda invoke|lookup-events|StackSet-|^mfa-enforcer (deploy|remove|organization)/;
/** These commands ask at a terminal. */
const ASKING = /^mfa-enforcer (redrive|rollback|sweep)/;
/** Another command of the runbook stops the function that it waits for. */
const WAITING = /^mfa-enforcer doctor --probe/;

describe.skipIf(started === null)('the runbook', () => {
  it('unblocks a person who is blocked by mistake', async () => {
    await test.admin.send(new CreateUserCommand({ UserName: 'dana' }));
    await untilBlocked(test, 'dana', true);
    const way = blocks.find((block) => block.includes('break-glass,Value=true')) ?? '';
    const [tag = '', explain = ''] = way.trim().split('\n');
    expect(await run(tag)).toMatchObject({ status: 0 });
    await untilBlocked(test, 'dana', false);
    const { message, status } = await run(explain);
    expect(status).toBe(0);
    expect(message).toContain('dana: exempt; no change needed');
    expect(message).toMatch(/blocked by +nothing/);
  });

  it('removes that person’s exemption the next morning', async () => {
    const way = blocks.find((block) => block.includes('untag-user')) ?? '';
    expect(await run(way)).toMatchObject({ status: 0 });
    await untilBlocked(test, 'dana', true);
  });

  it('deletes a blocked user, which IAM refuses at first', async () => {
    await test.admin.send(new CreateUserCommand({ UserName: 'leaver' }));
    await untilBlocked(test, 'leaver', true);
    const way = blocks.find((block) => /delete-user --user-name leaver/.test(block)) ?? '';
    const [tag = '', explain = '', remove = ''] = way.trim().split('\n');
    expect((await run(remove)).message).toContain('DeleteConflict');
    expect(await run(tag)).toMatchObject({ status: 0 });
    await untilBlocked(test, 'leaver', false);
    expect((await run(explain)).message).toMatch(/blocked by +nothing/);
    expect(await run(remove)).toMatchObject({ status: 0 });
  });

  it('has only commands that work with the outputs of the stack', async () => {
    // moto has no backups, and the table must stay. The deletion of a user has a test above.
    const here = blocks.filter((block) => !/\$TABLE|leaver/.test(block));
    const commands = [...new Set(here.flatMap((block) => block.trim().split('\n')))]
      .filter((command) => !ELSEWHERE.test(command) && !/(tag|delete)-user /.test(command))
      .map((command) => (ASKING.test(command) ? `${command} --yes` : command))
      .map((command) => (WAITING.test(command) ? `${command} --timeout 20` : command));
    expect(commands.length).toBeGreaterThan(10);
    const ran: Ran[] = [];
    // The AWS CLI starts slowly.
    for (let from = 0; from < commands.length; from += 4) {
      ran.push(...(await Promise.all(commands.slice(from, from + 4).map(run))));
    }
    // Exit status 1 is right here: moto lacks much that doctor checks, and plan finds the users of the rollback.
    const failed = ran.filter(
      ({ status, command }) => status !== 0 && !/^mfa-enforcer/.test(command),
    );
    expect(failed).toEqual([]);
    for (const { command, status, message } of ran)
      expect(status, `${command}\n${message}`).not.toBe(2);
  }, 240_000);
});
