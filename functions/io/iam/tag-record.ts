import type { Tag } from '@aws-sdk/client-iam';

/**
 * @param tags the SDK's list of tags; absent means none
 * @returns tag key → value, safe for keys such as "__proto__"
 */
export function tagRecord(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}
