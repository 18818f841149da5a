import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason } from '../../../events/outcome.ts';
import type { BlockReservation } from '../../domain/review/block-reservations.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import type { UserFacts } from '../../domain/rules/user-facts.ts';
import type { Log } from '../../runtime/log.ts';
import type { StateStore } from '../state-store.ts';
import { blockUser } from './block-user.ts';
import { Breaker, type ReservedRoom } from './circuit-breaker.ts';
import type { Deadline } from './deadline.ts';
import type { Enforced, Refusal } from './enforcement-result.ts';
import { unblock } from './unblock-user.ts';

/** Room to block one user, or the reason why there is none. */
type Reserved =
  | {
      readonly kind: 'reserved';
      /**
       * Blocks a user by the first method with room.
       * @param settlesIn how long reads may not show the change that asks for the block, in seconds
       */
      readonly block: (
        facts: UserFacts,
        deadline: Deadline,
        settlesIn: number,
      ) => Promise<Enforced>;
      /** Cancels the reservation of a user who was certainly not blocked. */
      readonly cancel: () => Promise<void>;
    }
  | Refusal;

/** Blocks and unblocks users. The mode selects the implementation once. */
export interface Enforcer {
  /**
   * Reserves room to block a user. Throws the error of a failed read.
   * @param changedAt CloudTrail's time of the change that asks for the block; null for a sweep
   */
  reserve(user: string, changedAt: Date | null): Promise<Reserved>;
  /** Whether there is no room for the user, by the current list. Throws the error of a failed read. */
  isFull(user: string): Promise<boolean>;
  /** @param isReserved the user may have a reservation, and every method that may block the user was read */
  unblock(facts: UserFacts, isReserved: boolean, deadline: Deadline): Promise<Enforced>;
  /**
   * Ends the reservation of a user who is not blocked.
   * @param before if given, only a reservation for a change before that time ends
   * @param claim ensures that no other instance acts on the user; false if one does
   */
  seenUnblocked(user: string, before: Date | null, claim: () => Promise<boolean>): Promise<void>;
}

/** The enforcer of mode "enforce": it writes to IAM. Throws errors that another try may fix. */
class IamEnforcer implements Enforcer {
  readonly #iam: IAMClient;
  readonly #settings: Settings;
  readonly #breaker: Breaker;

  constructor(iam: IAMClient, settings: Settings, breaker: Breaker) {
    this.#iam = iam;
    this.#settings = settings;
    this.#breaker = breaker;
  }

  reserve(user: string, changedAt: Date | null): Promise<Reserved> {
    return reserveWith(
      this.#breaker,
      this.#settings,
      user,
      changedAt,
      (room, facts, deadline, settlesIn) =>
        blockUser(deadline.limit(this.#iam), this.#settings, room.quotas, facts, settlesIn),
    );
  }

  isFull(user: string): Promise<boolean> {
    return this.#breaker.isFull(user);
  }

  /** Removes every block method from the user, and nothing of the user's own. */
  async unblock(facts: UserFacts, isReserved: boolean, deadline: Deadline): Promise<Enforced> {
    const { user } = facts;
    const reservation = isReserved ? await this.#breaker.reservationOf(user) : null;
    const enforced = await unblock(deadline.limit(this.#iam), this.#settings, facts);
    const isDone =
      enforced.kind === 'unblocked' &&
      enforced.methods.length === facts.attachments?.methods.length;
    if (isDone && reservation) await this.#breaker.end(user, reservation);
    return enforced;
  }

  async seenUnblocked(
    user: string,
    before: Date | null,
    claim: () => Promise<boolean>,
  ): Promise<void> {
    // In this order: an instance that reserves after the claim makes a new reservation, and one that did before can no
    // longer use it.
    const reservation = await this.#breaker.reservationOf(user);
    if (reservation === null || !isBefore(reservation, before) || !(await claim())) return;
    await this.#breaker.end(user, reservation);
  }
}

function isBefore({ changedAt }: BlockReservation, before: Date | null): boolean {
  return before === null || (changedAt !== null && changedAt < before.getTime());
}

/** The enforcer of the settings’ mode, with a circuit breaker of its own. */
export function enforcerOf(
  iam: IAMClient,
  settings: Settings,
  stateStore: StateStore,
  now: () => Date,
  log: Log,
): Enforcer {
  const breaker = new Breaker(iam, settings, stateStore, now, log);
  return settings.mode === 'observe'
    ? observeOnly(settings, breaker)
    : new IamEnforcer(iam, settings, breaker);
}

/** The enforcer of mode "observe": it asks the breaker, and writes nothing. */
function observeOnly(settings: Settings, breaker: Breaker): Enforcer {
  return {
    reserve: (user, changedAt) =>
      reserveWith(breaker, settings, user, changedAt, async () => ({
        kind: 'blocked',
        method: 'managed-policy',
      })),
    isFull: (user) => breaker.isFull(user),
    unblock: async ({ attachments }) => ({
      kind: 'unblocked',
      methods: attachments?.methods ?? [],
    }),
    seenUnblocked: async () => undefined,
  };
}

async function reserveWith(
  breaker: Breaker,
  settings: Settings,
  user: string,
  changedAt: Date | null,
  block: (
    room: ReservedRoom,
    facts: UserFacts,
    deadline: Deadline,
    settlesIn: number,
  ) => Promise<Enforced>,
): Promise<Reserved> {
  const result = await breaker.reserve(user, changedAt);
  switch (result.kind) {
    case 'open':
      return { ...result, kind: 'breaker-open' };
    case 'no-policy':
      return { kind: 'could-not', why: noPolicy(settings) };
    case 'reserved':
      return {
        kind: 'reserved',
        block: (facts, deadline, settlesIn) => block(result, facts, deadline, settlesIn),
        cancel: () => breaker.cancel(result),
      };
    default:
      return result satisfies never;
  }
}

function noPolicy({ policyArn }: Settings): Reason {
  return { code: 'no-policy', text: `the policy ${policyArn} does not exist` };
}
