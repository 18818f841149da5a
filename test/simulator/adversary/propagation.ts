import { sameDocument } from '../../../functions/domain/rules/blocking-policies.ts';
import type { MemoryUser } from '../../fakes/memory-iam.ts';
import type { Account, Version } from '../account.ts';
import { methodsOf } from '../oracle.ts';
import type { Random } from '../random.ts';

/**
 * How long IAM goes on judging calls by a user's earlier state. AWS gives no number; OFFENSAI measured 3 to 4 s for new and
 * removed denials alike ("AWS IAM eventual consistency", 2025).
 */
const APPLIES_AFTER_MS = { least: 3_000, most: 4_000 };

/**
 * Whether IAM denies a user's call without MFA: by the user's state that IAM applies by now, not by the newest one. A deny that
 * was attached a moment ago does not count yet, and one that was detached a moment ago still does.
 * @param random a source of its own: each change takes the same time for every call
 */
export function isDenied(account: Account, name: string, now: number, random: Random): boolean {
  const applied = account.history(name).findLast(({ at }) => at + delayOf(name, at, random) <= now);
  // A user is created before it has credentials.
  const user = applied?.user ?? null;
  return user === null || isDeniedIn(account, user);
}

/** What a user may do when the state has reached every endpoint. */
function isDeniedIn({ settings, iam }: Account, user: MemoryUser): boolean {
  const [byPolicy, byGroup, byBoundary, byInline] = methodsOf(settings);
  const isIntact = (arn: string) => {
    const policy = iam.managed[arn];
    return sameDocument(policy?.versions[policy.defaultId] ?? {}, policy?.versions.v1 ?? {});
  };
  return (
    (byPolicy(user) && isIntact(settings.policyArn)) ||
    (byBoundary(user) && isIntact(settings.boundaryArn)) ||
    byGroup(user) ||
    byInline(user)
  );
}

function delayOf(name: string, at: Version['at'], random: Random): number {
  const { least, most } = APPLIES_AFTER_MS;
  return random.fork(`${name}/${at}`).between(least, most);
}
