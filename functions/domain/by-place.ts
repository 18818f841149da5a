import type { AccountPlace } from '../../events/organization-report.ts';

/**
 * The order of an organization's accounts: an account before the units beside it, units and accounts in alphabetical
 * order.
 * @returns below 0 where a comes first, above 0 where b does, 0 where neither
 */
export function byPlace(
  a: Pick<AccountPlace, 'ou' | 'name'>,
  b: Pick<AccountPlace, 'ou' | 'name'>,
): number {
  const depth = a.ou.findIndex((unit, index) => unit !== b.ou[index]);
  const [one, other] = depth < 0 ? [undefined, b.ou[a.ou.length]] : [a.ou[depth], b.ou[depth]];
  if (one !== undefined && other !== undefined) return one.localeCompare(other, 'en');
  if (one !== undefined) return 1;
  return other === undefined ? a.name.localeCompare(b.name, 'en') : -1;
}
