/** The managed accounts. D is the type of the dependencies for one account. */
export interface Accounts<D> {
  /** The hub's own account. */
  readonly own: D;
  /**
   * @param account 12 digits
   * @throws NotManaged for an account that is not managed; AccountUnreachable if the account cannot be read
   */
  of(account: string): Promise<D>;
}

/** An event or a request is from an account that this deployment does not manage. */
export class NotManaged extends Error {
  override readonly name = 'NotManaged';
}

/** The accounts of a deployment without an organization: its own account only. */
export function oneAccount<D>(managed: string, own: D): Accounts<D> {
  return {
    own,
    of: async (account) => {
      if (account === managed) return own;
      throw new NotManaged(`is from account ${account}, but the managed account is ${managed}`);
    },
  };
}
