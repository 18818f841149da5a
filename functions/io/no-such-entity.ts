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

/** Whether something was there to be taken away. Likely: the answer of the try that took it was lost, or somebody else did. */
export type WasThere = boolean | 'likely';

/**
 * Runs a call that takes something away.
 * @returns false where IAM answers that there was nothing to take away; likely, where it does so at a later try of the SDK's
 */
export async function wasThere(call: () => Promise<unknown>): Promise<WasThere> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof NoSuchEntityException)) throw error;
    return (error.$metadata.attempts ?? 1) > 1 && 'likely';
  }
}
