/**
 * Puts off making a handler until its first call, so that importing an entry point reads no environment and
 * a wrong configuration fails the invocation, visibly.
 * @param make makes the handler; called again after it threw
 * @returns a handler
 */
export function onFirstCall<A extends unknown[], R>(make: () => (...args: A) => R) {
  let made: ((...args: A) => R) | undefined;
  return async (...args: A): Promise<Awaited<R>> => {
    made ??= make();
    return await made(...args);
  };
}
