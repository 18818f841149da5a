/** A user's tags by key. */
export type Tags = Readonly<Record<string, string>>;

/**
 * IAM keeps the case of a tag's key and ignores it: a user cannot have both Department and department
 * (IAM User Guide, "Rules for tagging in IAM and AWS STS").
 */
export function isSameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The value of a tag, in any case of its key; null where the user has no such tag. */
export function tagValue(tags: Tags, key: string): string | null {
  return Object.entries(tags).find(([one]) => isSameKey(one, key))?.[1] ?? null;
}

/** Whether two readings show the same tags. */
export function isSameTags(one: Tags, other: Tags): boolean {
  const entries = Object.entries(one);
  return (
    entries.length === Object.keys(other).length &&
    entries.every(([key, value]) => other[key] === value)
  );
}
