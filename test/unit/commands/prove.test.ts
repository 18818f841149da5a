import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { stageRow, stageSummary, waitingFor } from '../../../functions/commands/prove-text.ts';
import { processTerminal } from '../../../functions/commands/terminal.ts';
import type { StageResult } from '../../../functions/pipeline/prove/prove.ts';
import { styled } from '../../../functions/render/terminal-text.ts';
import { emptyAccount } from '../../fakes/command-accounts.ts';
import { deployedStack } from '../../fakes/iam-endpoint.ts';
import type { IamServer } from '../../fakes/iam-server.ts';
import { anyRelease } from '../../fakes/release.ts';
import { say } from '../../fakes/shell.ts';

const STACK = 'iam-mfa-enforcer-prod';

const deployedWith = (parameters: Readonly<Record<string, string>>) => (server: IamServer) => {
  server.stacks[STACK] = deployedStack(parameters);
};
const noStack = (server: IamServer) => {
  delete server.stacks[STACK];
};
const spoke = (server: IamServer) => {
  noStack(server);
  server.iam.roles['ForceMFA-read'] = {};
};

type Refusal = readonly [
  about: string,
  account: (server: IamServer) => void,
  args: readonly string[],
  says: string,
];

const refusals: readonly Refusal[] = [
  [
    'without a deployment',
    noStack,
    [],
    'Account 111122223333 has no deployment whose settings can be read, so there is nothing to prove.',
  ],
  [
    'in a spoke, without the hub’s settings',
    spoke,
    [],
    'The hub of account 111122223333 has the settings, and they cannot be read here.',
  ],
  [
    'with other settings than the deployment’s',
    deployedWith({ Mode: 'observe' }),
    ['--mode', 'enforce'],
    'The stack iam-mfa-enforcer-prod has another value of Mode, and the enforcer acts by the stack.\n  Run it without --mode.',
  ],
  [
    'where no user is in scope',
    deployedWith({ Scope: 'no-users' }),
    [],
    'Scope is no-users, so the enforcer blocks nobody. There is nothing to prove.',
  ],
  [
    'where a tag exempts the canary',
    deployedWith({ ExemptTags: '"mfa-enforcer:canary"="true"' }),
    [],
    'The settings exempt the canary: exempt by the tag mfa-enforcer:canary=true.',
  ],
  [
    'where a pattern exempts the canary',
    deployedWith({ ExemptUsers: 'mfa-*' }),
    [],
    'The settings exempt the canary: exempt by the name pattern mfa-*.',
  ],
  [
    'where ForceMFA does not exist',
    (server) => {
      server.iam.policyExists = false;
    },
    [],
    'The policy arn:aws:iam::111122223333:policy/ForceMFA does not exist, so the enforcer can block nobody.',
  ],
  [
    'where the block limit is 0',
    deployedWith({ BlockLimit: '0' }),
    [],
    'The block limit is reached: 0 users blocked, and the limit is 0. The canary would not be blocked.',
  ],
  [
    'where the block limit is reached',
    (server) => {
      server.iam.put('dana', { policies: [server.iam.policyArn] });
    },
    [],
    'The block limit is reached: 1 user blocked, and the limit is 1. The canary would not be blocked.',
  ],
];

describe('prove', () => {
  it.each(refusals)('is refused %s, before it writes anything', async (_, account, args, says) => {
    const server = await emptyAccount();
    account(server);
    const ran = await say(server.endpoint, ['prove', '--yes', ...args]);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toContain(says);
    expect(server.iam.writes).toEqual([]);
  });

  it('asks, and does nothing where the answer is no', async () => {
    const server = await emptyAccount();
    const questions: string[] = [];
    const ask = async (question: string) => {
      questions.push(question);
      return false;
    };
    expect(await say(server.endpoint, ['prove'], { ask })).toMatchObject({ status: 1, stdout: '' });
    expect(questions).toEqual([
      expect.stringMatching(
        /^Create the IAM user mfa-enforcer-canary-[0-9a-f]{12} in account 111122223333, .*\(mode enforce, scope all-users\), and delete it\? \[y\/N\] $/,
      ),
    ]);
    expect(server.iam.writes).toEqual([]);
  });

  it.each(['0', '1.5', 'long', '10000'])('takes no time limit of %s', async (limit) => {
    const ran = await say('http://127.0.0.1:9', ['prove', '--timeout', limit]);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('Must be a number of seconds from 1 to 9999.');
  });

  it('names the right that the operator lacks, and what it could not delete', async () => {
    const server = await emptyAccount();
    server.deny('CreateUser');
    server.deny('DeleteVirtualMFADevice');
    const ran = await say(server.endpoint, ['prove', '--yes', '--stack', STACK]);
    expect(ran.status).toBe(3);
    expect(ran.stdout).toMatch(
      /\? user created +\d+\.\d s +could not be done: AWS denied iam:CreateUser/,
    );
    expect(ran.stderr).toMatch(
      /mfa-enforcer-canary-[0-9a-f]{12} is not deleted\. Run:\n {2}mfa-enforcer prove --clean --stack iam-mfa-enforcer-prod\n$/,
    );
  });
});

const result = (change: Partial<StageResult>): StageResult => ({
  stage: 'block',
  status: 'proven',
  ms: 1_234,
  message: 'ForceMFA is attached to the user',
  ...change,
});
const plain = { columns: 60, color: false };

describe('a stage in the table', () => {
  it.each([
    ['proven', '✔ blocked           1.2 s  ForceMFA is attached to the user\n'],
    [
      'not-provable',
      '– blocked           1.2 s  not provable here: ForceMFA is attached\n                           to the user\n',
    ],
    ['failed', '✖ blocked           1.2 s  FAILED: ForceMFA is attached to the user\n'],
    [
      'error',
      '? blocked           1.2 s  could not be done: ForceMFA is attached\n                           to the user\n',
    ],
    [
      'interrupted',
      '✖ blocked           1.2 s  stopped: ForceMFA is attached to the\n                           user\n',
    ],
  ] as const)('that is %s', (status, text) => {
    expect(stageRow(result({ status }), plain)).toBe(text);
  });

  it('is coloured on a terminal', () => {
    const row = stageRow(result({}), { ...plain, color: true });
    expect(row.startsWith(`${styled('green', '✔')} blocked `)).toBe(true);
  });
});

describe('the summary', () => {
  it('counts what is proven', () => {
    const results = [result({}), result({ stage: 'deny', status: 'not-provable' })];
    expect(stageSummary(results, 7, 'enforce')).toBe('1 of 7 stages proven, in 2 s.');
  });

  it('says where to look after a failure', () => {
    expect(stageSummary([result({ status: 'failed' })], 7, 'enforce')).toBe(
      '0 of 7 stages proven, in 1 s.\nmfa-enforcer doctor names what is broken.',
    );
  });

  it('says what observe mode cannot show', () => {
    expect(stageSummary([result({})], 3, 'observe')).toContain(
      'In observe mode no user is changed in IAM.',
    );
  });
});

describe('the wait', () => {
  const at = { value: 0 };
  const now = () => new Date(at.value);

  it('is drawn with its seconds on a terminal', () => {
    const err: string[] = [];
    const wait = waitingFor({ progress: true, err: (text) => err.push(text), now });
    wait.begin('block');
    at.value += 3_000;
    wait.tick();
    wait.end();
    expect(err).toEqual([
      '\r… waiting for the block\u001b[K',
      '\r… waiting for the block (3 s)\u001b[K',
      '\r\u001b[K',
    ]);
  });

  it('is one line elsewhere', () => {
    const err: string[] = [];
    const wait = waitingFor({ progress: false, err: (text) => err.push(text), now });
    wait.begin('deny');
    wait.tick();
    wait.end();
    expect(err).toEqual(['… calling with the access key\n']);
  });
});

describe('an interrupted command', () => {
  const terminalOn = (streams: EventEmitter) =>
    processTerminal(
      Object.assign(streams, {
        stdin: {},
        stdout: new EventEmitter(),
        stderr: new EventEmitter(),
        env: {},
      }) as never,
      () => new Date(),
      anyRelease(),
    );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    'hears of the first %s, and leaves the next to the system',
    (signal) => {
      const streams = new EventEmitter();
      let stops = 0;
      terminalOn(streams).onInterrupt(() => {
        stops += 1;
      });
      streams.emit(signal);
      streams.emit(signal);
      expect(stops).toBe(1);
      expect(streams.eventNames()).toEqual([]);
    },
  );

  it('hears of none after its end', () => {
    const streams = new EventEmitter();
    terminalOn(streams).onInterrupt(() => {
      throw new Error('heard');
    })();
    streams.emit('SIGINT');
  });
});
