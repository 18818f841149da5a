import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Plugin } from 'vitest/config';
import type { PoolOptions, PoolWorker, Vitest, WorkerRequest } from 'vitest/node';

// A thread ends with all that its mutants leave behind.
const RUNS = 50;

/** A thread that no run needs now, and how many it has had. */
let idle: { readonly thread: Worker; readonly runs: number } | null = null;

/** A worker of vitest's whose thread stays when its run has ended. */
class WarmThread implements PoolWorker {
  readonly name = 'warm-threads';
  readonly #thread: Worker;
  readonly #runs: number;
  #isRunning = false;

  constructor({ distPath, env, execArgv }: PoolOptions) {
    const { thread, runs } = idle ?? {
      thread: new Worker(join(distPath, 'workers/threads.js'), { env, execArgv }),
      runs: 0,
    };
    idle = null;
    thread.ref();
    this.#thread = thread;
    this.#runs = runs + 1;
    thread.on('message', ({ type }: { readonly type?: string }) => {
      if (type === 'testfileFinished') this.#isRunning = false;
    });
  }

  get #isSpent(): boolean {
    // Broken off, as after several failures at once: what is still under way would be taken for the next mutant's.
    return this.#isRunning || this.#runs >= RUNS;
  }

  on(event: string, callback: (arg: unknown) => void): void {
    this.#thread.on(event, callback);
  }

  off(event: string, callback: (arg: unknown) => void): void {
    this.#thread.off(event, callback);
  }

  send(message: WorkerRequest): void {
    if (message.type === 'run') this.#isRunning = true;
    if (message.type !== 'stop' || this.#isSpent) {
      this.#thread.postMessage(message);
      return;
    }
    // A worker that vitest stops never starts again.
    this.#thread.emit('message', { __vitest_worker_response__: true, type: 'stopped' });
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    if (this.#isSpent) {
      await this.#thread.terminate();
      return;
    }
    for (const event of ['message', 'error', 'exit']) this.#thread.removeAllListeners(event);
    this.#thread.unref();
    idle = { thread: this.#thread, runs: this.#runs };
  }

  deserialize(data: unknown): unknown {
    return data;
  }
}

/**
 * A pool whose thread stays: Stryker has each mutant run by itself, and loading the SDK anew takes longer than most tests.
 * Modules are loaded once a thread: for mutants of functions, not of module constants (static ones). Only for one thread.
 */
const warmThreads = {
  name: 'warm-threads',
  createPoolWorker: (options: PoolOptions): PoolWorker => new WarmThread(options),
};

/**
 * Each failed test asks vitest to break the run off, and for the second it kills the thread (Pool.cancel, vitest 4.1):
 * where the first was not reported by then, the mutant would be said to have survived.
 */
function breakOffOnce(vitest: Vitest): void {
  const breakOff = vitest.cancelCurrentRun.bind(vitest);
  let breakingOff: Promise<void> | null = null;
  vitest.cancelCurrentRun = (reason) => {
    breakingOff ??= breakOff(reason).finally(() => {
      breakingOff = null;
    });
    return breakingOff;
  };
}

/** Makes vitest run all tests in these threads. */
export const inWarmThreads: Plugin = {
  name: 'warm-threads',
  // Stryker asks for threads on the command line, which goes before what a file says.
  configureVitest({ project, vitest }) {
    project.config.pool = warmThreads.name;
    project.config.poolRunner = warmThreads;
    breakOffOnce(vitest);
  },
};
