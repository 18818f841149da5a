import {
  ListOrganizationalUnitsForParentCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { needs } from '../needs.ts';

/** An organizational unit. */
export interface OrganizationalUnit {
  /** "ou-…" */
  readonly id: string;
  readonly name: string;
}

/** The organizational units right below a root or a unit. A page may be empty with more to come (API reference). */
export const listUnits = needs(
  ['organizations:ListOrganizationalUnitsForParent'],
  async (organizations: OrganizationsClient, parent: string): Promise<OrganizationalUnit[]> => {
    const units: OrganizationalUnit[] = [];
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(
        new ListOrganizationalUnitsForParentCommand({ ParentId: parent, NextToken }),
      );
      for (const { Id, Name } of page.OrganizationalUnits ?? []) {
        if (!Id) throw new Error('ListOrganizationalUnitsForParent answered a unit without its id');
        units.push({ id: Id, name: Name ?? Id });
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return units;
  },
);
