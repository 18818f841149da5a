import {
  type EvaluationResult,
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListRoleTagsCommand,
  type ManagedPolicyDetail,
  paginateGetAccountAuthorizationDetails,
  paginateListPolicyVersions,
  paginateListRolePolicies,
  paginateSimulatePrincipalPolicy,
} from '@aws-sdk/client-iam';
import type { RightsQuestion } from '../domain/deployment/deployer-policy.ts';
import { nameIn, type SimulatedCall, type UserCall } from '../domain/rules/enrolment.ts';
import { tagRecord, whereNoSuchEntity } from './iam-user.ts';
import { parsedDocument } from './json-document.ts';
import { needs } from './needs.ts';

export interface PolicySummary {
  readonly defaultVersionId: string;
}

/** What a managed policy is, or null where it does not exist. */
export const getPolicy = needs(
  ['iam:GetPolicy'],
  async (iam: IAMClient, policyArn: string): Promise<PolicySummary | null> =>
    whereNoSuchEntity(null, async () => {
      const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: policyArn }));
      if (!Policy?.DefaultVersionId) {
        throw new Error(`GetPolicy answered without a version for ${policyArn}`);
      }
      return { defaultVersionId: Policy.DefaultVersionId };
    }),
);

/** The document of one version of a managed policy, parsed. IAM gives it URL-encoded (RFC 3986). */
export const getPolicyVersion = needs(
  ['iam:GetPolicyVersion'],
  async (iam: IAMClient, policyArn: string, versionId: string): Promise<unknown> => {
    const { PolicyVersion } = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn: policyArn, VersionId: versionId }),
    );
    if (!PolicyVersion?.Document) {
      throw new Error(
        `GetPolicyVersion answered without the document of ${policyArn} ${versionId}`,
      );
    }
    const document = decodeURIComponent(PolicyVersion.Document);
    return parsedDocument(document, `the policy ${policyArn} ${versionId}`);
  },
);

/** Ids of all versions of a managed policy, at most five. */
export const listPolicyVersions = needs(
  ['iam:ListPolicyVersions'],
  async (iam: IAMClient, policyArn: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const page of paginateListPolicyVersions(
      { client: iam },
      { PolicyArn: policyArn },
    )) {
      if (!page.Versions)
        throw new Error(`ListPolicyVersions answered without a list for ${policyArn}`);
      ids.push(...page.Versions.map(({ VersionId = '' }) => VersionId));
    }
    return ids;
  },
);

/** One of the account's own managed policies. */
export interface OwnPolicy {
  readonly arn: string;
  /** How many users, groups and roles it is attached to. */
  readonly attached: number;
  /** How many users and roles have it as their boundary. */
  readonly asBoundary: number;
  /** Its default version, parsed. IAM gives it URL-encoded (RFC 3986). */
  readonly document: unknown;
}

/** Every managed policy of the account's own, with its document: one call for each 100, since each brings all its versions. */
export const listOwnPolicies = needs(
  ['iam:GetAccountAuthorizationDetails'],
  async function* (iam: IAMClient): AsyncGenerator<OwnPolicy> {
    const pages = paginateGetAccountAuthorizationDetails(
      { client: iam, pageSize: 100 },
      { Filter: ['LocalManagedPolicy'] },
    );
    for await (const { Policies: list } of pages) {
      if (!list) {
        throw new Error('GetAccountAuthorizationDetails answered without a list of policies');
      }
      yield* list.map(ownPolicy);
    }
  },
);

function ownPolicy(policy: ManagedPolicyDetail): OwnPolicy {
  const { Document } = policy.PolicyVersionList?.find((one) => one.IsDefaultVersion) ?? {};
  if (!policy.Arn || !Document) {
    throw new Error('GetAccountAuthorizationDetails answered an incomplete policy');
  }
  return {
    arn: policy.Arn,
    attached: policy.AttachmentCount ?? 0,
    asBoundary: policy.PermissionsBoundaryUsageCount ?? 0,
    document: parsedDocument(decodeURIComponent(Document), `the policy ${policy.Arn}`),
  };
}

/** The document of a group's inline policy, parsed (IAM gives it URL-encoded), or null where there is none. */
export const getGroupPolicy = needs(
  ['iam:GetGroupPolicy'],
  async (iam: IAMClient, group: string, name: string): Promise<unknown> =>
    whereNoSuchEntity(null, async () => {
      const { PolicyDocument } = await iam.send(
        new GetGroupPolicyCommand({ GroupName: group, PolicyName: name }),
      );
      if (!PolicyDocument)
        throw new Error(`GetGroupPolicy answered without the document of ${group}`);
      const document = decodeURIComponent(PolicyDocument);
      return parsedDocument(document, `the policy ${name} of the group ${group}`);
    }),
);

/** The document of a role's inline policy, parsed. IAM gives it URL-encoded (RFC 3986). */
export const getRolePolicy = needs(
  ['iam:GetRolePolicy'],
  async (iam: IAMClient, role: string, name: string): Promise<unknown> => {
    const { PolicyDocument } = await iam.send(
      new GetRolePolicyCommand({ RoleName: role, PolicyName: name }),
    );
    if (!PolicyDocument) throw new Error(`GetRolePolicy answered without the document of ${name}`);
    const document = decodeURIComponent(PolicyDocument);
    return parsedDocument(document, `the policy ${name} of the role ${role}`);
  },
);

/** Names of a role's inline policies, or null where the role does not exist. */
export const listRolePolicies = needs(
  ['iam:ListRolePolicies'],
  async (iam: IAMClient, role: string): Promise<string[] | null> =>
    whereNoSuchEntity(null, async () => {
      const names: string[] = [];
      for await (const page of paginateListRolePolicies({ client: iam }, { RoleName: role })) {
        if (!page.PolicyNames)
          throw new Error(`ListRolePolicies answered without a list for ${role}`);
        names.push(...page.PolicyNames);
      }
      return names;
    }),
);

/**
 * The tags of a role. A role has 50 at most, which one page contains (IAM quotas).
 * @returns tag key → value
 */
export const listRoleTags = needs(
  ['iam:ListRoleTags'],
  async (iam: IAMClient, role: string): Promise<Record<string, string>> => {
    const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: role, MaxItems: 100 }));
    return tagRecord(Tags);
  },
);

/** The ARN of a role, with its path. */
export const getRoleArn = needs(
  ['iam:GetRole'],
  async (iam: IAMClient, role: string): Promise<string> => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role }));
    if (!Role?.Arn) throw new Error(`GetRole answered without the ARN of ${role}`);
    return Role.Arn;
  },
);

/** What IAM's policy simulator says of one action. */
export interface SimulatedRight {
  readonly action: string;
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** Keys of conditions whose values only a real call has, as in aws:MultiFactorAuthPresent. */
  readonly unknownKeys: readonly string[];
  /** Whether service control policies deny it. The simulator does not evaluate conditions of theirs. */
  readonly deniedByOrganization: boolean;
}

/**
 * Simulates a user's or a role's own policies and permissions boundary.
 * @param principal ARN
 */
export const simulatePrincipalPolicy = needs(
  ['iam:SimulatePrincipalPolicy'],
  async (
    iam: IAMClient,
    principal: string,
    { actions, resource, context }: RightsQuestion,
  ): Promise<SimulatedRight[]> => {
    const rights: SimulatedRight[] = [];
    const pages = paginateSimulatePrincipalPolicy(
      { client: iam },
      {
        PolicySourceArn: principal,
        ActionNames: [...actions],
        ResourceArns: [resource],
        ContextEntries: context.map(({ key, value }) => ({
          ContextKeyName: key,
          ContextKeyType: 'string',
          ContextKeyValues: [value],
        })),
      },
    );
    for await (const { EvaluationResults } of pages) {
      if (!EvaluationResults) throw new Error('SimulatePrincipalPolicy answered without results');
      for (const result of EvaluationResults) {
        // With a resource, the missing values are in its own result (IAM API reference, EvaluationResult).
        const ofResource = (result.ResourceSpecificResults ?? []).flatMap(
          ({ MissingContextValues = [] }) => MissingContextValues,
        );
        rights.push({
          action: result.EvalActionName ?? '',
          decision: result.EvalDecision ?? 'implicitDeny',
          unknownKeys: [...(result.MissingContextValues ?? []), ...ofResource],
          deniedByOrganization:
            result.OrganizationsDecisionDetail?.AllowedByOrganizations === false,
        });
      }
    }
    return rights;
  },
);

/**
 * Simulates calls of a user from a console session without MFA: with the user's policies and permissions boundary, and one
 * more policy. One call for all of them: the simulator combines each action with each resource.
 * @param userArn with the path
 * @param policy a document
 * @returns a call is missing where the simulator has no result for it
 */
export const simulateUserCalls = needs(
  ['iam:SimulatePrincipalPolicy'],
  async (
    iam: IAMClient,
    userArn: string,
    calls: readonly UserCall[],
    policy: object,
    signal?: AbortSignal,
  ): Promise<SimulatedCall[]> => {
    const pages = paginateSimulatePrincipalPolicy(
      { client: iam },
      {
        PolicySourceArn: userArn,
        PolicyInputList: [JSON.stringify(policy)],
        ActionNames: calls.map(({ action }) => action),
        ResourceArns: calls.map(({ resource }) => resource),
        ContextEntries: [
          context('aws:username', 'string', nameIn(userArn)),
          context('aws:MultiFactorAuthPresent', 'boolean', 'false'),
          context('aws:ViaAWSService', 'boolean', 'false'),
        ],
      },
      ...(signal === undefined ? [] : [{ abortSignal: signal }]),
    );
    const results: EvaluationResult[] = [];
    for await (const { EvaluationResults } of pages) {
      if (!EvaluationResults) throw new Error('SimulatePrincipalPolicy answered without results');
      results.push(...EvaluationResults);
    }
    return calls.flatMap((call) => resultOf(call, results) ?? []);
  },
);

const context = (name: string, type: 'string' | 'boolean', value: string) => ({
  ContextKeyName: name,
  ContextKeyType: type,
  ContextKeyValues: [value],
});

/** The result of an action sums up all resources; that of each is inside it (IAM API reference, EvaluationResult). */
function resultOf(call: UserCall, results: readonly EvaluationResult[]): SimulatedCall | undefined {
  const ofAction = results.filter(({ EvalActionName }) => EvalActionName === call.action);
  const one =
    ofAction
      .flatMap(({ ResourceSpecificResults }) => ResourceSpecificResults ?? [])
      .find(({ EvalResourceName }) => EvalResourceName === call.resource) ??
    ofAction.find(({ EvalResourceName }) => EvalResourceName === call.resource);
  if (one === undefined) return undefined;
  const decision = 'EvalDecision' in one ? one.EvalDecision : one.EvalResourceDecision;
  // It depends on the account, and only the result of the action has it.
  const byOrganization = ofAction.some(
    ({ OrganizationsDecisionDetail: detail }) => detail?.AllowedByOrganizations === false,
  );
  return {
    ...call,
    allowed: decision === 'allowed',
    deniedByBoundary: one.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false,
    deniedByOrganization: byOrganization,
  };
}
