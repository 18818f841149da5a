import { includesName } from './names.ts';

/**
 * What IAM must show once a change has spread through it (IAM is eventually consistent).
 * A reading that says otherwise soon after the event is not read far enough yet.
 */
export interface Expectation {
  readonly exists?: boolean;
  /** The path before the user's name, as in /machines/. */
  readonly path?: string;
  readonly password?: boolean;
  /** MFA serial number → is it assigned to the user? */
  readonly devices?: Readonly<Record<string, boolean>>;
  /** Tag key → its value, or null where the key was removed. */
  readonly tags?: Readonly<Record<string, string | null>>;
  /** Managed policy ARN → is it attached to the user? */
  readonly policies?: Readonly<Record<string, boolean>>;
  /** Group name → is the user in it? */
  readonly groups?: Readonly<Record<string, boolean>>;
  /** The permissions boundary's ARN, or null where it was removed. */
  readonly boundary?: string | null;
}

/**
 * Joins the expectations of several changes of one user.
 * @param expectations oldest first: for each aspect the latest change wins
 * @returns what IAM must show after all of them
 */
export function mergeExpectations(expectations: readonly Expectation[]): Expectation {
  let all: Expectation = {};
  for (const next of expectations) {
    all = {
      ...all,
      ...next,
      ...(next.devices ? { devices: latest(all.devices, next.devices) } : {}),
      ...(next.tags ? { tags: latest(all.tags, next.tags) } : {}),
      ...(next.groups ? { groups: latest(all.groups, next.groups) } : {}),
      ...(next.policies ? { policies: latest(all.policies, next.policies) } : {}),
    };
  }
  return all;
}

/** IAM ignores the case of all these keys, and two callers may have typed one in two ways. */
function latest<V>(
  before: Readonly<Record<string, V>> = {},
  next: Readonly<Record<string, V>>,
): Record<string, V> {
  const names = Object.keys(next);
  const kept = Object.entries(before).filter(([key]) => !includesName(names, key));
  return { ...Object.fromEntries(kept), ...next };
}
