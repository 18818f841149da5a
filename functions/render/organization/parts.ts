import type {
  AccountNotRead,
  AccountRead,
  OrganizationReport,
} from '../../../events/organization-report.ts';

/** The accounts that were read. */
export function readIn({ accounts }: OrganizationReport): AccountRead[] {
  return accounts.filter((one) => one.status === 'read');
}

/** The accounts that could not be. */
export function notReadIn({ accounts }: OrganizationReport): AccountNotRead[] {
  return accounts.filter((one) => one.status === 'not-read');
}
