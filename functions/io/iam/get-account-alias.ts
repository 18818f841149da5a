import { type IAMClient, ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import { needs } from '../needs.ts';

/** The account's alias, or null: an account has at most one. */
export const getAccountAlias = needs(
  ['iam:ListAccountAliases'],
  async (iam: IAMClient): Promise<string | null> => {
    const { AccountAliases } = await iam.send(new ListAccountAliasesCommand({}));
    if (!AccountAliases) throw new Error('ListAccountAliases answered without a list');
    return AccountAliases[0] ?? null;
  },
);
