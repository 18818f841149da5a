import { type IAMClient, IAMServiceException } from '@aws-sdk/client-iam';
import type { Reason } from '../../events/outcome.ts';
import type { Settings } from '../domain/settings.ts';
import type { Rung } from '../domain/user-facts.ts';
import { attachPolicy } from '../io/iam/attach-policy.ts';
import { detachPolicy } from '../io/iam/detach-policy.ts';
import type { Breaker } from './breaker.ts';

/** What came of a hold or a release. */
export type Enforced =
  | { readonly kind: 'done'; readonly rung: Rung }
  | { readonly kind: 'could-not'; readonly why: Reason }
  | { readonly kind: 'breaker-open'; readonly held: number; readonly limit: number };

/** Holds and releases users. Which one is used is chosen once, by the mode. */
export interface Enforcer {
  hold(user: string): Promise<Enforced>;
  release(user: string): Promise<Enforced>;
}

/** What a person must do about an error that trying again does not mend, by the SDK's error name. */
const permanent: Readonly<Record<string, string>> = {
  LimitExceededException:
    'the user has as many managed policies as the account’s quota allows: detach one, or raise the quota',
  UnmodifiableEntityException: 'AWS does not let this user be modified',
  PolicyNotAttachableException: 'AWS does not let ForceMFA be attached',
  AccessDenied:
    'the enforcer’s role may not do it: is the user tagged break-glass, or is an SCP in the way?',
  AccessDeniedException:
    'the enforcer’s role may not do it: is the user tagged break-glass, or is an SCP in the way?',
};

/** The enforcer of mode "enforce": writes to IAM. */
export class IamEnforcer implements Enforcer {
  readonly #iam: IAMClient;
  readonly #settings: Settings;
  readonly #breaker: Breaker;

  constructor(iam: IAMClient, settings: Settings, breaker: Breaker) {
    this.#iam = iam;
    this.#settings = settings;
    this.#breaker = breaker;
  }

  /** Attaches ForceMFA, if the breaker allows it. Throws what another try may mend. */
  async hold(user: string): Promise<Enforced> {
    const permit = await this.#breaker.permit();
    switch (permit.kind) {
      case 'open':
        return { kind: 'breaker-open', held: permit.held, limit: permit.limit };
      case 'no-policy':
        return {
          kind: 'could-not',
          why: {
            code: 'no-policy',
            text: `the policy ${this.#settings.policyArn} does not exist: deploy the stack again`,
          },
        };
      case 'granted':
        return attempt(() => attachPolicy(this.#iam, user, this.#settings.policyArn));
      default:
        return permit satisfies never;
    }
  }

  /** Detaches ForceMFA. Throws what another try may mend. */
  release(user: string): Promise<Enforced> {
    return attempt(() => detachPolicy(this.#iam, user, this.#settings.policyArn));
  }
}

/** The enforcer of mode "observe": writes nothing. */
export const observeOnly: Enforcer = {
  hold: async () => ({ kind: 'done', rung: 'managed-policy' }),
  release: async () => ({ kind: 'done', rung: 'managed-policy' }),
};

async function attempt(write: () => Promise<void>): Promise<Enforced> {
  try {
    await write();
    return { kind: 'done', rung: 'managed-policy' };
  } catch (error) {
    const code = error instanceof IAMServiceException ? error.name : '';
    const advice = Object.hasOwn(permanent, code) ? permanent[code] : undefined;
    if (advice === undefined) throw error;
    return { kind: 'could-not', why: { code, text: advice } };
  }
}
