import { mock } from 'node:test';

const STEP_MS = 25;

/**
 * Runs a function in virtual time: setTimeout does not really wait, and Date shows the time that would have passed.
 * @param begin the start time, in ms since 1970
 * @returns the function's result, and how many virtual ms it took
 * @throws the function's error
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
      // All work that can continue does so before the clock moves.
      await new Promise((turn) => setImmediate(turn));
      if (working) mock.timers.tick(STEP_MS);
    }
    return { value: await done, ms: Date.now() - begin };
  } finally {
    mock.timers.reset();
  }
}
