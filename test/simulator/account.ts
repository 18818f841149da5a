import { nameKey } from '../../events/names.ts';
import { forceMfaBoundary, forceMfaPolicy } from '../../functions/domain/rules/force-mfa.ts';
import type { Settings } from '../../functions/domain/rules/settings.ts';
import { REPORT_KEPT_MS } from '../fakes/memory-credential-report.ts';
import {
  accessDenied,
  concurrentModification,
  MemoryIam,
  type MemoryUser,
  noSuchEntity,
  temporarilyUnmodifiable,
} from '../fakes/memory-iam.ts';
import type { Environment } from './environment.ts';
import type { Instance } from './instance.ts';
import { isBlocked, isBreakGlass } from './oracle.ts';
import { isProbeCall } from './probe-draws.ts';
import type { Random } from './random.ts';

/** A user of the account as it was from a time on; null where there was none. */
export interface Version {
  readonly at: number;
  readonly user: MemoryUser | null;
  /** 'us': the enforcer. */
  readonly by: 'people' | 'us';
}

/** CloudTrail's record of a call that changed something. */
export interface Recorded {
  readonly eventName: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>> | null;
  readonly identity: Readonly<Record<string, unknown>>;
}

/** The role of nightly-sweep. */
export const sweepRoleArn = (account: string) => `arn:aws:iam::${account}:role/nightly-sweep`;

// The calls that the enforcer's role denies explicitly for users tagged break-glass (infra/roles.yml).
const DENIED_FOR_BREAK_GLASS = ['AttachUserPolicy', 'PutUserPermissionsBoundary', 'PutUserPolicy'];

/**
 * An AWS account with its IAM users. Quotas and paging are those of MemoryIam. Each reading lags by a random time, so that a
 * later one may be older than an earlier one.
 */
export class Account {
  readonly iam: MemoryIam;
  readonly settings: Settings;
  /** What a call of the enforcer did to a user: blocked, unblocked, or neither. */
  onBlock: (user: string, instance: Instance, action: string) => void = () => undefined;
  onUnblock: (user: string, instance: Instance) => void = () => undefined;
  /** The call wrote, with or without effect, and may require an alert. */
  onWrite: (user: string, instance: Instance) => void = () => undefined;
  onChange: (user: string, instance: Instance, action: string) => void = () => undefined;
  onRecord: (recorded: Recorded) => void = () => undefined;
  /** The enforcer tagged a policy. Its event was just recorded. */
  onTag: (input: Readonly<Record<string, unknown>>, instance: Instance) => void = () => undefined;
  /** When a sweep read a credential report that is older than itself, and when IAM had made that. */
  readonly oldReports: { readonly at: number; readonly madeAt: number }[] = [];
  readonly #environment: Environment;
  readonly #random: Random;
  readonly #conflicts: Random;
  readonly #probes: Random;
  readonly #reports: Random;
  readonly #history = new Map<string, Version[]>();
  /** Users whom a write has reached since they were last created: from then on every write does. */
  readonly #known = new Map<string, Version>();

  constructor(environment: Environment, settings: Settings) {
    this.#environment = environment;
    this.#random = environment.random.fork('account');
    this.#conflicts = environment.random.fork('conflicts');
    this.#probes = environment.random.fork('probes of the account');
    this.#reports = environment.random.fork('credential reports');
    this.settings = settings;
    this.iam = new MemoryIam({ account: settings.account, now: () => environment.clock.now });
    this.#makesReports();
    const { policyArn, boundaryArn, enrolWith } = settings;
    const deployed = (v1: object) => ({ defaultId: 'v1', versions: { v1 } });
    this.iam.managed[policyArn] = deployed(forceMfaPolicy('aws', enrolWith));
    this.iam.managed[boundaryArn] = deployed(forceMfaBoundary('aws', enrolWith));
    this.iam.groupDocument = forceMfaPolicy('aws', enrolWith);
  }

  get users(): string[] {
    return [...this.#history.keys()].flatMap((key) => this.iam.user(key)?.name ?? []).toSorted();
  }

  /** All there ever were. */
  get everyone(): string[] {
    return [...this.#history.keys()];
  }

  user(name: string): MemoryUser | null {
    return this.iam.user(name);
  }

  history(name: string): readonly Version[] {
    return this.#history.get(nameKey(name)) ?? [];
  }

  isBlocked(name: string): boolean {
    const user = this.user(name);
    return user !== null && isBlocked(user, this.settings);
  }

  blockedUsers(): string[] {
    return this.users.filter((name) => this.isBlocked(name));
  }

  /** A change by people. */
  change(name: string, change: Partial<Omit<MemoryUser, 'name'>>): void {
    const isNew = this.user(name) === null;
    const createdAt = new Date(this.#environment.clock.now);
    this.iam.put(name, isNew ? { createdAt, ...change } : change);
    this.#note(name, 'people');
  }

  remove(name: string): void {
    this.iam.remove(name);
    this.#note(name, 'people');
  }

  /** One call of the enforcer. */
  call(action: string, input: Record<string, unknown>, instance: Instance): object {
    const { profile, clock } = this.#environment;
    this.iam.pages = profile.pages;
    if (/CredentialReport$/.test(action)) return this.#report(action, input, instance);
    if (/^(Get|List|Generate|Simulate)/.test(action)) {
      const random = isProbeCall(action, input, instance) ? this.#probes : this.#random;
      return this.#read(action, input, random);
    }
    if (action === 'TagPolicy') return this.#tag(input, instance);
    const typed = String(input.UserName ?? '');
    const user = this.user(typed);
    const name = user?.name ?? typed;
    if (user && DENIED_FOR_BREAK_GLASS.includes(action) && isBreakGlass(user.tags)) {
      throw accessDenied();
    }
    // A write may reach an endpoint that does not know the user yet.
    const youngest = this.history(name).findLast((_, index, all) => !all[index - 1]?.user);
    const isKnown = youngest !== undefined && this.#known.get(name) === youngest;
    if (youngest && !isKnown && clock.now - youngest.at < this.#lag()) {
      this.#environment.faults.add('user not visible to a write (iam)');
      throw noSuchEntity();
    }
    if (youngest) this.#known.set(name, youngest);
    if (user) this.#refuseForNow(name, youngest);
    const blockedBefore = this.isBlocked(name);
    const answer = this.iam.call(action, input);
    if (action === 'SetDefaultPolicyVersion') {
      this.#record(action, input, instance);
      return answer;
    }
    const changed = this.user(name) !== user;
    // A person did the same a moment ago, and the enforcer's reading did not show it.
    const late = this.history(name).some(
      ({ at, by }) => by === 'people' && at > clock.now - 120_000,
    );
    if (changed || late) this.onChange(name, instance, action);
    if (changed) this.#note(name, 'us');
    this.onWrite(name, instance);
    this.#record(action, input, instance);
    const blockedAfter = this.isBlocked(name);
    if (blockedAfter && !blockedBefore) this.onBlock(name, instance, action);
    if (blockedBefore && !blockedAfter) this.onUnblock(name, instance);
    return answer;
  }

  /** @throws IAM's answers of status 409 */
  #refuseForNow(name: string, youngest: Version | undefined): void {
    const { profile, clock, faults } = this.#environment;
    const { concurrent, unmodifiableMs } = profile.conflicts;
    const isMadeAnew = youngest !== undefined && this.history(name)[0] !== youngest;
    // Most readings lag by a few seconds, some by the longest lag.
    const lasts =
      isMadeAnew && unmodifiableMs * this.#conflicts.fork(`${name}/${youngest.at}`).next() ** 2;
    if (lasts && clock.now - youngest.at < lasts) {
      faults.add('temporarily unmodifiable (iam)');
      throw temporarilyUnmodifiable();
    }
    if (concurrent === 0 || !this.#conflicts.chance(concurrent)) return;
    faults.add('concurrent modification (iam)');
    throw concurrentModification();
  }

  #tag(input: Record<string, unknown>, instance: Instance): object {
    const { concurrent } = this.#environment.profile.conflicts;
    if (concurrent > 0 && this.#probes.chance(concurrent)) {
      this.#environment.faults.add('concurrent modification (iam)');
      throw concurrentModification();
    }
    const answer = this.iam.call('TagPolicy', input);
    this.#record('TagPolicy', input, instance);
    this.onTag(input, instance);
    return answer;
  }

  /** IAM may have made a credential report for another caller in the last hours. */
  mayHaveReport(): void {
    if (this.#reports.chance(0.5)) return;
    const age = this.#reports.next() * REPORT_KEPT_MS;
    this.iam.credentialReport.madeBefore(this.#environment.clock.now - age);
  }

  #makesReports(): void {
    const { credentialReport } = this.iam;
    const { clock, faults } = this.#environment;
    credentialReport.takesMs = () => {
      const { takes } = this.#environment.profile.report;
      return this.#reports.next() ** 2 * takes;
    };
    this.iam.rowLag = (key) => {
      const { lag, earlierUser } = this.#environment.profile.report;
      const made = credentialReport.madeAt(clock.now);
      const draw = this.#reports.fork(`${key}/${made}`);
      const lagsBy = draw.next() ** 2 * lag;
      const seen = this.history(key).filter(({ at }) => at <= made);
      const deleted = seen.findLast(({ user }) => user === null);
      if (deleted === undefined || !draw.chance(earlierUser)) return lagsBy;
      faults.add('row of an earlier user (credential report)');
      return made - deleted.at + 1;
    };
  }

  #report(action: string, input: Record<string, unknown>, instance: Instance): object {
    const { clock, faults } = this.#environment;
    try {
      const answer = this.iam.call(action, input) as { State?: string };
      if (answer.State !== undefined && answer.State !== 'COMPLETE') {
        faults.add('not ready (credential report)');
      }
      if (action === 'GetCredentialReport') {
        const madeAt = this.iam.credentialReport.madeAt(clock.now);
        if (this.#isOld(madeAt, instance)) {
          faults.add('older than the sweep (credential report)');
          this.oldReports.push({ at: clock.now, madeAt });
        }
      }
      return answer;
    } catch (error) {
      faults.add(`${(error as Error).name} (credential report)`);
      throw error;
    }
  }

  #isOld(madeAt: number, { origin }: Instance): boolean {
    const [message] = origin.records;
    const { startedAt } = JSON.parse(message?.body ?? '{}') as { startedAt?: string };
    return Math.floor(madeAt / 1000) < Math.floor(Date.parse(startedAt ?? '') / 1000);
  }

  #read(action: string, input: Record<string, unknown>, random: Random): object {
    const { clock, counts } = this.#environment;
    // All pages of one listing show the same moment.
    const [marker, snapshot] = String(input.Marker ?? '').split('@');
    const at = snapshot === undefined ? clock.now - this.#lag(random) : Number(snapshot);
    this.iam.lag = clock.now - at;
    counts.add('readings');
    const latest = typeof input.UserName === 'string' ? this.history(input.UserName).at(-1) : null;
    if (latest && latest.at > at) counts.add('stale readings of a user');
    try {
      const known = input.Marker === undefined ? input : { ...input, Marker: marker };
      const answer = this.iam.call(action, known) as { Marker?: string };
      return answer.Marker === undefined ? answer : { ...answer, Marker: `${answer.Marker}@${at}` };
    } finally {
      this.iam.lag = 0;
    }
  }

  #lag(random = this.#random): number {
    const { most, share } = this.#environment.profile.lag;
    if (most === 0 || !random.chance(share)) return 0;
    return random.next() ** 2 * most;
  }

  #note(name: string, by: Version['by']): void {
    const versions = [...this.history(name)];
    versions.push({ at: this.#environment.clock.now, user: this.iam.user(name), by });
    this.#history.set(nameKey(name), versions);
  }

  #record(action: string, input: Record<string, unknown>, instance: Instance): void {
    const { account, enforcerRole } = this.settings;
    const parameters = asRecorded(input) as Recorded['parameters'];
    const isSweep = instance.functionName === 'nightly-sweep';
    const role = isSweep ? 'nightly-sweep' : enforcerRole;
    const arn = `arn:aws:sts::${account}:assumed-role/${role}/${instance.functionName}`;
    const sessionIssuer = { type: 'Role', arn: sweepRoleArn(account), userName: role };
    const session = isSweep ? { sessionContext: { sessionIssuer } } : {};
    const identity = { type: 'AssumedRole', arn, ...session };
    this.onRecord({ eventName: action, parameters, response: null, identity });
  }
}

/** A call's input as CloudTrail records it: the names begin with a small letter. */
function asRecorded(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(asRecorded);
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      asRecorded(value),
    ]),
  );
}
