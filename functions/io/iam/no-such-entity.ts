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
