import type { ResourceKind } from '../../events/tampering.ts';
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

/** The page of a managed policy. */
export function policyUrl(partition: Partition, arn: string): string {
  return `https://${partitions[partition].console}/iam/home#/policies/details/${encoded(arn)}?section=permissions`;
}

/** The console's page of each kind of resource, or the list that has it. AWS does not document these addresses. */
const resourcePages: Readonly<Record<ResourceKind, (region: string, name: string) => string>> = {
  rule: (region, name) => `events/home?region=${region}#/eventbus/default/rules/${name}`,
  bus: (region, name) => `events/home?region=${region}#/eventbus/${name}`,
  queue: (region) => `sqs/v3/home?region=${region}#/queues`,
  // A mapping is named by a UUID, and shown on the page of its function.
  mapping: (region) => `lambda/home?region=${region}#/functions`,
  function: (region, name) => `lambda/home?region=${region}#/functions/${name}`,
  table: (region, name) => `dynamodbv2/home?region=${region}#table?name=${name}`,
  parameter: (region) => `systems-manager/parameters?region=${region}`,
  alarm: (region, name) => `cloudwatch/home?region=${region}#alarmsV2:alarm/${name}`,
  stack: (region) => `cloudformation/home?region=${region}#/stacks`,
  trail: (region) => `cloudtrailv2/home?region=${region}#/trails`,
  group: (_, name) => `iam/home#/groups/details/${name}`,
  role: (_, name) => `iam/home#/roles/details/${name}`,
};

/** The page of one of the enforcer's own resources, or the list that has it, in the Region of the deployment. */
export function resourceUrl(partition: Partition, kind: ResourceKind, name: string): string {
  const page = resourcePages[kind](iamEventRegionOf(partition), encoded(name));
  return `https://${partitions[partition].console}/${page}`;
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
