/** The accounts that are managed; P is what an account is worked on with. */
export interface Accounts<P> {
  /**
   * @param account 12 digits
   * @throws NotManaged for an account that is none of ours; AccountUnreachable where nobody in it can be looked at
   */
  of(account: string): Promise<P>;
}

/** An event, or a request, is of an account that this deployment does not guard. */
export class NotManaged extends Error {
  override readonly name = 'NotManaged';
}

/** One account, and no other: what a deployment manages that belongs to no organization. */
export function oneAccount<P>(managed: string, pipeline: P): Accounts<P> {
  return {
    of: async (account) => {
      if (account === managed) return pipeline;
      throw new NotManaged(`is of account ${account}, managed is ${managed}`);
    },
  };
}
