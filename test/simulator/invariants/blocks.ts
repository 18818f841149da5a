import { isSameName } from '../../../events/names.ts';
import type { MemoryUser } from '../../fakes/memory-iam.ts';
import type { Account, Version } from '../account.ts';
import type { Environment } from '../environment.ts';
import { LONGEST_LAG_MS } from '../fault-profile.ts';
import type { Instance } from '../instance.ts';
import { isBlocked, isExempt, limitOf, methodsOf, mustBeBlocked } from '../oracle.ts';
import type { StoredReservations } from '../stored-reservations.ts';
import type { Verdict } from './verdict.ts';

// serverless.yml: the function's time-out.
const AN_INVOCATION_LASTS_MS = 60_000;

interface Event {
  readonly eventName: string;
  readonly eventTime: string;
  readonly requestParameters: {
    readonly userName?: string;
    readonly serialNumber?: string;
    readonly tags?: readonly { key: string; value: string }[];
  };
}

/** Checks at the moment of each block's write what the decision was based on. */
export function watchBlock(
  { clock, counts }: Environment,
  account: Account,
  verdict: Verdict,
  instance: Instance,
  name: string,
): void {
  const { settings } = account;
  const { journal, records, startedAt } = instance.origin;
  verdict.check(
    'sound reading',
    clock.now - startedAt <= AN_INVOCATION_LASTS_MS,
    () =>
      `${name} is blocked on readings that are ${Math.round((clock.now - startedAt) / 1000)} s old`,
  );
  const read = journal.of(name);
  const reads = `it read devices ${JSON.stringify(read.devices)}, tags ${JSON.stringify(read.tags)}, path ${read.path}`;
  const backed =
    read.devices?.length === 0 &&
    read.tags !== undefined &&
    (settings.scope === 'all-users' || read.password === true) &&
    (!isExempt({ name, path: '/', ...read, tags: read.tags }, settings, clock.now) ||
      settings.exemptPassword === 'ends-exemption');
  verdict.check('sound reading', backed, () => `${name} is blocked, and ${reads}`);

  const events = records.flatMap(({ body }) => eventOf(body) ?? []);
  const inHand = events
    .filter(({ requestParameters }) => isSameName(requestParameters?.userName ?? '', name))
    .toSorted((a, b) => Date.parse(a.eventTime) - Date.parse(b.eventTime));
  const stale = inHand.find(
    (event) => protects(event, events, startedAt) && !isSeen(event, read.devices, read.tags),
  );
  verdict.check(
    'sound reading',
    stale === undefined,
    () => `${name} is compared with ${stale?.eventName} in the same batch; ${reads}`,
  );

  // No reading is older than the longest lag. Each may show another moment since then.
  const since = startedAt - LONGEST_LAG_MS - 1_000;
  const history = account.history(name);
  const recent = history.filter(
    ({ at }, index) => at > since || (history[index + 1]?.at ?? Number.POSITIVE_INFINITY) > since,
  );
  const users = recent.flatMap(({ user }) => user ?? []);
  const once = {
    devices: users.some(({ devices }) => devices.length === 0) ? [] : ['a device'],
    password: users.some(({ password }) => password),
  };
  const possible = users.some((user) => mustBeBlocked({ ...user, ...once }, settings, clock.now));
  verdict.check(
    'sound reading',
    possible,
    () => `${name} is blocked and never had to be; ${reads}`,
  );

  const user = account.user(name);
  if (user && !mustBeBlocked(user, settings, clock.now)) {
    counts.add('blocked on a reading that lagged');
  }
}

/** An event of the batch, not undone by a later one, that says the user is protected or exempt. */
function protects(event: Event, all: readonly Event[], now: number): boolean {
  // The enforcer believes its reading after two minutes; its clock may be off.
  if (now - Date.parse(event.eventTime) > 105_000) return false;
  const { serialNumber } = event.requestParameters;
  if (event.eventName !== 'EnableMFADevice') return false;
  return !all.some(
    (other) =>
      ['DeactivateMFADevice', 'DeleteVirtualMFADevice'].includes(other.eventName) &&
      other.requestParameters.serialNumber === serialNumber,
  );
}

function isSeen(
  event: Event,
  devices: readonly string[] | undefined,
  _tags: Readonly<Record<string, string>> | undefined,
): boolean {
  return devices?.includes(event.requestParameters.serialNumber ?? '') ?? false;
}

function eventOf(body: string): Event | null {
  const { detail } = JSON.parse(body) as { detail?: Event };
  return detail?.eventName === undefined ? null : detail;
}

/** Checks the circuit breaker. For some minutes it cannot know of users whom people block by hand. */
export function watchLimit(
  { clock }: Environment,
  account: Account,
  verdict: Verdict,
  mostUsers: number,
): void {
  const limit = limitOf(account.settings, mostUsers);
  const methods = methodsOf(account.settings).slice(0, 3);
  const counted = account.blockedUsers().filter((name) =>
    methods.some((blocks) => {
      const since = sinceWhen(account.history(name), blocks);
      return since !== null && (since.by !== 'people' || since.at < clock.now - 300_000);
    }),
  );
  verdict.check(
    'within the limit',
    counted.length <= limit,
    () => `${counted.length} users are blocked, the limit is ${limit}: ${counted.join(', ')}`,
  );
}

/** The version of a user since which a block method has blocked the user; null where it does not. */
function sinceWhen(
  history: readonly Version[],
  blocks: (user: MemoryUser) => boolean,
): Version | null {
  const before = history.findLastIndex(({ user }) => user === null || !blocks(user));
  return history[before + 1] ?? null;
}

// Clocks are off, and event times have whole seconds.
const CLOCK_OFF_MS = 21_000;

/**
 * Checks that a user who is reported as unblocked has none of the block methods that were there at the decision. Exempt is what
 * people added later, or so shortly before that a reading may not show it.
 */
export function watchUnblocked(
  account: Account,
  verdict: Verdict,
  { user, at }: { readonly user: string; readonly at: string },
): void {
  const decided = Date.parse(at) - CLOCK_OFF_MS;
  const left = methodsOf(account.settings).some((blocks) => {
    const since = sinceWhen(account.history(user), blocks);
    return since !== null && since.at < decided - (since.by === 'people' ? LONGEST_LAG_MS : 0);
  });
  verdict.check(
    'unblocked when reported',
    !left,
    () => `${user} is reported as unblocked, and is ${JSON.stringify(account.user(user))}`,
  );
}

const MINUTES = 60_000;

// The longest time from a refusal to its outcome: both are of one invocation, and clocks are off.
const REFUSED_BEFORE_MS = AN_INVOCATION_LASTS_MS + CLOCK_OFF_MS;

/**
 * Checks a refusal by the breaker: as many users as the limit are blocked, were blocked minutes ago so that IAM's list may still
 * contain them, or have a reservation, which another instance may not have used yet.
 * @param at the outcome's time
 */
export function watchOpen(
  { clock, faults }: Environment,
  account: Account,
  verdict: Verdict,
  fewestUsers: number,
  reservations: StoredReservations,
  at: number,
): void {
  // A process that ends, or cannot write to the table, may leave a reservation that it never used.
  const lost = ['process died', 'note lost', 'frozen with calls under way'];
  if (lost.some((kind) => faults.count(`${kind} (on-iam-change)`) > 0)) return;
  const refusedAt = Math.min(at, clock.now);
  const since = refusedAt - 10 * MINUTES;
  const reserved = reservations.reservedSince(refusedAt - REFUSED_BEFORE_MS, since);
  const blocked = account.everyone.filter((name) => {
    const history = account.history(name);
    const wasBlocked = history.some(
      ({ user }, index) =>
        user !== null &&
        isBlocked(user, account.settings) &&
        (history[index + 1]?.at ?? Number.POSITIVE_INFINITY) > since,
    );
    return wasBlocked || reserved.includes(name);
  });
  const limit = limitOf(account.settings, fewestUsers);
  verdict.check(
    'open when full',
    blocked.length >= limit,
    () => `the breaker is open at ${limit}, and only these count: ${blocked.join(', ') || 'none'}`,
  );
}
