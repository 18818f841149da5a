import type { Settings } from '../../functions/domain/rules/settings.ts';
import { Adversary } from './adversary/adversary.ts';
import { calm, drawFaultProfile } from './fault-profile.ts';
import { checkAlone } from './invariants/alone.ts';
import {
  checkParts,
  checkRefused,
  checkUsers,
  checkWithoutTable,
  type Loud,
} from './invariants/at-rest.ts';
import { checkAfterAttack, checkPolicies, checkReported } from './invariants/attacks.ts';
import { checkFights } from './invariants/fights.ts';
import { checkQueue } from './invariants/messages.ts';
import type { Violation } from './invariants/verdict.ts';
import { namedProfile, namedProfiles, type ProfileName } from './named-profiles.ts';
import { isBlocked } from './oracle.ts';
import { People } from './people.ts';
import { Random } from './random.ts';
import { DAY, MINUTE, START, setup } from './setup.ts';
import type { Tally } from './tally.ts';
import type { TraceLine } from './trace.ts';
import type { World } from './world.ts';

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly faults: Tally;
  readonly counts: Tally;
  readonly checks: Tally;
  readonly fingerprint: string;
  readonly trace: readonly TraceLine[];
}

export interface RunOptions {
  readonly keepTrace?: boolean;
  /** Laid over the profile that the seed draws. */
  readonly profile?: ProfileName | null;
}

/** One run from its seed: changes by people under faults, a sweep under faults, then a sweep without faults. */
export async function run(
  seed: number,
  { keepTrace = false, profile = null }: RunOptions = {},
): Promise<RunResult> {
  const draw = new Random(`${seed}/plan`);
  const minutes = draw.whole(5, 40);
  const settings = { ...drawSettings(draw), ...(profile && namedProfiles[profile].settings) };
  const { world, environment, checks } = setup(String(seed), settings, { keepTrace });
  const isAttacked = profile === null ? seed % 5 === 4 : profile === 'adversary';
  await play(world, draw, { minutes, profile, isAttacked });
  return {
    seed,
    violations: world.verdict.violations,
    faults: environment.faults,
    counts: environment.counts,
    checks,
    fingerprint: environment.trace.fingerprint,
    trace: environment.trace.lines,
  };
}

interface Plan {
  readonly minutes: number;
  readonly profile: ProfileName | null;
  /** Without a named profile every fifth run has attackers. */
  readonly isAttacked: boolean;
}

async function play(
  world: World,
  draw: Random,
  { minutes, profile, isAttacked }: Plan,
): Promise<void> {
  const { environment, verdict, account } = world;
  const { clock } = environment;
  const people = new People(environment, account);
  people.settle(draw.whole(3, 14));
  await clock.runUntil(START);
  clock.now = START;
  account.mayHaveReport();
  world.look();

  const peopleStop = START + minutes * MINUTE;
  const drawn = drawFaultProfile(draw, START, minutes);
  environment.profile = profile === null ? drawn : namedProfile(drawn, profile, draw, START);
  const waitMs = draw.between(15_000, 150_000);
  people.work(peopleStop, (profile && namedProfiles[profile].peopleWaitMs) ?? waitMs);
  const drawnSweeps = draw.pick([0, 0, 1, 2]);
  const sweeps = (profile && namedProfiles[profile].sweeps) ?? drawnSweeps;
  for (let index = 0; index < sweeps; index += 1) {
    clock.after(draw.between(0, minutes) * MINUTE, () => world.startSweep());
  }
  const adversary = new Adversary(environment, account, world.bus);
  if (isAttacked) adversary.attack(START, peopleStop);
  world.isCalm = profile === 'adversary';
  await rest(world);
  const { acts } = adversary;
  if (sweeps === 0) checkAfterAttack(verdict, account, acts, loud(world, 0), clock.now);
  if (sweeps === 0)
    checkAlone(verdict, account, world.bus.sent, loud(world, 0), world.graces, clock.now);

  // After two minutes every reading shows the changes by people. Faults go on.
  await quietMinutes(world, 5);
  await sweepAndCheck(world);
  if (profile === 'table-unavailable') checkWithoutTable(verdict, account, clock.now);

  environment.profile = calm;
  await quietMinutes(world, 5);
  world.changes.redrive();
  world.outcomes.redrive();
  await rest(world);
  // The next night, for which IAM makes a new credential report.
  await quietMinutes(world, 5 * 60);
  // A source of its own leaves the other draws unchanged.
  const partsUnreadable = new Random(`${draw.next()}/parts`).chance(0.3);
  environment.profile = partsUnreadable ? { ...calm, partsUnreadable } : calm;
  await sweepAndCheck(world);
  const isTimely = profile === 'adversary';
  checkReported(verdict, account, acts, world.published, loud(world, 0), clock.now, isTimely);
  if (account.settings.mode === 'enforce') {
    const between = (user: string, from: number, to: number) =>
      account.history(user).filter(({ by, at }) => by === 'people' && at > from && at < to);
    world.alerts.check(verdict, environment.faults, {
      changed: (...when) => between(...when).length > 0,
      blocked: (...when) =>
        between(...when).some(({ user }) => user !== null && isBlocked(user, account.settings)),
    });
  }
  world.contests.check(loud(world, 0).failedMessages);
  const died = environment.faults.count('process died (on-iam-change)');
  const sweepsInAll = environment.counts.count('sweeps');
  checkFights(
    verdict,
    account,
    world.written,
    (changes) => 4 * changes + 2 * sweepsInAll + 2 * died + 4,
  );
}

async function sweepAndCheck(world: World): Promise<void> {
  const { clock } = world.environment;
  const since = clock.now;
  const failed = world.sweepsFailed.length + world.sweeps.failedMessages.length;
  world.startSweep();
  await rest(world);
  const found = loud(world, since);
  const { partsUnreadable } = world.environment.profile;
  if (partsUnreadable) checkParts(world.verdict, found.outcomes);
  else if (world.environment.profile === calm) checkPolicies(world.verdict, world.account, found);
  // Its failed checks end in a dead-letter queue, which does not explain a user in the wrong state.
  const sweepFailed =
    !partsUnreadable && world.sweepsFailed.length + world.sweeps.failedMessages.length > failed;
  const oldReports = world.account.oldReports.filter(({ at }) => at >= since);
  const { verdict, account, graces } = world;
  checkUsers(verdict, account, { ...found, sweepFailed }, oldReports, graces, clock.now);
}

function loud(
  { published, changes, sweeps, outcomes, bus, sweepsFailed }: World,
  since: number,
): Loud {
  return {
    outcomes: published.filter(({ at }) => at >= since).map(({ outcome }) => outcome),
    waiting: changes.waitingForRoom,
    named: new Set(
      published.flatMap(({ outcome }) => (outcome.kind === 'breaker-open' ? outcome.users : [])),
    ),
    failedMessages: [...changes.failedMessages, ...outcomes.failedMessages, ...bus.undelivered],
    sweepFailed: sweepsFailed.length + sweeps.failedMessages.length > 0,
  };
}

/** Runs until nothing is due except reviews of users who wait for room, and these have been repeated a few times. */
async function rest(world: World): Promise<void> {
  const { clock } = world.environment;
  const until = clock.now + 10 * DAY;
  let isOver = await clock.runUntil(clock.now + AT_WORK_MINUTES * MINUTE, () => world.look());
  for (let quiet = 0; !isOver && quiet < QUIET_MINUTES && clock.now < until; ) {
    isOver = await clock.runUntil(clock.now + MINUTE, () => world.look());
    quiet = world.onlyWaitsForRoom ? quiet + 1 : 0;
  }
  checkRefused(world.verdict, world.account, loud(world, 0), clock.now);
  checkQueue(world.verdict, world.changes);
  checkQueue(world.verdict, world.sweeps);
  checkQueue(world.verdict, world.outcomes);
  world.paths.checkReports(world.sweeps, world.changes);
}

async function quietMinutes(world: World, minutes: number): Promise<void> {
  const { clock } = world.environment;
  const until = clock.now + minutes * MINUTE;
  await clock.runUntil(until, () => world.look());
  clock.now = until;
}

// People make changes for 40 minutes at most, and sweeps begin in that time.
const AT_WORK_MINUTES = 45;
// An event is late by 15 minutes at most. A user who waits for room is reviewed at least every 15 minutes.
const QUIET_MINUTES = 40;

const EXEMPT_USERS = [['robot-*'], ['/machines/*'], ['*bot-*', '/machines/*']];

function drawSettings(draw: Random): Partial<Settings> {
  // A source of its own leaves the other draws unchanged.
  const enrolment = draw.fork('enrolment');
  const exempting = draw.fork('exempting');
  return {
    enrolWith: enrolment.chance(0.7) ? 'console' : 'console-and-keys',
    exemptUsers: exempting.chance(0.6) ? [] : exempting.pick(EXEMPT_USERS),
    mode: draw.chance(0.9) ? 'enforce' : 'observe',
    scope: draw.chance(0.7) ? 'all-users' : 'console-users',
    unblock: draw.chance(0.85) ? 'on-enrolment' : 'never',
    exemptPassword: draw.chance(0.8) ? 'keep' : 'ends-exemption',
    blockLimit: draw.chance(0.6) ? 'auto' : draw.whole(1, 8),
    boundaryDeny: draw.chance(0.8),
    inlineDeny: draw.chance(0.3),
  };
}
