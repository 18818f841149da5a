import { spawn } from 'node:child_process';
import {
  AttachUserPolicyCommand,
  CreateUserCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  ListUsersCommand,
  ListVirtualMFADevicesCommand,
} from '@aws-sdk/client-iam';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { commandEnv } from '../fakes/command.ts';
import { PROGRAM } from '../fakes/program.ts';
import { say } from '../fakes/shell.ts';
import { physicalId, startTestAws, type TestAws, timesPosted, until } from './local-aws.ts';

const started = await startTestAws();
const test = started as TestAws;

afterAll(() => started?.stop());

interface Proved {
  readonly canary: string;
  readonly deleted: boolean;
  readonly stages: readonly { stage: string; status: string; ms: number; message: string }[];
}

const statusesOf = ({ stages }: Proved) => stages.map(({ stage, status }) => `${stage} ${status}`);

/** What is left of canaries in moto. */
async function left(): Promise<string[]> {
  const { unseen } = test;
  const { Users = [] } = await unseen.send(
    new ListUsersCommand({ PathPrefix: '/mfa-enforcer-canary/' }),
  );
  const { VirtualMFADevices = [] } = await unseen.send(new ListVirtualMFADevicesCommand({}));
  return [
    ...Users.map(({ UserName = '' }) => UserName),
    ...VirtualMFADevices.map(({ SerialNumber = '' }) => SerialNumber),
  ];
}

/**
 * Starts the program, and sends it a signal when it begins to wait for a stage.
 * @param waiting what the program says then
 */
function stoppedAt(waiting: string, signal: NodeJS.Signals): Promise<{ status: number | null }> {
  const child = spawn(process.execPath, [PROGRAM, 'prove', '--yes', '--json'], {
    env: commandEnv(test.aws.trail.endpoint),
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const isNew = !err.includes(waiting);
    err += text;
    // A second signal would end it at once.
    if (isNew && err.includes(waiting)) child.kill(signal);
  });
  return new Promise((done) => child.on('close', (status) => done({ status })));
}

// What the program says when it begins each stage.
const STAGES = [
  'creating the user',
  'waiting for the block',
  'calling with the access key',
  'enrolling an MFA device',
  'waiting for the unblock',
  'waiting for the next code',
  'deleting what was created',
];

describe.skipIf(started === null)('prove', () => {
  afterEach(async () => expect(await left()).toEqual([]));

  it('passes beside a deployment that works, and leaves nothing behind', async () => {
    const ran = await say(test.aws.trail.endpoint, ['prove', '--yes', '--json'], {
      pause: (ms) => new Promise((done) => setTimeout(done, ms / 10)),
    });
    const proved = JSON.parse(ran.stdout) as Proved;
    expect(statusesOf(proved)).toEqual([
      'create proven',
      'block proven',
      // moto enforces no policies.
      'deny not-provable',
      'enrol proven',
      'unblock proven',
      'session proven',
      'delete proven',
    ]);
    expect(ran.status).toBe(0);
    expect(proved.deleted).toBe(true);
    await until(() => timesPosted(test, proved.canary) >= 2, 'the messages about the canary');
  }, 90_000);

  it.each(STAGES)(
    'deletes everything when it is interrupted while %s',
    async (waiting) => {
      expect(await stoppedAt(waiting, 'SIGINT')).toEqual({
        status: waiting === 'deleting what was created' ? 0 : 1,
      });
    },
    90_000,
  );

  it.each(STAGES)(
    'leaves what --clean deletes when it is killed while %s',
    async (waiting) => {
      expect(await stoppedAt(waiting, 'SIGKILL')).toEqual({ status: null });
      const ran = await say(test.aws.trail.endpoint, ['prove', '--clean', '--yes', '--json']);
      expect(ran.status).toBe(0);
      const again = await say(test.aws.trail.endpoint, ['prove', '--clean']);
      expect(again).toMatchObject({ status: 0, stdout: 'No canary is left.\n' });
    },
    90_000,
  );

  it('fails at the block where no event arrives', async () => {
    test.aws.trail.fate = () => 'lose';
    const ran = await say(test.aws.trail.endpoint, ['prove', '--yes', '--timeout', '2']);
    test.aws.trail.fate = () => 'deliver';
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/✖ blocked +\d\.\d s +FAILED: the user was not blocked within 2 s/);
    expect(ran.stdout).toContain('mfa-enforcer doctor names what is broken.');
  }, 60_000);

  it('is refused where the block limit leaves no room', async () => {
    // Blocked without events: a canary's reservation may still take one place of the block limit.
    const { unseen } = test;
    const others = Array.from({ length: 10 }, (_, index) => ({
      UserName: `other-${index}`,
      PolicyArn: physicalId(test, 'ForceMfaPolicy'),
    }));
    for (const other of others) {
      await unseen.send(new CreateUserCommand(other));
      await unseen.send(new AttachUserPolicyCommand(other));
    }
    const ran = await say(test.aws.trail.endpoint, ['prove', '--yes']);
    for (const other of others) {
      await unseen.send(new DetachUserPolicyCommand(other));
      await unseen.send(new DeleteUserCommand(other));
    }
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toMatch(
      /^The block limit is reached: 10 users blocked, and the limit is 10/,
    );
  }, 60_000);
});
