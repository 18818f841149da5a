import type { IAMClient } from '@aws-sdk/client-iam';
import type { Settings } from '../../domain/rules/settings.ts';
import { readSpokeSettings, type SpokeSessions, spokeClient } from './spoke-session.ts';

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

// A spoke's settings are read again after this time, because its mode may have changed.
const KNOWN_FOR_MS = 5 * 60_000;
// An unreachable account delays the messages of other accounts only once in this time.
const REFUSED_FOR_MS = 30_000;

/** A spoke, its dependencies, and until when they are kept. */
interface Spoke<D> {
  readonly iam: IAMClient;
  until: number;
  /** The dependencies, or the running read of the settings. */
  work: Promise<D>;
  /** The result of the last successful read. */
  last: { readonly settings: string; readonly made: D } | null;
}

/**
 * The accounts of an organization, each with a session and a circuit breaker of its own. A spoke's settings are kept for
 * five minutes, a failure for half a minute.
 * @param own the dependencies for the hub's own account, which needs no role
 * @param make creates the dependencies for a spoke
 */
export function spokeAccounts<D>(
  sessions: SpokeSessions,
  own: D,
  make: (iam: IAMClient, settings: Settings) => D,
  now: () => Date,
): Accounts<D> {
  const spokes = new Map<string, Spoke<D>>();

  const ask = async (account: string, spoke: Omit<Spoke<D>, 'work'>): Promise<D> => {
    spoke.until = now().getTime() + KNOWN_FOR_MS;
    try {
      const settings = await readSpokeSettings(sessions, account, spoke.iam);
      const text = JSON.stringify(settings);
      // Unchanged settings keep the breaker and its count.
      if (spoke.last?.settings !== text) {
        spoke.last = { settings: text, made: make(spoke.iam, settings) };
      }
      return spoke.last.made;
    } catch (error) {
      spoke.until = now().getTime() + REFUSED_FOR_MS;
      throw error;
    }
  };

  return {
    own,
    of: (account) => {
      if (account === sessions.hub.account) return Promise.resolve(own);
      const known = spokes.get(account);
      if (known === undefined) {
        const fresh = { iam: spokeClient(sessions, account), until: 0, last: null };
        const spoke: Spoke<D> = Object.assign(fresh, { work: ask(account, fresh) });
        spokes.set(account, spoke);
        return spoke.work;
      }
      if (known.until <= now().getTime()) known.work = ask(account, known);
      return known.work;
    },
  };
}
