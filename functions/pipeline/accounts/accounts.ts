/** The accounts that are guarded; P is what an account is worked on with. */
export interface Accounts<P> {
  /**
   * @param account 12 digits
   * @throws NotGuarded for an account that is none of ours; AccountUnreachable where nobody in it can be looked at
   */
  of(account: string): Promise<P>;
}

/** An event, or a request, is of an account that this deployment does not guard. */
export class NotGuarded extends Error {
  override readonly name = 'NotGuarded';
}

/** One account, and no other: what a deployment guards that belongs to no organization. */
export function oneAccount<P>(guarded: string, pipeline: P): Accounts<P> {
  return {
    of: async (account) => {
      if (account === guarded) return pipeline;
      throw new NotGuarded(`is of account ${account}, guarded is ${guarded}`);
    },
  };
}
