import type { Account } from '../account.ts';
import type { Verdict } from './verdict.ts';

/** @param written user → writes of the enforcer, @param allowed the writes allowed for so many changes by people */
export function checkFights(
  verdict: Verdict,
  account: Account,
  written: ReadonlyMap<string, number>,
  allowed: (changes: number) => number,
): void {
  for (const [user, writes] of written) {
    const changes = account.history(user).filter(({ by }) => by === 'people').length;
    verdict.check(
      'no fight',
      writes <= allowed(changes),
      () => `${writes} writes for ${user}, whom people changed ${changes} times`,
    );
  }
}
