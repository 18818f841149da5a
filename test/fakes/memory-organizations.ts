import { type ListAccountsCommandInput, OrganizationsClient } from '@aws-sdk/client-organizations';
import type { OrganizationAccount } from '../../functions/io/organizations.ts';

const PAGE = 20;

/** Organizations in memory: pages of 20 accounts, some of them empty, as AWS's may be. */
export class MemoryOrganizations extends OrganizationsClient {
  readonly #accounts: readonly OrganizationAccount[];
  /** The next call throws it. */
  fail: Error | null = null;

  constructor(accounts: readonly OrganizationAccount[]) {
    super({
      region: 'us-east-1',
      credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
    });
    this.#accounts = accounts;
  }

  override async send(command: object): Promise<never> {
    const action = command.constructor.name.replace(/Command$/, '');
    if (action !== 'ListAccounts') throw new Error(`MemoryOrganizations does not know ${action}`);
    if (this.fail !== null) throw this.fail;
    const { NextToken = '0' } = (command as { input: ListAccountsCommandInput }).input;
    const [at = '0', wasEmpty] = NextToken.split('/');
    const from = Number(at);
    if (from > 0 && !wasEmpty) return { Accounts: [], NextToken: `${from}/empty` } as never;
    const Accounts = this.#accounts.slice(from, from + PAGE).map(({ id, name, active }) => ({
      Id: id,
      Name: name,
      State: active ? 'ACTIVE' : 'SUSPENDED',
    }));
    const next = from + PAGE;
    return {
      Accounts,
      NextToken: next < this.#accounts.length ? String(next) : undefined,
    } as never;
  }
}
