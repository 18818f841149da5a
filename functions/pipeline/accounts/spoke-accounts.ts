import type { IAMClient } from '@aws-sdk/client-iam';
import type { Settings } from '../../domain/rules/settings.ts';
import type { Accounts } from './accounts.ts';
import { readSpokeSettings, type SpokeSessions, spokeClient } from './spoke-session.ts';

// How a spoke is managed is read again after this long: its mode may be changed in between.
const KNOWN_FOR_MS = 5 * 60_000;
// An account that does not answer delays the others' messages only once in this while.
const REFUSED_FOR_MS = 30_000;

/** A spoke, what it is worked on with, and until when that is not asked again. */
interface Spoke<P> {
  readonly iam: IAMClient;
  until: number;
  /** What is known of it, or being asked. */
  work: Promise<P>;
  /** What it was the last time that it answered. */
  last: { readonly settings: string; readonly made: P } | null;
}

/**
 * The accounts of an organization, each with a session and a circuit breaker of its own. What a spoke says of itself
 * is kept for five minutes, that it does not answer for half a minute.
 * @param own what the hub's own account is worked on with: it needs no role
 * @param make makes what a spoke is worked on with
 */
export function spokeAccounts<P>(
  sessions: SpokeSessions,
  own: P,
  make: (iam: IAMClient, settings: Settings) => P,
  now: () => Date,
): Accounts<P> {
  const spokes = new Map<string, Spoke<P>>();

  const ask = async (account: string, spoke: Omit<Spoke<P>, 'work'>): Promise<P> => {
    spoke.until = now().getTime() + KNOWN_FOR_MS;
    try {
      const settings = await readSpokeSettings(sessions, account, spoke.iam);
      const text = JSON.stringify(settings);
      // Where nothing has changed, the breaker goes on counting.
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
    of: (account) => {
      if (account === sessions.hub.account) return Promise.resolve(own);
      const known = spokes.get(account);
      if (known === undefined) {
        const fresh = { iam: spokeClient(sessions, account), until: 0, last: null };
        const spoke: Spoke<P> = Object.assign(fresh, { work: ask(account, fresh) });
        spokes.set(account, spoke);
        return spoke.work;
      }
      if (known.until <= now().getTime()) known.work = ask(account, known);
      return known.work;
    },
  };
}
