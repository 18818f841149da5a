import type { IAMClient } from '@aws-sdk/client-iam';
import type { Reason } from '../../events/outcome.ts';
import type { Settings } from '../domain/settings.ts';
import type { UserFacts } from '../domain/user-facts.ts';
import type { Breaker } from './breaker.ts';
import type { Enforced } from './enforced.ts';
import { climb } from './ladder.ts';
import { letGo } from './let-go.ts';

/** Holds and releases users. Which one is used is chosen once, by the mode. */
export interface Enforcer {
  /** @param isOld whether the facts are too old by now to act on */
  hold(facts: UserFacts, isOld: () => boolean): Promise<Enforced>;
  /** @param counted it was the enforcer that held the user, so that the breaker has counted it */
  release(facts: UserFacts, counted: boolean): Promise<Enforced>;
  /** Whether an open breaker is to be told of now: once in a while, not once a batch. */
  alertDue(): boolean;
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

  /** Holds a user by the first rung that has room, if the breaker allows it. */
  async hold(facts: UserFacts, isOld: () => boolean): Promise<Enforced> {
    const permit = await this.#breaker.permit();
    switch (permit.kind) {
      case 'open':
        return { kind: 'breaker-open', held: permit.held, limit: permit.limit };
      case 'no-policy':
        return { kind: 'could-not', why: noPolicy(this.#settings) };
      case 'granted':
        if (isOld()) {
          await this.#breaker.giveBack(permit);
          return { kind: 'too-late' };
        }
        return climb(this.#iam, this.#settings, this.#breaker, permit, facts);
      default:
        return permit satisfies never;
    }
  }

  alertDue(): boolean {
    return this.#breaker.alertDue();
  }

  /** Takes away every rung that holds the user, and nothing of the user's own. */
  release(facts: UserFacts, counted: boolean): Promise<Enforced> {
    return letGo(this.#iam, this.#settings, facts, (detach) =>
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
    hold: async () => {
      const permit = await breaker.permit();
      switch (permit.kind) {
        case 'open':
          return { kind: 'breaker-open', held: permit.held, limit: permit.limit };
        case 'no-policy':
          return { kind: 'could-not', why: noPolicy(settings) };
        case 'granted':
          return { kind: 'held', rung: 'managed-policy' };
        default:
          return permit satisfies never;
      }
    },
    alertDue: () => breaker.alertDue(),
    release: async ({ holds }) => ({ kind: 'released', rungs: holds?.rungs ?? [] }),
  };
}

function noPolicy({ policyArn }: Settings): Reason {
  return { code: 'no-policy', text: `the policy ${policyArn} does not exist any more` };
}
