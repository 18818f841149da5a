import { isSameName, nameKey } from '../../../events/names.ts';
import type { Outcome } from '../../../events/outcome.ts';
import type { Account } from '../account.ts';
import type { Environment } from '../environment.ts';
import type { Instance } from '../instance.ts';
import type { Verdict } from './verdict.ts';

/** The event of a call that removed a block method of a user. */
interface Removal {
  readonly eventId: string;
  readonly user: string;
  /** Whole seconds, in ms. */
  readonly at: number;
  /** The user or the role that made the call. */
  readonly by: string;
}

/** A removal that was answered with a block, and which one it was of its actor within an hour. */
interface Answered extends Removal {
  readonly blockedAt: number;
  readonly count: number;
}

interface Detail {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventTime: string;
  readonly requestParameters: Readonly<Record<string, unknown>>;
  readonly userIdentity: { readonly arn?: string };
}

const HOUR_MS = 60 * 60_000;
// docs/block-methods.md: the third removal is reported, and its block waits 30 s. Each further wait is twice as long, up to 5 min.
const CONTESTED_FROM = 3;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 5 * 60_000;
const QUARTER_MS = 15 * 60_000;
// Three without a wait, five after waits of 12.5 minutes in all, and one of the minutes that are left.
const MOST_BLOCKS = 9;
// Clocks are off, and event times have whole seconds.
const CLOCK_OFF_MS = 21_000;

/** Fights: blocks that an actor removes again and again. */
export class Contests {
  readonly #environment: Environment;
  readonly #verdict: Verdict;
  readonly #account: Account;
  /** Every removal by others, in the order of the calls. */
  readonly #removals: Removal[] = [];
  readonly #answered: Answered[] = [];
  readonly #blocks: { readonly user: string; readonly at: number }[] = [];
  readonly #reports: Extract<Outcome, { kind: 'block-contested' }>[] = [];

  constructor(environment: Environment, verdict: Verdict, account: Account) {
    this.#environment = environment;
    this.#verdict = verdict;
    this.#account = account;
  }

  /** An event was recorded, whether it arrives or not. */
  recorded(body: string): void {
    this.#removals.push(...this.#removalsIn(body));
  }

  published(outcome: Outcome): void {
    const isNew = this.#reports.every(({ id }) => id !== outcome.id);
    if (outcome.kind === 'block-contested' && isNew) this.#reports.push(outcome);
  }

  /** The enforcer blocked a user. */
  blocked(name: string, { origin }: Instance): void {
    const { now } = this.#environment.clock;
    const inHand = origin.records.flatMap(({ body }) => this.#removalsIn(body));
    const own = inHand.filter(({ user }) => isSameName(user, name));
    for (const removal of own) this.#answer(removal, now);
    this.#blocks.push({ user: nameKey(name), at: now });
  }

  /** A removal of a user who waits for a block after another removal. It begins no wait. */
  #isInWait({ user, at, eventId }: Removal): boolean {
    const before = this.#removals
      .filter((one) => one.user === user && one.eventId !== eventId && one.at <= at)
      .map((one) => one.at);
    const last = Math.max(...before);
    return (
      at - last < LONGEST_WAIT_MS + CLOCK_OFF_MS &&
      this.#blocks.every((one) => one.user !== user || one.at < last || one.at > at + 1_000)
    );
  }

  #answer(removal: Removal, now: number): void {
    const { user, by, at, eventId } = removal;
    if (this.#answered.some((one) => one.eventId === eventId)) return;
    const earlier = this.#answered.filter(
      (one) => one.user === user && one.by === by && now - one.at < HOUR_MS - CLOCK_OFF_MS,
    );
    const count = earlier.length + 1;
    this.#answered.push({ ...removal, blockedAt: now, count });
    const isLatest = this.#removals.every(
      (one) => one.user !== user || one.eventId === eventId || one.at < at,
    );
    if (count < CONTESTED_FROM || !isLatest || this.#isInWait(removal)) return;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - CONTESTED_FROM));
    this.#verdict.check(
      'fights slow down',
      now >= at + wait - CLOCK_OFF_MS,
      () =>
        `${user} is blocked ${(now - at) / 1000} s after ${by} removed the block ${count} times`,
    );
  }

  /** Checks the reports of all fights, when nothing is due. @param failedMessages of all queues */
  check(failedMessages: readonly string[]): void {
    for (const { user, by, blockedAt, count } of this.#answered) {
      if (count < CONTESTED_FROM) continue;
      const isReported = this.#reports.some(
        (one) =>
          isSameName(one.user, user) &&
          one.count >= CONTESTED_FROM &&
          Math.abs(blockedAt - Date.parse(one.at)) < HOUR_MS + CLOCK_OFF_MS,
      );
      this.#verdict.check(
        'fights are reported',
        isReported || failedMessages.some((body) => body.includes('block-contested')),
        () => `${by} removed the block of ${user} ${count} times, and no message says so`,
      );
    }
    this.#checkNames();
    this.#checkOnce();
    this.#checkBounds();
  }

  /** A report names the actor of the removal, who removed the block at least three times and not less often than it says. */
  #checkNames(): void {
    for (const { id, user, cause, count } of this.#reports) {
      const eventId = cause.kind === 'event' ? cause.eventId : '';
      const last = this.#removals.find((one) => one.eventId === eventId);
      const all = this.#removals.filter((one) => one.user === last?.user && one.by === last.by);
      const name = cause.kind === 'event' ? cause.actor.name : '';
      this.#verdict.check(
        'fights are reported',
        last !== undefined &&
          isSameName(last.user, user) &&
          name.split('/')[0] === last.by &&
          count >= CONTESTED_FROM &&
          count <= all.length,
        () => `${id} names ${name}, ${count} times; ${last?.by} did so ${all.length} times`,
      );
    }
  }

  #checkOnce(): void {
    const { faults } = this.#environment;
    const lost = ['process died', 'note lost', 'frozen with calls under way'];
    if (lost.some((kind) => faults.count(`${kind} (on-iam-change)`) > 0)) return;
    const sorted = this.#reports.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
    for (const [index, { user, at, id }] of sorted.entries()) {
      const before = sorted.slice(0, index).findLast((one) => isSameName(one.user, user));
      if (before === undefined) continue;
      this.#verdict.check(
        'fights are reported',
        Date.parse(at) - Date.parse(before.at) >= HOUR_MS - CLOCK_OFF_MS,
        () => `${before.id} and ${id} are of the same hour`,
      );
    }
  }

  /** Checks the number of blocks that answer one actor's removals of one user's block. */
  #checkBounds(): void {
    for (const { user, by, blockedAt } of this.#answered) {
      const blocks = new Set(
        this.#answered
          .filter((one) => one.user === user && one.by === by)
          .map((one) => one.blockedAt)
          .filter((at) => at >= blockedAt && at < blockedAt + QUARTER_MS),
      );
      this.#verdict.check(
        'fights are bounded',
        blocks.size <= MOST_BLOCKS,
        () =>
          `${user} was blocked ${blocks.size} times within 15 min, since ${by} removed the block`,
      );
    }
  }

  #removalsIn(body: string): Removal[] {
    const { detail } = JSON.parse(body) as { detail?: Detail };
    if (detail?.requestParameters === undefined) return [];
    const { eventID: eventId, eventName, eventTime, requestParameters, userIdentity } = detail;
    const { policyArn, denyGroup, inlinePolicyName, enforcerRole } = this.#account.settings;
    const ours: Readonly<Record<string, readonly [string, string]>> = {
      DetachUserPolicy: ['policyArn', policyArn],
      RemoveUserFromGroup: ['groupName', denyGroup],
      DeleteUserPolicy: ['policyName', inlinePolicyName],
    };
    const [parameter, name] = ours[eventName] ?? [];
    if (parameter === undefined || name === undefined) return [];
    if (!isSameName(String(requestParameters[parameter]), name)) return [];
    const [, role, user] =
      /(?:assumed-role\/([^/]*)|user\/(.*)$)/.exec(userIdentity.arn ?? '') ?? [];
    const by = role ?? user ?? 'another';
    if (by === enforcerRole) return [];
    const removed = nameKey(String(requestParameters.userName));
    return [{ eventId, user: removed, at: Date.parse(eventTime), by }];
  }
}
