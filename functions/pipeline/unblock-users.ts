import type { IAMClient } from '@aws-sdk/client-iam';
import type { BlockMethod } from '../../events/outcome.ts';
import type { Settings } from '../domain/rules/settings.ts';
import type { UserFacts } from '../domain/rules/user-facts.ts';
import { listUsers } from './list-users.ts';
import { unblock } from './review/unblock-user.ts';

/** What became of one user. */
export interface UnblockedUser {
  readonly user: string;
  readonly done: boolean;
  /** The block methods that blocked the user. */
  readonly methods: readonly BlockMethod[];
  readonly problem: string | null;
}

/** Whether any block method is on the user. */
export const isBlocked = ({ attachments }: UserFacts) => (attachments?.methods.length ?? 0) > 0;

/**
 * Reads every user of an account.
 * @param onUser called after each user
 * @throws the error of a failed read: a list that is not whole would leave users blocked
 */
export async function readEveryone(
  iam: IAMClient,
  settings: Settings,
  onUser: () => void,
): Promise<UserFacts[]> {
  const everyone: UserFacts[] = [];
  for await (const facts of listUsers(iam, settings, async (known) => known)) {
    everyone.push(facts);
    onUser();
  }
  return everyone;
}

/**
 * Removes every block method from users, one after the other. A failure does not stop the next user.
 * @param describe an error of a call
 * @param onUser called after each user
 */
export async function unblockUsers(
  iam: IAMClient,
  settings: Settings,
  users: readonly UserFacts[],
  describe: (error: unknown) => string,
  onUser: () => void,
): Promise<UnblockedUser[]> {
  const results: UnblockedUser[] = [];
  for (const facts of users) {
    const methods = facts.attachments?.methods ?? [];
    const result = { user: facts.user, methods };
    try {
      const enforced = await unblock(iam, settings, facts);
      const problem = enforced.kind === 'could-not' ? enforced.why.text : null;
      results.push({ ...result, done: problem === null, problem });
    } catch (error) {
      results.push({ ...result, done: false, problem: describe(error) });
    }
    onUser();
  }
  return results;
}
