import { iamEventRegionOf, type Partition, partitions } from '../domain/rules/partition.ts';

// IAM User Guide, "Your AWS account ID and its alias".
const ALIAS = /^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$/;

/** Where users of an account sign in: by its alias, where it is one, which is what users know. */
export function signInUrl(partition: Partition, account: string, alias: string | null): string {
  const name = alias !== null && ALIAS.test(alias) ? alias : account;
  const { signin, console } = partitions[partition];
  // The console itself asks for the account.
  return signin === null ? `https://${console}/` : `https://${name}.${signin}/console`;
}

/** Where signed-in users assign themselves an MFA device. */
export function securityCredentialsUrl(partition: Partition): string {
  return `https://${partitions[partition].console}/iam/home#/security_credentials`;
}

/** A user's page, for an administrator. */
export function userUrl(
  partition: Partition,
  user: string,
  section: 'security_credentials' | 'tags' = 'security_credentials',
): string {
  const page = `users/details/${encoded(user)}?section=${section}`;
  return `https://${partitions[partition].console}/iam/home#/${page}`;
}

/** The page of all users, or of the policies. */
export function iamUrl(partition: Partition, page: 'users' | 'policies'): string {
  return `https://${partitions[partition].console}/iam/home#/${page}`;
}

/** The page of the stack sets, in the Region of IAM's events, where the spokes are. */
export function stackSetsUrl(partition: Partition): string {
  return `https://${partitions[partition].console}/cloudformation/home?region=${iamEventRegionOf(partition)}#/stacksets`;
}

/** Percent-encodes also what means something to Slack's formatting. */
function encoded(name: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(name.replaceAll(/\p{Surrogate}/gu, '\uFFFD')).replaceAll(
    /[*~_'()!]/g,
    hex,
  );
}
