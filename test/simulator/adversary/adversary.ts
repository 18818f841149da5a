import { nameKey } from '../../../events/names.ts';
import type { MemoryUser } from '../../fakes/memory-iam.ts';
import type { Account } from '../account.ts';
import type { Environment } from '../environment.ts';
import type { EventBus, Sent } from '../event-bus.ts';
import type { Random } from '../random.ts';
import { isDenied } from './propagation.ts';
import { type Strategy, type StrategyName, strategies } from './strategies.ts';

/** One call of an attacker that IAM accepted. */
export interface Act {
  readonly at: number;
  readonly eventName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Whom the call changed, as a key; null for a policy or a group. */
  readonly user: string | null;
  /** A long-term access key signed the call. */
  readonly isByKey: boolean;
  /** The attacker, as an alert names actors. */
  readonly actor: string;
  /** Its event; null where no rule forwards it. */
  readonly sent: Sent | null;
}

/** An attacker works as a user whose credentials were stolen, or in a role. */
type Identity = 'user' | 'role';

// Longer than any pause or delay of the enforcer.
const LONGEST_MS = 15 * 60_000;

/** The attackers of a run: each has every right in IAM, knows the code, and reacts to what it sees. */
export class Adversary {
  readonly acts: Act[] = [];
  readonly #environment: Environment;
  readonly #account: Account;
  readonly #bus: EventBus;
  readonly #random: Random;

  constructor(environment: Environment, account: Account, bus: EventBus) {
    this.#environment = environment;
    this.#account = account;
    this.#bus = bus;
    this.#random = environment.random.fork('adversary');
  }

  /** Starts one to three attackers. Each begins at some time, and has stopped by the last. */
  attack(from: number, until: number): void {
    const { clock } = this.#environment;
    const names = Object.keys(strategies) as StrategyName[];
    const chosen = this.#random.shuffled(names).slice(0, this.#random.whole(1, 3));
    for (const [index, name] of chosen.entries()) {
      const begin = this.#random.between(from, (from + until) / 2);
      const end = this.#random.between(begin + 60_000, Math.min(until, begin + LONGEST_MS));
      clock.after(begin - clock.now, () => {
        const attacker = new Attacker(this, this.#random.fork(`attacker ${index}`), name);
        attacker.work(strategies[name], end);
      });
    }
  }

  get environment(): Environment {
    return this.#environment;
  }

  get account(): Account {
    return this.#account;
  }

  /** Sends the event of a call that IAM accepted. */
  record(act: Omit<Act, 'at' | 'sent'>, identity: Readonly<Record<string, unknown>>): void {
    const { clock, counts, trace } = this.#environment;
    const { eventName, parameters, actor } = act;
    counts.add(`attackers: ${eventName}`);
    trace.note('attacker', `${actor}: ${eventName} ${JSON.stringify(parameters)}`);
    const before = this.#bus.sent.length;
    const versionId = parameters.setAsDefault === true ? { versionId: parameters.versionId } : null;
    const response = versionId && { policyVersion: { ...versionId, isDefaultVersion: true } };
    this.#account.onRecord({ eventName, parameters, response, identity });
    this.acts.push({ ...act, at: clock.now, sent: this.#bus.sent[before] ?? null });
  }
}

/** One attacker, with a strategy. */
export class Attacker {
  readonly random: Random;
  readonly strategy: StrategyName;
  /** The user whom the attacker began with, and who gains. */
  me: string;
  /** Another user. */
  victim: string;
  readonly #adversary: Adversary;
  readonly #propagation: Random;
  readonly #identity: Identity;
  /** A user's calls are signed with a stolen access key, not made in a console session. */
  readonly #isByKey: boolean;
  /** The attacker has a session with MFA. It outlives the device. */
  mfa: boolean;
  #names = 0;

  constructor(adversary: Adversary, random: Random, strategy: StrategyName) {
    this.#adversary = adversary;
    this.random = random;
    this.strategy = strategy;
    this.#propagation = adversary.environment.random.fork('propagation');
    this.#identity = random.pick(['user', 'user', 'role']);
    // A source of its own leaves the other draws unchanged.
    this.#isByKey = random.fork('access key').chance(0.5);
    this.mfa = this.#identity === 'role' && random.chance(0.5);
    const { users } = adversary.account;
    const withoutMfa = users.filter((name) => this.user(name)?.devices.length === 0);
    this.me = random.pick(withoutMfa.length > 0 ? withoutMfa : [...users, 'user-0']);
    const others = users.filter((name) => name !== this.me);
    this.victim = random.pick(others.length > 0 ? others : ['user-0']);
  }

  get account(): Account {
    return this.#adversary.account;
  }

  user(name: string): MemoryUser | null {
    return this.account.user(name);
  }

  /** Looks again and again until that time, and reacts. */
  work({ everyMs: [least, most], react }: Strategy, until: number): void {
    const { clock } = this.#adversary.environment;
    const look = () => {
      if (clock.now >= until) return;
      react(this);
      clock.after(this.random.between(least, most), look);
    };
    look();
  }

  /** A new name. */
  newName(): string {
    this.#names += 1;
    return `spare-${this.strategy.replaceAll(' ', '-')}-${this.#names}`;
  }

  /**
   * One call that changes a user.
   * @returns whether IAM accepted it
   */
  change(
    name: string,
    eventName: string,
    parameters: Readonly<Record<string, unknown>>,
    change: Partial<Omit<MemoryUser, 'name'>> | null,
  ): boolean {
    const user = this.user(name);
    if ((user === null) !== (eventName === 'CreateUser')) return false;
    if (!this.#mayCall(eventName, name)) return false;
    if (change === null) this.account.remove(name);
    else this.account.change(name, change);
    this.#record(eventName, { userName: name, ...parameters }, name);
    return true;
  }

  /** One call that changes a policy or a group. @param apply makes the change */
  edit(eventName: string, parameters: Readonly<Record<string, unknown>>, apply: () => void): void {
    if (!this.#mayCall(eventName, null)) return;
    apply();
    this.#record(eventName, parameters, null);
  }

  /** Renames a user. The attacker goes on under the new name. */
  rename(name: string, newUserName: string): boolean {
    const user = this.user(name);
    if (user === null || this.user(newUserName) || !this.#mayCall('UpdateUser', name)) return false;
    const { name: _, ...rest } = user;
    this.account.remove(name);
    this.account.change(newUserName, rest);
    this.#record('UpdateUser', { userName: name, newUserName }, newUserName);
    if (name === this.me) this.me = newUserName;
    return true;
  }

  #mayCall(eventName: string, target: string | null): boolean {
    const { clock, counts } = this.#adversary.environment;
    if (this.#identity === 'role' || this.mfa) return true;
    const isOwnEnrolment = eventName === 'EnableMFADevice' && target === this.me;
    if (isOwnEnrolment && this.user(this.me)) return true;
    const denied = isDenied(this.account, this.me, clock.now, this.#propagation);
    if (denied) counts.add('denied to attackers');
    return !denied;
  }

  #record(
    eventName: string,
    parameters: Readonly<Record<string, unknown>>,
    user: string | null,
  ): void {
    const { account } = this.account.settings;
    const sessionContext = { attributes: { mfaAuthenticated: String(this.mfa) } };
    const identity =
      this.#identity === 'role'
        ? {
            type: 'AssumedRole',
            arn: `arn:aws:sts::${account}:assumed-role/${ROLE}`,
            sessionContext,
          }
        : {
            type: 'IAMUser',
            userName: this.me,
            arn: `arn:aws:iam::${account}:user/${this.me}`,
            ...(this.#isByKey && !this.mfa ? { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } : {}),
            ...(this.mfa ? { sessionContext } : {}),
          };
    const actor = this.#identity === 'role' ? ROLE : this.me;
    const key = user === null ? null : nameKey(user);
    const isByKey = 'accessKeyId' in identity;
    this.#adversary.record({ eventName, parameters, user: key, actor, isByKey }, identity);
  }
}

const ROLE = 'Intruder/mallory';
