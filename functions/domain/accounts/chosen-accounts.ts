import type { AccountPlace } from '../../../events/organization-report.ts';

/** The accounts of an organization to read; an empty choice means all. */
export interface Choice {
  /** 12 digits each. */
  readonly accounts: readonly string[];
  /** Ids of organizational units, "ou-…": all accounts below them, however deep. */
  readonly units: readonly string[];
  /** Leave out accounts that take no calls: suspended, closed, or not yet created. */
  readonly activeOnly: boolean;
}

interface Candidate {
  readonly id: string;
  readonly active: boolean;
  /** The ids of the units around it. */
  readonly units: readonly string[];
}

/** The organization does not contain the chosen accounts or units. */
export class NotInOrganization extends Error {
  override readonly name = 'NotInOrganization';
}

/**
 * The accounts that were asked for: by number, or by a unit above them.
 * @returns one at least
 * @throws NotInOrganization for an unknown number or unit, and where no account is left: a mistake must not look like "clean"
 */
export function chosenAccounts<A extends Candidate>(all: readonly A[], choice: Choice): A[] {
  const { accounts, units, activeOnly } = choice;
  const unknown = accounts.find((id) => !all.some((one) => one.id === id));
  if (unknown !== undefined) {
    throw new NotInOrganization(`There is no account ${unknown} in the organization.`);
  }
  const empty = units.find((unit) => !all.some((one) => one.units.includes(unit)));
  if (empty !== undefined) {
    throw new NotInOrganization(
      `No account of the organization is in ${empty}. Give the unit’s id ("ou-…").`,
    );
  }
  const everything = accounts.length + units.length === 0;
  const chosen = all.filter(
    (one) =>
      (everything || accounts.includes(one.id) || one.units.some((unit) => units.includes(unit))) &&
      (one.active || !activeOnly),
  );
  if (chosen.length > 0) return chosen;
  throw new NotInOrganization('None of these accounts is active: there is nothing to read.');
}

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
