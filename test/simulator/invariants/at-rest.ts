import type { Outcome } from '../../../events/outcome.ts';
import type { Account } from '../account.ts';
import { isBreakGlass, mustBeHeld } from '../oracle.ts';
import type { Verdict } from './verdict.ts';

/** What may excuse a user who is not as should be. */
export interface Loud {
  /** Outcomes since the sweep began. */
  readonly outcomes: readonly Outcome[];
  /** Dead letters of all queues. */
  readonly deadLetters: readonly string[];
  /** The sweep itself failed, which sets off an alarm. */
  readonly sweepFailed: boolean;
}

/** After a sweep, once all is quiet. */
export function checkUsers(verdict: Verdict, account: Account, loud: Loud, now: number): void {
  const { settings } = account;
  if (settings.mode === 'observe') return;
  for (const name of account.users) {
    const user = account.user(name);
    if (user === null) continue;
    const must = mustBeHeld(user, settings, now);
    const held = account.isHeld(name);
    const state = () =>
      `${name} (${user.devices.length} devices, ${JSON.stringify(user.tags)}, ` +
      `${user.password ? 'a password' : 'no password'}, ${user.policies.length} policies)`;
    verdict.check(
      'held after the sweep',
      !must || held || isLoud(loud, name),
      () => `${state()} is not held`,
    );
    const stays = settings.release === 'never' && !isBreakGlass(user.tags);
    verdict.check(
      'let go',
      must || !held || stays || isLoud(loud, name),
      () => `${state()} is held`,
    );
  }
}

/** After a sweep while the state table may be away, and nothing else failed: dead letters excuse nobody who stays blocked. */
export function checkWithoutTable(verdict: Verdict, account: Account, now: number): void {
  const { settings } = account;
  for (const name of account.users) {
    const user = account.user(name);
    if (user === null || mustBeHeld(user, settings, now)) continue;
    const stays = settings.release === 'never' && !isBreakGlass(user.tags);
    verdict.check(
      'let go without the table',
      stays || !account.isHeld(name),
      () => `${name} is held (${user.devices.length} devices, ${JSON.stringify(user.tags)})`,
    );
  }
}

/** After a sweep that could not read the policies, the deny group or the credential report. */
export function checkParts(verdict: Verdict, outcomes: readonly Outcome[]): void {
  const finished = outcomes.find(({ kind }) => kind === 'sweep-finished');
  const parts = finished?.kind === 'sweep-finished' ? finished.failedParts : [];
  const named = ['policies', 'deny-group'].every((one) => parts.some(({ part }) => part === one));
  verdict.check('parts fail alone', named, () =>
    finished === undefined
      ? 'the sweep did not finish'
      : `the sweep names as failed only: ${parts.map(({ part }) => part).join(', ')}`,
  );
}

function isLoud({ outcomes, deadLetters, sweepFailed }: Loud, name: string): boolean {
  if (sweepFailed || deadLetters.some((body) => body.includes(`"${name}"`))) return true;
  return outcomes.some(
    (outcome) =>
      (outcome.kind === 'could-not-enforce' && outcome.user === name) ||
      (outcome.kind === 'breaker-open' && outcome.users.includes(name)),
  );
}
