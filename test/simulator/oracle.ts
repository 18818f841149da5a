import { forceMfaInline } from '../../functions/domain/rules/force-mfa.ts';
import type { Settings } from '../../functions/domain/rules/settings.ts';
import type { MemoryUser } from '../fakes/memory-iam.ts';

// The rule for a user, implemented a second time and without functions/domain. A mistake in one of the two is found here, a
// mistake in both is not.

/** Tags, the name and the path make a user exempt. */
export function isExempt(
  { name, path, tags }: Pick<Status, 'name' | 'path' | 'tags'>,
  settings: Settings,
  now: number,
): boolean {
  if (isBreakGlass(tags)) return true;
  const lower = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value]));
  const tagged = settings.exemptTags.some(
    ({ key, value }) => lower.get(key.toLowerCase())?.toLowerCase() === value.toLowerCase(),
  );
  const named = settings.exemptUsers.some((pattern) => fits(pattern, { name, path }));
  if (!tagged && !named) return false;
  const until = lower.get('mfa-exempt-until');
  if (until === undefined) return true;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until)) return false;
  return now < Date.parse(`${until}T00:00:00Z`) + 86_400_000;
}

/** Enough for the patterns of a run: the parts between the stars occur in their order. */
function fits(pattern: string, { name, path }: Pick<Status, 'name' | 'path'>): boolean {
  const text = pattern.startsWith('/') ? path + name : name;
  const [first = '', ...parts] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return parts.at(-1) === '' || at === text.length;
}

export function isBreakGlass(tags: Readonly<Record<string, string>>): boolean {
  return Object.entries(tags).some(
    ([key, value]) =>
      key.toLowerCase() === 'mfa-enforcer:break-glass' && value.toLowerCase() === 'true',
  );
}

export interface Status {
  readonly name: string;
  readonly path: string;
  readonly devices: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly password: boolean;
}

/** A user in scope, not exempt and without a device must be blocked. */
export function mustBeBlocked(user: Status, settings: Settings, now: number): boolean {
  if (user.devices.length > 0) return false;
  if (settings.scope === 'no-users') return false;
  if (settings.scope === 'console-users' && !user.password) return false;
  if (!isExempt(user, settings, now)) return true;
  const ends = settings.exemptPassword === 'ends-exemption' && user.password;
  return ends && !isBreakGlass(user.tags);
}

/** The most users who may be blocked in an account of so many. */
export function limitOf({ blockLimit }: Settings, users: number): number {
  return blockLimit === 'auto' ? Math.max(1, Math.round(users / 2)) : blockLimit;
}

/** Whether a block method of ours blocks a user. */
type Method = (user: MemoryUser) => boolean;

/** The block methods: policy, group, boundary, inline policy. */
export function methodsOf({
  policyArn,
  denyGroup,
  boundaryArn,
  inlinePolicyName,
}: Settings): readonly [Method, Method, Method, Method] {
  return [
    ({ policies }) => policies.includes(policyArn),
    ({ groups }) => groups.includes(denyGroup),
    ({ boundary }) => boundary === boundaryArn,
    ({ inline }) => {
      const found = inline[inlinePolicyName];
      // EnrolWith may have had another value when the user was blocked.
      const ours = (['console', 'console-and-keys'] as const).map((enrolWith) =>
        JSON.stringify(forceMfaInline('aws', enrolWith)),
      );
      return typeof found === 'object' && ours.includes(JSON.stringify(found));
    },
  ];
}

/** Something blocks the user. */
export function isBlocked(user: MemoryUser, settings: Settings): boolean {
  return methodsOf(settings).some((blocks) => blocks(user));
}
