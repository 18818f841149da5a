import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason } from '../../events/outcome.ts';
import type { Settings } from '../domain/settings.ts';
import type { UserFacts } from '../domain/user-facts.ts';
import type { Breaker, Granted } from './breaker.ts';
import type { Enforced, Refusal } from './enforced.ts';
import { climb } from './ladder.ts';
import { letGo } from './let-go.ts';
import type { TimeToAct } from './time-to-act.ts';

/** Leave to hold one more user, or why there is none. */
type Leave =
  | {
      readonly kind: 'granted';
      /**
       * Blocks a user by the first method that has room.
       * @param settlesIn how long IAM may still be spreading the change that asks for it, in seconds
       */
      readonly hold: (facts: UserFacts, time: TimeToAct, settlesIn: number) => Promise<Enforced>;
      /** Nobody was held after all. */
      readonly giveBack: () => Promise<void>;
    }
  | Refusal;

/** Holds and releases users. Which one is used is chosen once, by the mode. */
export interface Enforcer {
  /** Asks for leave to hold one more user. Throws what a failed read throws. */
  permit(): Promise<Leave>;
  /** @param counted it was the enforcer that held the user, so that the breaker has counted it */
  release(facts: UserFacts, counted: boolean, time: TimeToAct): Promise<Enforced>;
  /** Tells of an open breaker: once in a while, not once a batch. Throws what telling throws. */
  tellOnce(tell: () => Promise<void>): Promise<void>;
}

/** The enforcer of mode "enforce": writes to IAM. Throws what another try may mend. */
class IamEnforcer implements Enforcer {
  readonly #iam: IAMClient;
  readonly #settings: Settings;
  readonly #breaker: Breaker;

  constructor(iam: IAMClient, settings: Settings, breaker: Breaker) {
    this.#iam = iam;
    this.#settings = settings;
    this.#breaker = breaker;
  }

  permit(): Promise<Leave> {
    return leaveOf(this.#breaker, this.#settings, (permit, facts, time, settlesIn) =>
      climb(time.limit(this.#iam), this.#settings, this.#breaker, permit, facts, settlesIn),
    );
  }

  tellOnce(tell: () => Promise<void>): Promise<void> {
    return this.#breaker.tellOnce(tell);
  }

  /** Takes away every rung that holds the user, and nothing of the user's own. */
  release(facts: UserFacts, counted: boolean, time: TimeToAct): Promise<Enforced> {
    return letGo(time.limit(this.#iam), this.#settings, facts, (detach) =>
      counted ? this.#breaker.releasing(detach) : detach(),
    );
  }
}

/** The enforcer of a mode: the choice is made here, once. */
export function enforcerOf(iam: IAMClient, settings: Settings, breaker: Breaker): Enforcer {
  return settings.mode === 'observe'
    ? observeOnly(settings, breaker)
    : new IamEnforcer(iam, settings, breaker);
}

/** The enforcer of mode "observe": asks the breaker too, and writes nothing. */
function observeOnly(settings: Settings, breaker: Breaker): Enforcer {
  return {
    permit: () =>
      leaveOf(breaker, settings, async () => ({ kind: 'held', rung: 'managed-policy' })),
    tellOnce: (tell) => breaker.tellOnce(tell),
    release: async ({ holds }) => ({ kind: 'released', rungs: holds?.rungs ?? [] }),
  };
}

async function leaveOf(
  breaker: Breaker,
  settings: Settings,
  hold: (
    permit: Granted,
    facts: UserFacts,
    time: TimeToAct,
    settlesIn: number,
  ) => Promise<Enforced>,
): Promise<Leave> {
  const permit = await breaker.permit();
  switch (permit.kind) {
    case 'open':
      return { ...permit, kind: 'breaker-open' };
    case 'no-policy':
      return { kind: 'could-not', why: noPolicy(settings) };
    case 'granted':
      return {
        kind: 'granted',
        hold: (facts, time, settlesIn) => hold(permit, facts, time, settlesIn),
        giveBack: () => breaker.giveBack(permit),
      };
    default:
      return permit satisfies never;
  }
}

function noPolicy({ policyArn }: Settings): Reason {
  return { code: 'no-policy', text: `the policy ${policyArn} does not exist any more` };
}
