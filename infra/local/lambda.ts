import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { unzipSync } from 'fflate';
import type { DeployedFunction } from './deploy.ts';
import { localClient } from './local-client.ts';

const RUNTIME = join(import.meta.dirname, 'lambda-runtime.mjs');

/** A function of the deployed template, running its packaged code under its own role. */
export interface LocalFunction {
  /** @throws with the handler's error */
  invoke(event: unknown): Promise<unknown>;
  /**
   * Kills its process. The next invocation starts another process, as in Lambda, with the configuration of that moment.
   * @param secondsLater by how much the clock of later processes is ahead
   */
  crash(secondsLater?: number): void;
  /** Its log so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a deployed function with its zip, its environment and its role.
 * @param moto the endpoint of the stack
 * @param endpoint the function's endpoint of AWS: the trail, so that its own IAM calls are recorded, too
 */
export async function startFunction(
  moto: string,
  endpoint: string,
  { name: functionName, code }: DeployedFunction,
): Promise<LocalFunction> {
  const lambda = localClient(LambdaClient, moto);
  const folder = await unpack(moto, code);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const logged: string[] = [];
  let crashes = 0;
  let secondsAhead = 0;
  // A process gets the function's configuration of the moment: a deployment may have changed it.
  const launchNow = async () => {
    const { Configuration } = await lambda.send(
      new GetFunctionCommand({ FunctionName: functionName }),
    );
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      ...Configuration?.Environment?.Variables,
      _HANDLER: Configuration?.Handler ?? '',
      LAMBDA_TASK_ROOT: folder,
      LOCAL_TIMEOUT_SECONDS: String(Configuration?.Timeout ?? 3),
      LOCAL_CLOCK_AHEAD_SECONDS: String(secondsAhead),
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...(await assume(moto, Configuration?.Role ?? '', functionName)),
    };
    return launch(env, logged);
  };
  let child = await launchNow();
  const start = async () => {
    const before = crashes;
    child = await launchNow();
    // It was stopped while it started.
    if (crashes > before) child.kill('SIGKILL');
  };
  return {
    invoke: async (event) => {
      while (hasEnded(child)) await start();
      return invoke(child, event);
    },
    crash: (secondsLater = 0) => {
      crashes += 1;
      secondsAhead += secondsLater;
      child.kill('SIGKILL');
    },
    log: () => logged.join(''),
    stop: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      if (!hasEnded(child)) {
        child.kill('SIGKILL');
        await ended;
      }
      process.off('exit', removeFolder);
      removeFolder();
      lambda.destroy();
    },
  };
}

const hasEnded = ({ exitCode, signalCode, killed }: ChildProcess) =>
  exitCode !== null || signalCode !== null || killed;

/** Starts a function's process, ready for its first invocation. @param logged receives its log lines */
async function launch(env: NodeJS.ProcessEnv, logged: string[]): Promise<ChildProcess> {
  const child = fork(RUNTIME, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own, so that Ctrl-C reaches only this process, which stops the function.
    detached: true,
    env,
  });
  const stopNow = () => child.kill('SIGKILL');
  process.once('exit', stopNow);
  child.once('exit', () => process.off('exit', stopNow));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => logged.push(chunk.toString()));
  }
  await firstMessage(child, logged);
  return child;
}

/** Downloads and unpacks the uploaded zip. */
async function unpack(moto: string, code: DeployedFunction['code']): Promise<string> {
  const s3 = localClient(S3Client, moto);
  const { Body } = await s3.send(new GetObjectCommand(code));
  const zip = await Body?.transformToByteArray();
  s3.destroy();
  if (!zip) throw new Error(`${code.Key} is empty`);
  const folder = mkdtempSync(join(tmpdir(), 'iam-mfa-enforcer-'));
  for (const [path, content] of Object.entries(unzipSync(zip))) {
    if (path.endsWith('/')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

async function assume(moto: string, roleArn: string, session: string) {
  const sts = localClient(STSClient, moto);
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: session.slice(0, 64) }),
  );
  sts.destroy();
  return {
    AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? '',
    AWS_SESSION_TOKEN: Credentials?.SessionToken ?? '',
  };
}

async function firstMessage(child: ChildProcess, logged: readonly string[]): Promise<void> {
  await new Promise<void>((done, fail) => {
    child.once('message', () => done());
    child.once('exit', () => fail(new Error(`the function did not start: ${logged.join('')}`)));
  });
}

interface Answer {
  readonly id?: string;
  readonly result?: unknown;
  readonly error?: string;
}

function invoke(child: ChildProcess, event: unknown): Promise<unknown> {
  const id = randomUUID();
  return new Promise((done, fail) => {
    const finish = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (answer: Answer) => {
      if (answer.id !== id) return;
      finish();
      if (answer.error === undefined) done(answer.result);
      else fail(new Error(answer.error));
    };
    const onExit = () => {
      finish();
      fail(new Error('the function ended while it ran'));
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send({ id, event });
  });
}
