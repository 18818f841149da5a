import { mock } from 'node:test';

const STEP_MS = 25;

/**
 * Runs something in virtual time: whatever waits for setTimeout waits for nothing, and Date shows how long it would
 * have been.
 * @param begin when it begins, in ms since 1970
 * @returns what it gave, and how many virtual ms it took
 * @throws what it threw
 */
export async function inVirtualTime<T>(
  begin: number,
  work: () => Promise<T>,
): Promise<{ value: T; ms: number }> {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: begin });
  try {
    let working = true;
    const done = work().finally(() => {
      working = false;
    });
    done.catch(() => undefined);
    while (working) {
      // Everything that can go on goes on before the clock does.
      await new Promise((turn) => setImmediate(turn));
      if (working) mock.timers.tick(STEP_MS);
    }
    return { value: await done, ms: Date.now() - begin };
  } finally {
    mock.timers.reset();
  }
}
