import type { IAMClient } from '@aws-sdk/client-iam';
import type { Settings } from '../../domain/settings.ts';
import type { Accounts } from './accounts.ts';

// How a spoke is guarded is read again after this long: its mode may be changed in between.
const KNOWN_FOR_MS = 5 * 60_000;
// An account that does not answer holds up the others' messages only once in this while.
const REFUSED_FOR_MS = 30_000;

/** What the accounts of an organization are reached with; P is what an account is worked on with. */
export interface Reach<P> {
  /** The hub's own account, which needs no role. */
  readonly hub: P;
  readonly hubAccount: string;
  /** Makes the client of a spoke. */
  readonly clientOf: (account: string) => IAMClient;
  /** Reads how a spoke is guarded. Throws AccountUnreachable. */
  readonly settingsOf: (account: string, iam: IAMClient) => Promise<Settings>;
  readonly pipelineOf: (iam: IAMClient, settings: Settings) => P;
  readonly now: () => Date;
}

interface Spoke<P> {
  readonly iam: IAMClient;
  looked: Promise<P>;
  until: number;
  settings: string;
  pipeline: P | null;
}

/**
 * The accounts of an organization, each with a session and a circuit breaker of its own. What a spoke says of itself
 * is kept for five minutes, that it does not answer for half a minute.
 */
export function organizationAccounts<P>(reach: Reach<P>): Accounts<P> {
  const { hub, hubAccount, clientOf, settingsOf, pipelineOf, now } = reach;
  const spokes = new Map<string, Spoke<P>>();

  const look = async (account: string, spoke: Spoke<P>): Promise<P> => {
    try {
      const settings = await settingsOf(account, spoke.iam);
      // The breaker goes on counting where nothing has changed.
      const text = JSON.stringify(settings);
      if (spoke.pipeline === null || spoke.settings !== text) {
        spoke.pipeline = pipelineOf(spoke.iam, settings);
        spoke.settings = text;
      }
      return spoke.pipeline;
    } catch (error) {
      spoke.until = now().getTime() + REFUSED_FOR_MS;
      throw error;
    }
  };

  return {
    of: (account) => {
      if (account === hubAccount) return Promise.resolve(hub);
      let spoke = spokes.get(account);
      if (spoke !== undefined && spoke.until > now().getTime()) return spoke.looked;
      spoke ??= {
        iam: clientOf(account),
        looked: Promise.resolve(hub),
        until: 0,
        settings: '',
        pipeline: null,
      };
      spokes.set(account, spoke);
      spoke.until = now().getTime() + KNOWN_FOR_MS;
      spoke.looked = look(account, spoke);
      return spoke.looked;
    },
  };
}
