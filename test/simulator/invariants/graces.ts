import type { Outcome } from '../../../events/outcome.ts';
import type { MemoryUser } from '../../fakes/memory-iam.ts';
import type { Account } from '../account.ts';
import type { Environment } from '../environment.ts';
import { LONGEST_LAG_MS } from '../fault-profile.ts';
import { isBlocked, mustBeBlocked } from '../oracle.ts';
import { START } from '../setup.ts';
import type { Verdict } from './verdict.ts';

const HOUR_MS = 3_600_000;
// Clocks are off.
const CLOCK_OFF_MS = 11_000;
// A message that waits comes back within 15 minutes, and its tries end within 20.
const LATE_MS = 35 * 60_000;

type Reminder = Extract<Outcome, { kind: 'enrolment-due' }>;

/** The time that users have to enrol, worked out a second time from the history of the account. */
export class Graces {
  readonly #environment: Environment;
  readonly #account: Account;
  readonly #verdict: Verdict;
  /** The account's entry, as first written. */
  #begun: number | null = null;
  /** User ID → the end of the time, in the first reminder. */
  readonly #until = new Map<string, string>();

  constructor(environment: Environment, account: Account, verdict: Verdict) {
    this.#environment = environment;
    this.#account = account;
    this.#verdict = verdict;
  }

  get #hours(): number {
    return this.#account.settings.graceHours * HOUR_MS;
  }

  /** Notes an item of the state table that was just written: the account's begin stays. */
  written(id: string, body: string): void {
    if (!/^grace\/\d+$/.test(id)) return;
    const since = Date.parse((JSON.parse(body) as { since: string }).since);
    this.#begun ??= since;
    this.#verdict.check(
      'one grace period',
      since === this.#begun,
      () => `the account’s begin was ${this.#begun}, and is ${since}`,
    );
  }

  /** Notes an outcome that was just published. */
  published(outcome: Outcome): void {
    if (outcome.kind === 'enrolment-due') this.#reminded(outcome);
    if (outcome.kind !== 'user-blocked' || outcome.mode === 'observe') return;
    if (!outcome.reasons.some(({ code }) => code === 'grace-over')) return;
    const isReminded = [...this.#until.keys()].some((key) => key.startsWith(`${outcome.user}/`));
    const user = this.#account.user(outcome.user);
    // A user who is seen first when the time is over has no message.
    const seenLate = user !== null && this.#environment.clock.now - this.#since(user) > this.#hours;
    this.#verdict.check(
      'one grace period',
      isReminded || seenLate,
      () => `${outcome.user} is blocked after a time that no message named`,
    );
  }

  #reminded({ id, user, until }: Reminder): void {
    const [, , , userId = '', step] = id.split('/');
    const known = [...this.#until].find(([key]) => key.endsWith(`/${userId}`));
    if (known === undefined) this.#until.set(`${user}/${userId}`, until);
    this.#verdict.check(
      'one grace period',
      known === undefined || known[1] === until,
      () => `${user} had time until ${known?.[1]}, and in the message ${step} until ${until}`,
    );
  }

  /** When the user's time begins at the latest. */
  #since({ createdAt }: Pick<MemoryUser, 'createdAt'>): number {
    return Math.max(createdAt.getTime(), this.#begun ?? this.#environment.clock.now);
  }

  /** Whether the user may have time to enrol now, or had it until a moment ago. */
  mayHaveTime(user: MemoryUser): boolean {
    if (this.#hours === 0) return false;
    return this.#environment.clock.now < this.#since(user) + this.#hours + LATE_MS;
  }

  /**
   * Checks that a user is not blocked who has time to enrol: one who was created after the start and never had a device or a block,
   * or one who was to be blocked from the start on.
   */
  watchBlock(name: string): void {
    if (this.#hours === 0) return;
    const { settings } = this.#account;
    const { clock } = this.#environment;
    const user = this.#account.user(name);
    if (user === null) return;
    // Under all names of the user, before this block.
    const users = this.#account.everyone
      .flatMap((one) => this.#account.history(one))
      .flatMap((version) => (version.user?.id === user.id ? [version.user] : []))
      .filter((version) => version !== user);
    const isClean = users.every(
      (version) => version.devices.length === 0 && !isBlocked(version, settings),
    );
    const isOld = user.createdAt.getTime() <= (this.#begun ?? 0) + CLOCK_OFF_MS;
    const isSeen = users.every((version) => mustBeBlocked(version, settings, clock.now));
    // A block of an earlier user of the name, by a clock that is ahead, counts for the next one. And a reading may show the earlier user.
    const before = this.#account
      .history(name)
      .filter((version) => version.user !== null && version.user.id !== user.id);
    const age = clock.now - user.createdAt.getTime();
    const isReused =
      before.some(({ at }) => user.createdAt.getTime() - at < 2 * CLOCK_OFF_MS) ||
      (before.length > 0 && age < LONGEST_LAG_MS + CLOCK_OFF_MS);
    if (!isClean || isReused || (isOld && !isSeen)) return;
    const until = Math.max(user.createdAt.getTime(), START) + this.#hours;
    this.#verdict.check(
      'time to enrol',
      clock.now >= until - CLOCK_OFF_MS,
      () => `${name} is blocked ${Math.round((until - clock.now) / 60_000)} min too early`,
    );
  }
}
