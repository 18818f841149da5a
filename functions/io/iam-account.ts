import {
  CredentialReportNotReadyException,
  GenerateCredentialReportCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  type IAMClient,
  ListAccountAliasesCommand,
  ListServiceSpecificCredentialsCommand,
  paginateGetAccountAuthorizationDetails,
  paginateGetGroup,
  paginateListEntitiesForPolicy,
  paginateListVirtualMFADevices,
  type ServiceSpecificCredentialMetadata,
  type UserDetail,
} from '@aws-sdk/client-iam';
import { isSameName } from '../../events/names.ts';
import type { ReportedServiceCredential } from '../../events/report.ts';
import type { MethodTraces } from '../domain/rules/block-methods.ts';
import type { Profile } from '../domain/rules/user-facts.ts';
import { type MfaDevice, tagRecord, whereNoSuchEntity } from './iam-user.ts';
import { needs } from './needs.ts';

/** A user as the bulk reading shows one. */
export interface BulkUser {
  readonly user: string;
  readonly profile: Profile;
  readonly traces: MethodTraces & { readonly groups: readonly string[] };
}

export interface BulkPage {
  readonly users: readonly BulkUser[];
  /** IAM's marker of the next page, or null after the last. */
  readonly next: string | null;
}

/**
 * Every user of the account with tags, boundary, attached policies, groups and one inline policy, page by page: one
 * call for each 1,000 users. Says nothing of MFA devices or passwords.
 * @param inlinePolicy the name of the inline policy whose document is read
 * @param from the marker of the page to begin with, or null
 */
export const listUsersInBulk = needs(
  ['iam:GetAccountAuthorizationDetails'],
  async function* (
    iam: IAMClient,
    inlinePolicy: string,
    from: string | null = null,
  ): AsyncGenerator<BulkPage> {
    const pages = paginateGetAccountAuthorizationDetails(
      { client: iam, pageSize: 1000, ...(from === null ? {} : { startingToken: from }) },
      { Filter: ['User'] },
    );
    for await (const { UserDetailList: list, Marker: next = null } of pages) {
      if (!list) {
        throw new Error('GetAccountAuthorizationDetails answered without a list of users');
      }
      yield { users: list.map((user) => bulkUser(user, inlinePolicy)), next };
    }
  },
);

function bulkUser(user: UserDetail, inlinePolicy: string): BulkUser {
  if (!user.UserName || !user.Arn || !user.AttachedManagedPolicies) {
    throw new Error('GetAccountAuthorizationDetails answered an incomplete user');
  }
  const boundary = user.PermissionsBoundary?.PermissionsBoundaryArn ?? null;
  return {
    user: user.UserName,
    profile: {
      arn: user.Arn,
      id: user.UserId,
      tags: tagRecord(user.Tags),
      boundary,
      createdAt: user.CreateDate,
    },
    traces: {
      policies: user.AttachedManagedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      groups: user.GroupList ?? [],
      boundary,
      inlineDocument: inlineDocument(user, inlinePolicy),
    },
  };
}

/** The document of an inline policy, parsed (IAM gives it URL-encoded), or null where the user has none of that name. */
function inlineDocument({ UserPolicyList = [] }: UserDetail, name: string): unknown {
  const ours = UserPolicyList.find(({ PolicyName = '' }) => isSameName(PolicyName, name));
  const document = ours?.PolicyDocument;
  return document ? (JSON.parse(decodeURIComponent(document)) as unknown) : null;
}

/** The virtual MFA devices of an account. */
export interface VirtualDevices {
  /** User name → the assigned devices. */
  readonly byUser: ReadonlyMap<string, readonly MfaDevice[]>;
  /** Serial numbers of devices that are assigned to nobody. */
  readonly unassigned: readonly string[];
}

/**
 * All virtual MFA devices, one call for each 1,000.
 * Proves that a user has MFA, never that one has not: hardware and FIDO devices are not in it.
 */
export const listVirtualDevices = needs(
  ['iam:ListVirtualMFADevices'],
  async (iam: IAMClient): Promise<VirtualDevices> => {
    const byUser = new Map<string, MfaDevice[]>();
    const unassigned: string[] = [];
    const pages = paginateListVirtualMFADevices(
      { client: iam, pageSize: 1000 },
      { AssignmentStatus: 'Any' },
    );
    for await (const page of pages) {
      if (!page.VirtualMFADevices) throw new Error('ListVirtualMFADevices answered without a list');
      for (const { User, SerialNumber, EnableDate } of page.VirtualMFADevices) {
        if (!SerialNumber) continue;
        // An assigned device has its User. The root user's has one without a UserName.
        if (User === undefined) unassigned.push(SerialNumber);
        if (!User?.UserName) continue;
        const device = { serial: SerialNumber, enrolledAt: EnableDate };
        byUser.set(User.UserName, [...(byUser.get(User.UserName) ?? []), device]);
      }
    }
    return { byUser, unassigned };
  },
);

/** The names of the users in a group; none where there is no such group. */
export const listGroupMembers = needs(
  ['iam:GetGroup'],
  async (iam: IAMClient, group: string): Promise<string[]> =>
    whereNoSuchEntity([], async () => {
      const members: string[] = [];
      const pages = paginateGetGroup({ client: iam, pageSize: 1000 }, { GroupName: group });
      for await (const page of pages) {
        if (!page.Users) throw new Error(`GetGroup answered without a list for ${group}`);
        for (const { UserName } of page.Users) {
          if (!UserName)
            throw new Error(`GetGroup answered with a user without a name for ${group}`);
          members.push(UserName);
        }
      }
      return members;
    }),
);

/**
 * The names of the users who have a managed policy attached, or for a permissions boundary.
 * @returns null where there is no such policy
 */
export const listUsersWithPolicy = needs(
  ['iam:ListEntitiesForPolicy'],
  async (
    iam: IAMClient,
    policyArn: string,
    usage: 'PermissionsPolicy' | 'PermissionsBoundary',
  ): Promise<string[] | null> =>
    whereNoSuchEntity(null, async () => {
      const users: string[] = [];
      const pages = paginateListEntitiesForPolicy(
        { client: iam, pageSize: 1000 },
        { PolicyArn: policyArn, EntityFilter: 'User', PolicyUsageFilter: usage },
      );
      for await (const page of pages) {
        if (!page.PolicyUsers) {
          throw new Error(`ListEntitiesForPolicy answered without a list for ${policyArn}`);
        }
        for (const { UserName } of page.PolicyUsers) {
          if (!UserName) {
            throw new Error(
              `ListEntitiesForPolicy answered with a user without a name for ${policyArn}`,
            );
          }
          users.push(UserName);
        }
      }
      return users;
    }),
);

/** The account's alias, or null: an account has at most one. */
export const getAccountAlias = needs(
  ['iam:ListAccountAliases'],
  async (iam: IAMClient): Promise<string | null> => {
    const { AccountAliases } = await iam.send(new ListAccountAliasesCommand({}));
    if (!AccountAliases) throw new Error('ListAccountAliases answered without a list');
    return AccountAliases[0] ?? null;
  },
);

export interface AccountSummary {
  readonly users: number;
  /** Or no credentials at all. */
  readonly rootHasMfa: boolean;
  /** Managed policies that may be attached to a user. */
  readonly policiesPerUser: number;
  /** Groups that a user may be in. */
  readonly groupsPerUser: number;
}

/** The account's number of users, whether its root user has MFA, and its quotas. */
export const getAccountSummary = needs(
  ['iam:GetAccountSummary'],
  async (iam: IAMClient): Promise<AccountSummary> => {
    const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
    const users = SummaryMap?.Users;
    const rootMfa = SummaryMap?.AccountMFAEnabled;
    const policiesPerUser = SummaryMap?.AttachedPoliciesPerUserQuota;
    const groupsPerUser = SummaryMap?.GroupsPerUserQuota;
    if (
      users === undefined ||
      rootMfa === undefined ||
      policiesPerUser === undefined ||
      groupsPerUser === undefined
    ) {
      throw new Error('GetAccountSummary answered without users, root MFA or quotas');
    }
    // Centralized root access takes the root user's credentials away: then there is nothing to protect.
    const rootCannotSignIn =
      SummaryMap?.AccountPasswordPresent === 0 && SummaryMap.AccountAccessKeysPresent === 0;
    const rootHasMfa = rootMfa === 1 || rootCannotSignIn;
    return { users, rootHasMfa, policiesPerUser, groupsPerUser };
  },
);

/**
 * Has IAM make the account's credential report, unless one younger than four hours is there (IAM User Guide, "Getting
 * credential reports"). Changes nothing else.
 * @returns whether the report can be had at once
 */
export const generateCredentialReport = needs(
  ['iam:GenerateCredentialReport'],
  async (iam: IAMClient): Promise<boolean> => {
    const { State } = await iam.send(new GenerateCredentialReportCommand({}));
    return State === 'COMPLETE';
  },
);

/**
 * User name → service-specific credentials, as API keys of Amazon Bedrock: of all users at once (IAM API Reference,
 * ListServiceSpecificCredentials, AllUsers). A user without any is missing.
 */
export const listServiceCredentials = needs(
  ['iam:ListServiceSpecificCredentials'],
  async (iam: IAMClient): Promise<Map<string, ReportedServiceCredential[]>> => {
    const byUser = new Map<string, ReportedServiceCredential[]>();
    let Marker: string | undefined;
    do {
      // The SDK has no paginator for it.
      const page = await iam.send(
        new ListServiceSpecificCredentialsCommand({
          AllUsers: true,
          MaxItems: 1000,
          ...(Marker === undefined ? {} : { Marker }),
        }),
      );
      if (!page.ServiceSpecificCredentials)
        throw new Error('ListServiceSpecificCredentials answered without a list');
      for (const one of page.ServiceSpecificCredentials) {
        if (!one.UserName || !one.ServiceSpecificCredentialId || !one.ServiceName)
          throw new Error('ListServiceSpecificCredentials answered an incomplete credential');
        const credential = { id: one.ServiceSpecificCredentialId, service: one.ServiceName };
        const known = byUser.get(one.UserName) ?? [];
        byUser.set(one.UserName, [...known, { ...credential, ...validityOf(one) }]);
      }
      Marker = page.IsTruncated ? page.Marker : undefined;
    } while (Marker !== undefined);
    return byUser;
  },
);

const statuses: Readonly<Record<string, ReportedServiceCredential['status']>> = {
  Active: 'active',
  Expired: 'expired',
};

function validityOf({ Status, CreateDate, ExpirationDate }: ServiceSpecificCredentialMetadata) {
  return {
    status: statuses[Status ?? ''] ?? 'inactive',
    createdAt: CreateDate?.toISOString() ?? null,
    expiresAt: ExpirationDate?.toISOString() ?? null,
  };
}

/** IAM's list of the account's users and their credentials. */
export interface CredentialReport {
  readonly csv: string;
  /** When IAM made it: up to four hours ago. */
  readonly generatedAt: Date;
}

/** The account's credential report; or null while IAM still makes it. */
export const getCredentialReport = needs(
  ['iam:GetCredentialReport'],
  async (iam: IAMClient): Promise<CredentialReport | null> => {
    try {
      const { Content, GeneratedTime } = await iam.send(new GetCredentialReportCommand({}));
      if (!Content || !GeneratedTime)
        throw new Error('GetCredentialReport answered without the report or its time');
      return { csv: new TextDecoder().decode(Content), generatedAt: GeneratedTime };
    } catch (error) {
      if (error instanceof CredentialReportNotReadyException) return null;
      throw error;
    }
  },
);
