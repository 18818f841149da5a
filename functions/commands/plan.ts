import type { Command } from 'commander';
import type { Rung } from '../../events/outcome.ts';
import { holdRoom } from '../domain/hold-limit.ts';
import { getPolicy } from '../io/iam/get-policy.ts';
import type { Examined } from '../pipeline/examine.ts';
import { type KeyInUse, keysInUse, planSweep } from '../pipeline/sweep-plan.ts';
import { jsonText } from '../render/json-text.ts';
import { countOf } from '../render/report/text.ts';
import { type Account, connect } from './account.ts';
import { type AccountOptions, withAccountOptions } from './options.ts';
import { readingUsers } from './reading-users.ts';
import { settingsWords } from './settings-words.ts';
import { type Run, type Shell, type Status, statuses } from './shell.ts';

interface PlanOptions extends AccountOptions {
  readonly json?: boolean;
}

/** What a sweep would do, as `plan --json` prints it. */
interface Plan {
  readonly schema: 'mfa-enforcer/plan/1';
  readonly account: string;
  readonly at: string;
  /** The settings it was decided by. */
  readonly decidedBy: string;
  readonly policyArn: string;
  /** The policy exists in the account: without it nobody can be held. */
  readonly policyDeployed: boolean;
  readonly holds: readonly PlannedHold[];
  readonly releases: readonly {
    readonly user: string;
    readonly rungs: readonly Rung[];
    readonly reasons: Reasons;
  }[];
  /** Users beyond the breaker's limit: they would not be held. */
  readonly beyondLimit: { readonly limit: number; readonly users: number };
}

type Reasons = Examined['decision']['reasons'];

// As many as a survey has: IAM publishes no rate limits.
const AT_ONCE = 4;

interface PlannedHold {
  readonly user: string;
  readonly reasons: Reasons;
  readonly accessKeys: readonly {
    readonly id: string;
    readonly lastUsedAt: string | null;
    readonly service: string | null;
    readonly region: string | null;
  }[];
}

/** Adds `plan`. */
export function addPlan(program: Command, run: Run, shell: Shell): void {
  withAccountOptions(
    program
      .command('plan')
      .description('what a sweep would do now, and what it would break: access keys in use')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        '\nExit status: 0 nothing to do, 1 somebody would be changed, 2 used wrongly, 3 could not see everything.\n\nExamples:\n  mfa-enforcer plan\n  mfa-enforcer plan --scope console-users --json',
      ),
  ).action((options: PlanOptions) => run(() => plan(shell, options)));
}

async function plan(shell: Shell, options: PlanOptions): Promise<Status> {
  const account = await connect(shell, options);
  const made = await makePlan(shell, account);
  shell.out(options.json ? jsonText(made) : inWords(made, shell.now()));
  return made.holds.length + made.releases.length > 0 ? statuses.findings : statuses.clean;
}

async function makePlan(shell: Shell, { iam, settings }: Account): Promise<Plan> {
  const policy = await getPolicy(iam, settings.policyArn);
  const { totals, differing } = await readingUsers(shell, iam, (onUser) =>
    planSweep(iam, settings, shell.now(), onUser),
  );
  const toHold = differing.filter(({ decision }) => decision.action === 'hold');
  const holds: PlannedHold[] = [];
  for (let from = 0; from < toHold.length; from += AT_ONCE) {
    const some = toHold.slice(from, from + AT_ONCE).map(async ({ facts, decision }) => {
      const keys = await keysInUse(iam, facts.user);
      return { user: facts.user, reasons: decision.reasons, accessKeys: keys.map(keyJson) };
    });
    holds.push(...(await Promise.all(some)));
  }
  const toRelease = differing.filter(({ decision }) => decision.action === 'release');
  // A sweep lets go first, which makes room.
  const detached = toRelease.filter(({ facts }) => facts.holds?.rungs[0] === 'managed-policy');
  const held = Math.max((policy?.attachmentCount ?? 0) - detached.length, totals.held);
  const { limit, room } = holdRoom({ held, users: totals.users }, settings.holdLimit);
  return {
    schema: 'mfa-enforcer/plan/1',
    account: settings.account,
    at: shell.now().toISOString(),
    decidedBy: settingsWords(settings),
    policyArn: settings.policyArn,
    policyDeployed: policy !== null,
    holds,
    releases: toRelease.map(({ facts, decision }) => ({
      user: facts.user,
      rungs: facts.holds?.rungs ?? [],
      reasons: decision.reasons,
    })),
    beyondLimit: { limit, users: Math.max(0, holds.length - room) },
  };
}

function keyJson({ id, lastUse }: KeyInUse): PlannedHold['accessKeys'][number] {
  return {
    id,
    lastUsedAt: lastUse?.at.toISOString() ?? null,
    service: lastUse?.service ?? null,
    region: lastUse?.region ?? null,
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;
// Whatever ran in this time will most likely run again.
const IN_USE_DAYS = 90;

function inWords(made: Plan, now: Date): string {
  const { holds, releases } = made;
  const lines: string[] = [];
  if (!made.policyDeployed) {
    lines.push(`${made.policyArn} does not exist: nobody can be blocked until it is deployed.`, '');
  }
  if (holds.length + releases.length === 0) {
    return `${[...lines, 'Nothing to do: everyone is as they should be.'].join('\n')}\n`;
  }
  if (holds.length > 0) {
    lines.push(heldHeading(made));
    for (const hold of holds) lines.push(...holdLines(hold, now));
    lines.push('');
  }
  if (releases.length > 0) {
    lines.push(`${releases.length} would be let go:`);
    for (const { user, reasons } of releases) lines.push(`  ${user}: ${textOf(reasons)}`);
    lines.push('');
  }
  if (holds.length > 0) lines.push(keysLine(holds, now));
  lines.push(`Decided by ${made.decidedBy}: say the same as the deployment.`);
  return `${lines.join('\n').trimEnd()}\n`;
}

function heldHeading({ holds, beyondLimit, policyDeployed }: Plan): string {
  if (!policyDeployed) return `${countOf(holds.length, 'user')} without MFA should be blocked:`;
  if (beyondLimit.users === 0) return `${holds.length} would be blocked until MFA is set up:`;
  const now = holds.length - beyondLimit.users;
  return (
    `${countOf(holds.length, 'user')} without MFA should be blocked; ${now} would be, as the limit is ` +
    `${countOf(beyondLimit.limit, 'user')} (--hold-limit):`
  );
}

function keysLine(holds: readonly PlannedHold[], now: Date): string {
  const broken = holds.flatMap(({ accessKeys }) =>
    accessKeys.filter(({ lastUsedAt }) => isInUse(lastUsedAt, now)),
  ).length;
  return broken === 0
    ? 'No access key that was used in the last 90 days would stop working.'
    : `${countOf(broken, 'access key')} in use would stop working once they are blocked. If a service uses it, tag its user as exempt first.`;
}

function holdLines({ user, reasons, accessKeys }: PlannedHold, now: Date): string[] {
  return [
    `  ${user}: ${textOf(reasons)}`,
    ...accessKeys.map(({ id, lastUsedAt, service, region }) => {
      if (lastUsedAt === null) return `      key ${id}: never used`;
      const days = Math.floor((now.getTime() - Date.parse(lastUsedAt)) / DAY_MS);
      const when = `last used ${days === 0 ? 'today' : `${countOf(days, 'day')} ago`} (${lastUsedAt.slice(0, 10)})`;
      const mark = isInUse(lastUsedAt, now) ? '! ' : '  ';
      return `    ${mark}key ${id}: ${when} for ${service} in ${region}`;
    }),
  ];
}

function isInUse(lastUsedAt: string | null, now: Date): boolean {
  return lastUsedAt !== null && now.getTime() - Date.parse(lastUsedAt) < IN_USE_DAYS * DAY_MS;
}

const textOf = (reasons: Reasons) => reasons.map(({ text }) => text).join(', ');
