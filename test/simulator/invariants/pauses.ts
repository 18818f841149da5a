import { isSameName, nameKey } from '../../../events/names.ts';
import type { Account } from '../account.ts';
import type { Environment } from '../environment.ts';
import type { Instance } from '../instance.ts';
import type { Verdict } from './verdict.ts';

/** A pause as the state table has it. */
interface Pause {
  readonly since: number;
  readonly writtenAt: number;
}

interface Removal {
  readonly eventName: string;
  readonly eventTime: string;
  readonly requestParameters: {
    readonly userName?: string;
    readonly policyArn?: string;
    readonly groupName?: string;
  };
  readonly userIdentity: {
    readonly type: string;
    readonly sessionContext?: { readonly attributes: { readonly mfaAuthenticated: string } };
  };
}

const PAUSE_MS = 5 * 60_000;
// Clocks are off, and event times have whole seconds.
const CLOCK_OFF_MS = 21_000;

/** The pauses during which users are not blocked again, so that an administrator can delete them. */
export class Pauses {
  readonly #environment: Environment;
  readonly #stored = new Map<string, Pause>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Notes an item of the state table that was just written. */
  written(id: string, body: string): void {
    const [, user] = /^actions\/\d+\/(.*)\/pause$/.exec(id) ?? [];
    if (user === undefined) return;
    const { now } = this.#environment.clock;
    this.#stored.set(user, { since: Date.parse(body), writtenAt: now });
  }

  /**
   * Checks that a user is not blocked within five minutes after an administrator with MFA removed a block method, if the instance
   * has the event in its batch or could read the pause. Only the first removal of a day begins a pause. If the latest removal
   * in the batch is by another caller, the user is blocked at once.
   */
  watchBlock(account: Account, verdict: Verdict, { origin }: Instance, name: string): void {
    const { clock } = this.#environment;
    const stored = this.#stored.get(nameKey(name));
    const removals = origin.records
      .flatMap(({ body }) => removalOf(body, account, name) ?? [])
      .toSorted((a, b) => a.at - b.at);
    if (removals.some(({ at, pauses }) => !pauses && at === removals.at(-1)?.at)) return;
    const inHand = removals.filter(({ pauses }) => pauses).map(({ at }) => at);
    const isKnown = inHand.length > 0 || (stored && stored.writtenAt < origin.startedAt);
    if (!isKnown) return;
    const since = Math.min(...inHand, ...(stored ? [stored.since] : []));
    const seconds = Math.round((clock.now - since) / 1000);
    verdict.check(
      'time to delete',
      clock.now > since + PAUSE_MS - CLOCK_OFF_MS,
      () =>
        `${name} is blocked ${seconds} s after an administrator with MFA removed a block method`,
    );
  }
}

/** When an event removed a block method of the user, and whether its caller begins a pause; null for any other message. */
function removalOf(
  body: string,
  { settings }: Account,
  name: string,
): { readonly at: number; readonly pauses: boolean } | null {
  const { detail } = JSON.parse(body) as { detail?: Removal };
  if (!detail?.requestParameters || !isSameName(detail.requestParameters.userName ?? '', name))
    return null;
  const { policyArn = '', groupName = '' } = detail.requestParameters;
  const isOurs =
    (detail.eventName === 'DetachUserPolicy' && isSameName(policyArn, settings.policyArn)) ||
    (detail.eventName === 'RemoveUserFromGroup' && isSameName(groupName, settings.denyGroup));
  const { sessionContext, type } = detail.userIdentity;
  const isWithMfa = sessionContext?.attributes.mfaAuthenticated === 'true';
  if (!isOurs) return null;
  return { at: Date.parse(detail.eventTime), pauses: isWithMfa && type !== 'IAMUser' };
}
