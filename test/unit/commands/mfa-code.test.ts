import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { commandCredentials, NoMfaCode } from '../../../functions/runtime/command-credentials.ts';
import { commandEnv, inEnvironment, run } from '../../fakes/command.ts';
import { cleanAccount } from '../../fakes/command-accounts.ts';
import type { IamServer } from '../../fakes/iam-server.ts';
import { answerXml, errorXml, namespaces } from '../../fakes/iam-xml.ts';
import { say } from '../../fakes/shell.ts';

const SERIAL = 'arn:aws:iam::111122223333:mfa/dana-phone';
const HOUR_MS = 3_600_000;
const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});

/** Credentials of a person, and a role that trusts them with MFA only. */
const config = join(mkdtempSync(join(tmpdir(), 'mfa-code-')), 'config');
writeFileSync(
  config,
  '[profile dana]\naws_access_key_id = AKIADANA\naws_secret_access_key = secret\n' +
    `[profile audit]\nrole_arn = arn:aws:iam::111122223333:role/audit\nsource_profile = dana\nmfa_serial = ${SERIAL}\n`,
);

/**
 * IAM, and an STS that gives a role's session for a code, as AWS does: once for each code.
 * @returns the endpoint, and the codes that it was given
 */
async function account(...valid: readonly string[]) {
  const iam: IamServer = await cleanAccount();
  const given: (string | null)[] = [];
  const server = createServer((request, response) => {
    // Only AssumeRole is signed with the person's own key.
    if (!request.headers.authorization?.includes('AKIADANA')) return iam.serve(request, response);
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      expect(form.get('SerialNumber')).toBe(SERIAL);
      const code = form.get('TokenCode');
      const isValid = valid.includes(code ?? '') && !given.includes(code);
      given.push(code);
      response.writeHead(isValid ? 200 : 403, { 'content-type': 'text/xml' });
      response.end(
        isValid
          ? answerXml(namespaces.sts, 'AssumeRole', {
              Credentials: {
                AccessKeyId: 'ASIAAUDIT',
                SecretAccessKey: 'secret',
                SessionToken: 'token',
                Expiration: new Date(Date.now() + HOUR_MS),
              },
            })
          : errorXml(namespaces.sts, {
              type: 'Sender',
              code: 'AccessDenied',
              message: 'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
            }),
      );
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stops.push(() => server.close());
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    given,
  };
}

const env = {
  AWS_CONFIG_FILE: config,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
};
const AUDIT = ['report', '--profile', 'audit'];

/** Runs a command at a terminal whose person gives these answers. */
async function answering(endpoint: string, answers: readonly (string | null)[], args = AUDIT) {
  const questions: string[] = [];
  const askSecret = async (question: string) => {
    questions.push(question);
    return answers[questions.length - 1] ?? null;
  };
  const said = await say(endpoint, args, { askSecret, env: env as never });
  return { ...said, questions };
}

describe('a profile with mfa_serial', () => {
  it('asks for one code, which every client of the command uses', async () => {
    const { endpoint, given } = await account('123456');
    const { status, stdout, stderr, questions } = await answering(endpoint, ['123 456']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('111122223333');
    expect(questions).toEqual([`MFA code of ${SERIAL}: `]);
    expect(given).toEqual(['123456']);
  });

  it('asks for another code where AWS rejects one, and says that', async () => {
    const { endpoint, given } = await account('123456', '654321');
    const { status, stderr, questions } = await answering(endpoint, ['111111', '654321']);
    expect(stderr).toBe(
      'AWS rejected the MFA code. Each code is valid once: wait for the next one.\n',
    );
    expect([status, questions.length, given]).toEqual([0, 2, ['111111', '654321']]);
  });

  it('sends nothing to AWS that is no code', async () => {
    const { endpoint, given } = await account('123456');
    const { status, stderr } = await answering(endpoint, ['12345', '12345a', '123456']);
    expect(stderr).toBe('An MFA code has 6 digits.\n'.repeat(2));
    expect([status, given]).toEqual([0, ['123456']]);
  });

  it('gives up after three rejected codes', async () => {
    const { endpoint, given } = await account('123456');
    const { status, stdout, stderr } = await answering(endpoint, ['1', '2', '3'].map(six));
    expect([status, stdout, given.length]).toEqual([3, '', 3]);
    expect(stderr.split('\n').slice(2)).toEqual([
      'AWS rejected 3 MFA codes. Check that mfa_serial of the profile is the device that makes the codes, and that the clock of this device is right.',
      '',
    ]);
  });

  it('ends where the person gives no code', async () => {
    const { endpoint, given } = await account('123456');
    for (const none of [null, '']) {
      const { status, stdout, stderr, questions } = await answering(endpoint, [none]);
      expect([status, stdout, questions.length, given]).toEqual([3, '', 1, []]);
      expect(stderr).toBe('Profile audit has no credentials without an MFA code.\n');
    }
  });

  it('says without a terminal what to run at one', async () => {
    const { endpoint } = await account('123456');
    const { status, stdout, stderr } = await say(endpoint, AUDIT, { env: env as never });
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toBe(
      `Profile audit needs a code of the MFA device ${SERIAL}, and there is no terminal to ask at. In a terminal run: eval "$(aws configure export-credentials --profile audit --format env)"; unset AWS_PROFILE. Then run this command there without --profile (aws CLI version 2). A job without a person needs a profile without mfa_serial.\n`,
    );
  });

  it('clears a progress bar before it asks', async () => {
    const { endpoint } = await account('123456');
    const askSecret = async () => '123456';
    const said = await say(endpoint, AUDIT, { askSecret, env: env as never, progress: true });
    expect(said.stderr.startsWith('\r\u001b[K')).toBe(true);
  });

  it('shows the question on standard error, and the code nowhere', async () => {
    const { endpoint, given } = await account('123456');
    const how = { env, input: '123456\n', terminals: ['stdin', 'stderr'] as const };
    const ran = await run(endpoint, AUDIT, how);
    expect(given).toEqual(['123456']);
    expect(ran.status).toBe(0);
    expect(ran.stderr).toContain(`MFA code of ${SERIAL}: \n`);
    expect(ran.stdout + ran.stderr).not.toContain('123456');
  });

  it('ends where the person presses Ctrl-C or Ctrl-D', async () => {
    const { endpoint, given } = await account('123456');
    for (const input of ['123\u0003', '\u0004']) {
      const how = { env, input, terminals: ['stdin', 'stderr'] as const };
      const ran = await run(endpoint, AUDIT, how);
      expect(ran).toMatchObject({ status: 3, stdout: '' });
      expect(ran.stderr).toContain('\nProfile audit has no credentials without an MFA code.\n');
    }
    expect(given).toEqual([]);
  });
});

describe('a session that ends during a command', () => {
  let now: number;
  beforeEach(() => {
    now = Date.now();
  });
  const provider = (answers: readonly string[]) => {
    const asked: boolean[] = [];
    const ask = async (_: string, again: boolean) => {
      asked.push(again);
      const answer = answers[asked.length - 1];
      if (answer === undefined) throw new NoMfaCode('none');
      return answer;
    };
    return {
      asked,
      credentials: commandCredentials(
        { profile: 'audit' },
        { askMfaCode: ask, now: () => new Date(now) },
      ),
    };
  };

  it('is renewed five minutes before, by another code', async () => {
    const { endpoint } = await account('123456', '654321');
    const { asked, credentials } = provider(['123456', '654321']);
    await inEnvironment(commandEnv(endpoint, env), async () => {
      await Promise.all([credentials(), credentials()]);
      now += HOUR_MS - 302_000;
      await credentials();
      expect(asked).toEqual([false]);
      now += 4_000;
      await Promise.all([credentials(), credentials()]);
      expect(asked).toEqual([false, false]);
    });
  });

  it('is not asked for again where the person gave no code', async () => {
    const { endpoint } = await account('123456');
    const { asked, credentials } = provider(['123456']);
    await inEnvironment(commandEnv(endpoint, env), async () => {
      await credentials();
      now += HOUR_MS;
      await expect(credentials()).rejects.toThrow(NoMfaCode);
      await expect(credentials()).rejects.toThrow(NoMfaCode);
      expect(asked).toEqual([false, false]);
    });
  });
});

const six = (digit: string) => digit.repeat(6);
