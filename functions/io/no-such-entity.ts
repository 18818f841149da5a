import { NoSuchEntityException } from '@aws-sdk/client-iam';
import { mayBeDone } from '../domain/review/iam-errors.ts';

/**
 * Returns a given value if IAM answers that there is no such entity. Every other error is thrown.
 * @param call one IAM call with the handling of its answer
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

/** Whether there was something to remove. likely: the answer of the attempt that removed it was lost, or another caller removed it. */
export type WasThere = boolean | 'likely';

/**
 * Runs a call that removes something.
 * @returns false if IAM answers that there was nothing to remove; likely if it answers so after a lost answer
 */
export async function wasThere(call: () => Promise<unknown>): Promise<WasThere> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof NoSuchEntityException)) throw error;
    return mayBeDone(error) && 'likely';
  }
}
