import type { IAMClient } from '@aws-sdk/client-iam';
import { getAccountSummary } from '../io/iam-account.ts';
import { progressBar } from './progress.ts';
import type { Shell } from './shell.ts';

/**
 * Shows how far the reading of all users has come.
 * @param read is given what to call for each user that was read
 */
export async function readingUsers<T>(
  shell: Shell,
  iam: IAMClient,
  read: (onUser: () => void) => Promise<T>,
): Promise<T> {
  const { users } = await getAccountSummary(iam);
  const progress = progressBar(shell, 'Reading users', users);
  try {
    return await read(() => progress.tick());
  } finally {
    progress.done();
  }
}
