import { NoSuchEntityException } from '@aws-sdk/client-iam';

/**
 * Gives a stated value where IAM answers that there is no such entity. Every other error is thrown.
 * @param call one IAM call, and what is made of its answer
 * @param value what "no such entity" means to the caller
 */
export async function whereNoSuchEntity<T, V>(value: V, call: () => Promise<T>): Promise<T | V> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NoSuchEntityException) return value;
    throw error;
  }
}

/**
 * Runs a call that takes something away.
 * @returns false where IAM answers that there was nothing to take away
 */
export async function wasThere(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof NoSuchEntityException)) throw error;
    // The SDK has tried before: that try took it away, most likely, and its answer was lost.
    return (error.$metadata.attempts ?? 1) > 1;
  }
}
