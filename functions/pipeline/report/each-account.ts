import type { IAMClient } from '@aws-sdk/client-iam';
import type { AccountNotRead, AccountPlace } from '../../../events/organization-report.ts';
import type { Reason } from '../../../events/outcome.ts';
import type { Settings } from '../../domain/rules/settings.ts';

/** An account that is to be read. */
export interface Candidate {
  readonly place: AccountPlace;
  readonly active: boolean;
}

/** The result of reading an account. */
export type AccountReading<T> =
  | {
      readonly status: 'read';
      readonly place: AccountPlace;
      readonly mode: Settings['mode'];
      readonly value: T;
    }
  | AccountNotRead;

/** How the accounts are read. T is the result for one account. */
export interface HowToRead<T> {
  /** Creates a client of the account for this reading. The client is destroyed afterwards. */
  readonly clientOf: (account: string) => IAMClient;
  readonly settingsOf: (account: string, iam: IAMClient) => Promise<Settings>;
  readonly read: (iam: IAMClient, settings: Settings) => Promise<T>;
  /** Why an account could not be read. */
  readonly reasonOf: (error: unknown) => Reason;
  readonly now: () => Date;
  /** How many accounts are read in parallel: IAM throttles each account separately. */
  readonly atOnce: number;
  /** Time limit for one account, in ms. */
  readonly limitMs: number;
  readonly onDone: (reading: AccountReading<T>) => void;
}

const inactive: Reason = {
  code: 'inactive',
  text: 'the account is not active (suspended, closed, or not yet set up) and takes no calls',
};

/**
 * Reads a few accounts at a time. An account that fails, hangs or accepts no calls is not-read and stops no other account.
 * @returns one reading per account, in the given order
 */
export async function eachAccount<T>(
  candidates: readonly Candidate[],
  how: HowToRead<T>,
): Promise<AccountReading<T>[]> {
  const readings: AccountReading<T>[] = [];
  const waiting = candidates.entries();
  const worker = async () => {
    for (const [index, candidate] of waiting) {
      const reading = await readOne(candidate, how);
      readings[index] = reading;
      how.onDone(reading);
    }
  };
  await Promise.all(Array.from({ length: how.atOnce }, worker));
  return readings;
}

async function readOne<T>(
  { place, active }: Candidate,
  { clientOf, settingsOf, read, reasonOf, now, limitMs }: HowToRead<T>,
): Promise<AccountReading<T>> {
  const notRead = (problem: Reason): AccountNotRead => ({
    status: 'not-read',
    ...place,
    at: now().toISOString(),
    problem,
  });
  if (!active) return notRead(inactive);
  const iam = endingAt(clientOf(place.account), now().getTime() + limitMs, now);
  try {
    const settings = await settingsOf(place.account, iam);
    return { status: 'read', place, mode: settings.mode, value: await read(iam, settings) };
  } catch (error) {
    return notRead(reasonOf(error));
  } finally {
    iam.destroy();
  }
}

/** An account was not read within its time limit. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
}

/**
 * Makes calls after a given time throw TooSlow. A running call still ends by its own timeouts.
 * @param until ms since 1970
 */
function endingAt(iam: IAMClient, until: number, now: () => Date): IAMClient {
  iam.middlewareStack.add((next) => (args) => {
    if (now().getTime() < until) return next(args);
    throw new TooSlow('the account was not read within the time limit');
  });
  return iam;
}
