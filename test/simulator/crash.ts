import type { Scenario } from './crash-scenarios.ts';
import { checkQueue } from './invariants/messages.ts';
import type { Violation } from './invariants/verdict.ts';
import { People } from './people.ts';
import { MINUTE, START, setup } from './setup.ts';
import type { DeathAt } from './transport.ts';

/** The state after a scenario. */
interface End {
  /** The users and what blocks them, and the default versions of the policies. */
  readonly account: unknown;
  /** The ids of the outcomes posted to Slack, sorted. */
  readonly posted: readonly string[];
}

export interface Played {
  readonly end: End;
  /** The calls of each function, in their order. */
  readonly calls: readonly { readonly functionName: string; readonly action: string }[];
  readonly violations: readonly Violation[];
}

/** Plays one scenario in calm conditions until all is quiet. @param deathAt where a process dies */
export async function play(scenario: Scenario, deathAt: DeathAt | null = null): Promise<Played> {
  const { world, environment } = setup(scenario.name, scenario.settings);
  const { clock } = environment;
  scenario.before(world);
  await clock.runUntil(START);
  clock.now = START;
  world.transport.deathAt = deathAt;
  scenario.change(world, new People(environment, world.account));
  // The message of a user who waits for room comes back until the next night.
  await clock.runUntil(START + 90 * MINUTE, () => world.look());
  for (const queue of [world.changes, world.sweeps, world.outcomes])
    checkQueue(world.verdict, queue);
  const never = () => false;
  world.alerts.check(world.verdict, environment.faults, { changed: never, blocked: never });
  const { account, transport, alerts, verdict } = world;
  const users = account.users.map((name) => {
    const { policies, groups, boundary, inline } = account.user(name) ?? {};
    return { name, policies, groups, boundary, inline };
  });
  const policies = Object.values(account.iam.managed).map(({ defaultId }) => defaultId);
  const failedMessages = [world.changes, world.sweeps, world.outcomes].flatMap(
    (one) => one.failedMessages,
  );
  return {
    end: {
      account: { users, policies, failedMessages },
      posted: [...alerts.posts.keys()].toSorted(),
    },
    calls: transport.calls,
    violations: verdict.violations,
  };
}

/** Every moment at which a process of the scenario can die: before and after each of its calls. */
export function deathsOf({ calls }: Played): DeathAt[] {
  const counted = new Map<string, number>();
  return calls.flatMap(({ functionName }) => {
    const call = (counted.get(functionName) ?? 0) + 1;
    counted.set(functionName, call);
    return (['before', 'after'] as const).map((when) => ({ functionName, call, when }));
  });
}
