import {
  ConcurrentModificationException,
  DeleteConflictException,
  EntityTemporarilyUnmodifiableException,
  IAMClient,
  IAMServiceException,
  LimitExceededException,
  NoSuchEntityException,
  type SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import { isSameName, nameKey } from '../../events/names.ts';
import { forceMfaBoundary, forceMfaPolicy } from '../../functions/domain/rules/force-mfa.ts';
import { MemoryCredentialReport } from './memory-credential-report.ts';

/** An access key of a user. */
interface MemoryKey {
  readonly id: string;
  readonly active?: boolean;
  readonly rotatedAt?: Date;
  /** Absent: never used. */
  readonly lastUse?: { readonly at: Date; readonly service: string; readonly region: string };
}

/** One user of the account in memory. */
export interface MemoryUser {
  readonly name: string;
  /** IAM's ID. A rename keeps it. */
  readonly id: string;
  readonly path: string;
  readonly createdAt: Date;
  readonly tags: Readonly<Record<string, string>>;
  /** Serial numbers; those that end in ":mfa/…" are virtual devices. */
  readonly devices: readonly string[];
  readonly password: boolean;
  /** The last sign-in with the password; null: never. */
  readonly lastSignIn: Date | null;
  readonly policies: readonly string[];
  readonly groups: readonly string[];
  readonly boundary: string | null;
  /** Name → document. A number stands for another document of that length. */
  readonly inline: Readonly<Record<string, object | number>>;
  readonly keys: readonly MemoryKey[];
  readonly serviceCredentials: readonly {
    readonly id: string;
    readonly service: string;
    readonly status?: 'Active' | 'Inactive' | 'Expired';
    readonly expiresAt?: Date;
  }[];
  readonly sshKeys: readonly { readonly id: string; readonly active?: boolean }[];
  /** Signing certificates. */
  readonly certificates: readonly { readonly active: boolean; readonly rotatedAt: Date }[];
}

export interface MemoryIamOptions {
  readonly account?: string;
  readonly partition?: string;
  /** Attached managed policies a user may have. */
  readonly policyQuota?: number;
  readonly groupQuota?: number;
  /** The largest page, even if the caller asks for more. AWS's pages may be short. */
  readonly pageSize?: number;
  readonly now?: () => number;
}

const POLICY_NAME = 'ForceMFA';

/**
 * An IAM account in memory, at the SDK's boundary. It pages, lags, throttles and enforces quotas as AWS does, which moto does not.
 * It finds names in any case, and answers with the stored name. Its errors are the SDK's own classes.
 */
export class MemoryIam extends IAMClient {
  readonly account: string;
  readonly partition: string;
  readonly policyArn: string;
  /** The caller, as STS states it. */
  readonly caller: string;
  /** Every call so far: the action's name and its input. */
  readonly calls: { readonly action: string; readonly input: Readonly<Record<string, unknown>> }[] =
    [];
  /** Readings show the account as it was this long ago, in ms. */
  lag = 0;
  policyExists = true;
  groupExists = true;
  /** Serial numbers of virtual devices that are assigned to nobody. */
  readonly unassigned = new Set<string>();
  /** The inline policies of the deny group. */
  groupDocument: object = forceMfaPolicy('aws', 'console');
  rootHasMfa = true;
  /** Additional or other values of GetAccountSummary. */
  readonly summary: Record<string, number> = {};
  alias: string | null = null;
  readonly credentialReport = new MemoryCredentialReport();
  /** How far a user's row of the credential report lags behind the report, in ms. */
  rowLag: (user: string) => number = () => 0;
  /** The roles, and their tags. */
  readonly roles: Record<string, Record<string, string>> = {};
  /** The length of pages below the requested one: AWS's pages may be short, or empty with more to come. */
  pages: { size: number; empty: boolean };
  /** The tags of managed policies, by ARN. */
  readonly policyTags: Record<string, Record<string, string>> = {};
  /** Our managed policies by ARN; a test edits them. */
  readonly managed: Record<string, { defaultId: string; versions: Record<string, object> }>;
  readonly #history = new Map<
    string,
    { readonly at: number; readonly user: MemoryUser | null }[]
  >();
  readonly #failures: { action: string; error: () => Error; times: number; after: boolean }[] = [];
  readonly #options: MemoryIamOptions;
  readonly #now: () => number;

  constructor(options: MemoryIamOptions = {}) {
    super({
      region: 'us-east-1',
      credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
    });
    this.#options = options;
    this.#now = options.now ?? (() => Date.now());
    this.account = options.account ?? '111122223333';
    this.partition = options.partition ?? 'aws';
    this.pages = { size: options.pageSize ?? 1000, empty: false };
    this.policyArn = `arn:${this.partition}:iam::${this.account}:policy/${POLICY_NAME}`;
    this.caller = `arn:${this.partition}:iam::${this.account}:user/auditor`;
    this.managed = {
      [this.policyArn]: {
        defaultId: 'v1',
        versions: { v1: forceMfaPolicy(this.partition, 'console') },
      },
      [`${this.policyArn}-boundary`]: {
        defaultId: 'v1',
        versions: { v1: forceMfaBoundary(this.partition, 'console') },
      },
    };
  }

  /** Creates or changes a user. Omitted fields stay as they are, or are empty for a new user. */
  put(name: string, change: Partial<Omit<MemoryUser, 'name'>> = {}): void {
    const user = this.#latest(name) ?? {
      name,
      id: this.#newId(),
      path: '/',
      createdAt: new Date('2024-03-01T09:00:00Z'),
      tags: {},
      devices: [],
      password: false,
      lastSignIn: null,
      policies: [],
      groups: [],
      boundary: null,
      inline: {},
      keys: [],
      serviceCredentials: [],
      sshKeys: [],
      certificates: [],
    };
    this.#record(name, { ...user, ...change });
  }

  #ids = 0;

  #newId(): string {
    this.#ids += 1;
    return `AIDA${String(this.#ids).padStart(17, '0')}`;
  }

  remove(name: string): void {
    this.#record(name, null);
  }

  /** The user's present state, without lag. */
  user(name: string): MemoryUser | null {
    return this.#latest(name);
  }

  isBlocked(name: string): boolean {
    return this.#latest(name)?.policies.includes(this.policyArn) ?? false;
  }

  /**
   * Makes the next calls of an action fail.
   * @param action of a call with a filter: that for users, or the action and another filter
   * @param after whether the call takes effect first
   */
  failNext(action: string, error: () => Error, times = 1, after = false): void {
    this.#failures.push({ action, error, times, after });
  }

  /** How often an action was called. */
  count(action: string): number {
    return this.calls.filter((call) => call.action === action).length;
  }

  /** Calls that change something. */
  get writes(): string[] {
    return this.calls
      .map(({ action }) => action)
      .filter((action) => !/^(Generate|Get|List|Simulate)/.test(action));
  }

  override async send(command: object, options?: object): Promise<never> {
    const { abortSignal } = (options ?? {}) as { abortSignal?: AbortSignal };
    if (abortSignal?.aborted) {
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    }
    const action = command.constructor.name.replace(/Command$/, '');
    const { input } = command as { input: Record<string, unknown> };
    return this.call(action, input) as never;
  }

  /** One call, by its action's name. @throws the SDK's own errors */
  call(action: string, input: Record<string, unknown>): object {
    this.calls.push({ action, input });
    const failing = input.Filter === undefined ? action : `${action} ${String(input.Filter)}`;
    const failure = this.#failures.find(
      (one) => (one.action === failing || `${one.action} User` === failing) && one.times > 0,
    );
    if (failure) failure.times -= 1;
    if (failure && !failure.after) throw failure.error();
    const answer = this.#answer(action, input);
    if (failure) throw failure.error();
    return answer;
  }

  #answer(action: string, input: Record<string, unknown>): object {
    const name = String(input.UserName ?? '');
    switch (action) {
      case 'GetUser': {
        const user = this.#seen(name);
        return {
          User: {
            UserName: user.name,
            UserId: user.id,
            Arn: this.#arn(user),
            Path: user.path,
            CreateDate: user.createdAt,
            Tags: tagList(user),
            ...boundaryOf(user),
          },
        };
      }
      case 'ListUsers':
        return this.#page(
          this.#everyone().map((user) => ({ UserName: user.name, Arn: this.#arn(user) })),
          input,
          'Users',
        );
      case 'GetCallerIdentity':
        return { Account: this.account, Arn: this.caller, UserId: 'AIDAEXAMPLE' };
      case 'ListAccessKeys': {
        const keys = this.#seen(name).keys.map(({ id, active = true }) => ({
          UserName: this.#seen(name).name,
          AccessKeyId: id,
          Status: active ? 'Active' : 'Inactive',
        }));
        return this.#page(keys, input, 'AccessKeyMetadata');
      }
      case 'SimulatePrincipalPolicy':
        return this.#simulate(input as unknown as SimulatePrincipalPolicyRequest);
      case 'ListSSHPublicKeys': {
        const user = this.#seen(name);
        const keys = user.sshKeys.map(({ id, active = true }) => ({
          UserName: user.name,
          SSHPublicKeyId: id,
          Status: active ? 'Active' : 'Inactive',
          UploadDate: user.createdAt,
        }));
        return this.#page(keys, input, 'SSHPublicKeys');
      }
      case 'ListServiceSpecificCredentials': {
        if (String(input.AllUsers) !== 'true') throw new Error('only AllUsers is known');
        const credentials = this.#everyone().flatMap((user) =>
          user.serviceCredentials.map(({ id, service, status = 'Active', expiresAt }) => ({
            UserName: user.name,
            ServiceSpecificCredentialId: id,
            ServiceName: service,
            Status: status,
            CreateDate: user.createdAt,
            ...(expiresAt ? { ExpirationDate: expiresAt } : {}),
          })),
        );
        return this.#page(credentials, input, 'ServiceSpecificCredentials');
      }
      case 'GetAccessKeyLastUsed':
        return this.#lastUse(String(input.AccessKeyId));
      case 'ListMFADevices': {
        const devices = this.#seen(name).devices.map((SerialNumber) => ({
          SerialNumber,
          UserName: this.#seen(name).name,
          EnableDate: this.#seen(name).createdAt,
        }));
        return this.#page(devices, input, 'MFADevices');
      }
      case 'GetLoginProfile':
        if (!this.#seen(name).password)
          throw noSuchEntity(`Login Profile for User ${name} cannot be found.`);
        return { LoginProfile: { UserName: this.#seen(name).name } };
      case 'ListAttachedUserPolicies': {
        const policies = this.#seen(name).policies.map((PolicyArn) => ({ PolicyArn }));
        return this.#page(policies, input, 'AttachedPolicies');
      }
      case 'GetPolicy': {
        const { defaultId } = this.#policy(input);
        const counts = this.#usesOf(this.#arnOf(String(input.PolicyArn)));
        return { Policy: { DefaultVersionId: defaultId, ...counts } };
      }
      case 'ListEntitiesForPolicy': {
        this.#policy(input);
        const arn = this.#arnOf(String(input.PolicyArn));
        const isListed = ({ policies, boundary }: MemoryUser) =>
          input.PolicyUsageFilter === 'PermissionsBoundary'
            ? boundary === arn
            : policies.includes(arn);
        const users = this.#everyone().filter(isListed);
        const page = this.#page(
          users.map(({ name }) => ({ UserName: name })),
          input,
          'PolicyUsers',
        );
        return { ...page, PolicyGroups: [], PolicyRoles: [] };
      }
      case 'GetPolicyVersion': {
        const document = this.#policy(input).versions[String(input.VersionId)];
        if (!document)
          throw noSuchEntity(`Policy version ${String(input.VersionId)} was not found.`);
        return { PolicyVersion: { Document: encodeURIComponent(JSON.stringify(document)) } };
      }
      case 'ListPolicyVersions': {
        const ids = Object.keys(this.#policy(input).versions);
        return this.#page(
          ids.map((VersionId) => ({ VersionId })),
          input,
          'Versions',
        );
      }
      case 'TagPolicy': {
        this.#policy(input);
        const policyArn = this.#arnOf(String(input.PolicyArn));
        const tags = input.Tags as { Key: string; Value: string }[];
        const written = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
        this.policyTags[policyArn] = { ...this.policyTags[policyArn], ...written };
        return {};
      }
      case 'SetDefaultPolicyVersion':
        this.#policy(input).defaultId = String(input.VersionId);
        return {};
      case 'GetAccountSummary':
        return {
          SummaryMap: {
            AttachedPoliciesPerUserQuota: this.#options.policyQuota ?? 10,
            GroupsPerUserQuota: this.#options.groupQuota ?? 10,
            Users: this.#everyone().length,
            AccountMFAEnabled: this.rootHasMfa ? 1 : 0,
            ...this.summary,
          },
        };
      case 'GenerateCredentialReport':
        return { State: this.credentialReport.generate(this.#now()) };
      case 'GetCredentialReport':
        return this.#report();
      case 'ListRoleTags': {
        const tags = this.roles[String(input.RoleName)];
        if (!tags) throw noSuchEntity('The role cannot be found.');
        return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      }
      case 'ListAccountAliases':
        return { AccountAliases: this.alias === null ? [] : [this.alias] };
      case 'GetAccountAuthorizationDetails':
        if (String(input.Filter) === 'LocalManagedPolicy') {
          return this.#page(this.#managedPolicies(), input, 'Policies');
        }
        return this.#page(
          this.#everyone().map((user) => ({
            UserName: user.name,
            UserId: user.id,
            Arn: this.#arn(user),
            CreateDate: user.createdAt,
            Tags: tagList(user),
            ...boundaryOf(user),
            GroupList: user.groups,
            UserPolicyList: Object.entries(user.inline).map(([PolicyName, document]) => ({
              PolicyName,
              PolicyDocument: encoded(document),
            })),
            AttachedManagedPolicies: user.policies.map((PolicyArn) => ({ PolicyArn })),
          })),
          input,
          'UserDetailList',
        );
      case 'ListVirtualMFADevices':
        return this.#page(
          [
            ...this.#everyone().flatMap((user) =>
              user.devices
                .filter((serial) => serial.includes(':mfa/'))
                .map((SerialNumber) => ({
                  SerialNumber,
                  User: { UserName: user.name },
                  EnableDate: user.createdAt,
                })),
            ),
            ...[...this.unassigned].map((SerialNumber) => ({ SerialNumber })),
          ],
          input,
          'VirtualMFADevices',
        );
      case 'ListGroupsForUser':
        return this.#page(
          this.#seen(name).groups.map((GroupName) => ({ GroupName })),
          input,
          'Groups',
        );
      case 'ListUserPolicies':
        return this.#page(Object.keys(this.#seen(name).inline) as never, input, 'PolicyNames');
      case 'GetUserPolicy': {
        const document = entryOf(this.#seen(name).inline, String(input.PolicyName))?.[1];
        if (document === undefined) throw noSuchEntity('The user policy cannot be found.');
        return { PolicyDocument: encoded(document) };
      }
      case 'GetGroupPolicy':
        if (!this.groupExists) throw noSuchEntity('The group cannot be found.');
        return { PolicyDocument: encoded(this.groupDocument) };
      case 'GetGroup': {
        const group = String(input.GroupName);
        if (!this.groupExists) throw noSuchEntity(`The group with name ${group} cannot be found.`);
        const members = this.#everyone().filter(({ groups }) =>
          groups.some((one) => isSameName(one, group)),
        );
        const users = members.map((user) => ({ UserName: user.name, Arn: this.#arn(user) }));
        return this.#page(users, input, 'Users');
      }
      case 'AddUserToGroup':
        return this.#join(name, String(input.GroupName));
      case 'RemoveUserFromGroup':
        return this.#change(name, ({ groups }) => ({
          groups: groups.filter((one) => !isSameName(one, String(input.GroupName))),
        }));
      case 'PutUserPermissionsBoundary':
        return this.#change(name, () => ({
          boundary: this.#arnOf(String(input.PermissionsBoundary)),
        }));
      case 'DeleteUserPermissionsBoundary':
        return this.#change(name, () => ({ boundary: null }));
      case 'PutUserPolicy':
        return this.#putInline(name, String(input.PolicyName), String(input.PolicyDocument));
      case 'DeleteUserPolicy':
        return this.#change(name, ({ inline }) => ({
          inline: Object.fromEntries(
            Object.entries(inline).filter(([one]) => !isSameName(one, String(input.PolicyName))),
          ),
        }));
      case 'AttachUserPolicy':
        return this.#attach(name, String(input.PolicyArn));
      case 'DeleteVirtualMFADevice': {
        const serial = String(input.SerialNumber);
        if (this.#everyone().some(({ devices }) => devices.includes(serial))) {
          throw new DeleteConflictException({
            message: 'Cannot delete an MFA device that is assigned.',
            $metadata: {},
          });
        }
        if (!this.unassigned.delete(serial)) throw noSuchEntity('The device cannot be found.');
        return {};
      }
      case 'DetachUserPolicy':
        return this.#detach(name, String(input.PolicyArn));
      default:
        throw new Error(`MemoryIam does not know ${action}`);
    }
  }

  #usesOf(arn: string): object {
    const users = this.#everyone();
    return {
      AttachmentCount: users.filter(({ policies }) => policies.includes(arn)).length,
      PermissionsBoundaryUsageCount: users.filter(({ boundary }) => boundary === arn).length,
    };
  }

  #managedPolicies(): object[] {
    return Object.entries(this.managed).map(([Arn, { defaultId, versions }]) => ({
      Arn,
      ...this.#usesOf(Arn),
      PolicyVersionList: Object.entries(versions).map(([VersionId, document]) => ({
        VersionId,
        IsDefaultVersion: VersionId === defaultId,
        Document: encoded(document),
      })),
    }));
  }

  /** IAM says N/A for the service and Region of a key that was never used, and gives no date. */
  #lastUse(id: string): object {
    const owner = this.#everyone().find(({ keys }) => keys.some((key) => key.id === id));
    if (!owner) throw noSuchEntity(`The Access Key with id ${id} cannot be found`);
    const lastUse = owner.keys.find((key) => key.id === id)?.lastUse;
    return {
      UserName: owner.name,
      AccessKeyLastUsed: lastUse
        ? { LastUsedDate: lastUse.at, ServiceName: lastUse.service, Region: lastUse.region }
        : { ServiceName: 'N/A', Region: 'N/A' },
    };
  }

  /** The user's boundary as the simulator evaluates it, by actions alone; the other policies allow everything. */
  #simulate(input: SimulatePrincipalPolicyRequest): object {
    const name = String(input.PolicySourceArn).split('/').at(-1) ?? '';
    const { boundary } = this.#seen(name);
    const policy = boundary === null ? undefined : this.managed[boundary];
    if (boundary !== null && policy === undefined) throw noSuchEntity(`${boundary} was not found.`);
    const document = policy?.versions[policy.defaultId];
    const results = [input.ActionNames ?? []].flat().map((EvalActionName) => {
      const AllowedByPermissionsBoundary =
        document === undefined || allows(document, EvalActionName);
      const EvalDecision = AllowedByPermissionsBoundary ? 'allowed' : 'implicitDeny';
      const PermissionsBoundaryDecisionDetail = { AllowedByPermissionsBoundary };
      return {
        EvalActionName,
        EvalResourceName: '*',
        EvalDecision,
        PermissionsBoundaryDecisionDetail,
        ResourceSpecificResults: [input.ResourceArns ?? []].flat().map((EvalResourceName) => ({
          EvalResourceName,
          EvalResourceDecision: EvalDecision,
          PermissionsBoundaryDecisionDetail,
        })),
      };
    });
    return { EvaluationResults: results, IsTruncated: false };
  }

  /** The report as AWS writes it: 22 columns, root first, no newline at the end. */
  #report(): object {
    const at = this.credentialReport.madeAt(this.#now());
    const lines = this.#everyone((user) => at - this.rowLag(user)).map((user) =>
      credentialLine(user, this.#arn(user)),
    );
    const root = [
      '<root_account>',
      `arn:aws:iam::${this.account}:root`,
      '2020-01-01T00:00:00Z,not_supported,N/A,not_supported,not_supported,true',
      'false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
    ].join();
    const Content = new TextEncoder().encode([CREDENTIAL_COLUMNS, root, ...lines].join('\n'));
    return { Content, ReportFormat: 'text/csv', GeneratedTime: new Date(inSeconds(at)) };
  }

  #attach(name: string, typed: string): object {
    const user = this.#existing(name);
    const arn = this.#arnOf(typed, user.policies);
    if (!this.policyExists)
      throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    if (user.policies.includes(arn)) return {};
    const quota = this.#options.policyQuota ?? 10;
    if (user.policies.length >= quota) {
      throw limitExceeded(`Cannot exceed quota for PoliciesPerUser: ${quota}`);
    }
    this.#record(name, { ...user, policies: [...user.policies, arn] });
    return {};
  }

  /** A policy's ARN as IAM writes it. */
  #arnOf(typed: string, attached: readonly string[] = []): string {
    return asWritten(typed, [...Object.keys(this.managed), ...attached]);
  }

  #policy({ PolicyArn }: Record<string, unknown>) {
    const policy = this.managed[this.#arnOf(String(PolicyArn))];
    if (!policy || !this.policyExists)
      throw noSuchEntity(`Policy ${String(PolicyArn)} was not found.`);
    return policy;
  }

  #join(name: string, typed: string): object {
    const { groups } = this.#existing(name);
    const group = asWritten(typed, [POLICY_NAME, ...groups]);
    if (!this.groupExists) throw noSuchEntity(`The group with name ${group} cannot be found.`);
    if (groups.includes(group)) return {};
    const quota = this.#options.groupQuota ?? 10;
    if (groups.length >= quota)
      throw limitExceeded(`Cannot exceed quota for GroupsPerUser: ${quota}`);
    return this.#change(name, () => ({ groups: [...groups, group] }));
  }

  #putInline(name: string, policy: string, document: string): object {
    const before = this.#existing(name).inline;
    const named = entryOf(before, policy)?.[0] ?? policy;
    const inline = { ...before, [named]: JSON.parse(document) as object };
    const total = Object.values(inline).reduce<number>((sum, one) => sum + lengthOf(one), 0);
    if (total > 2048) throw limitExceeded('Maximum policy size of 2048 bytes exceeded');
    return this.#change(name, () => ({ inline }));
  }

  #change(name: string, change: (user: MemoryUser) => Partial<MemoryUser>): object {
    const user = this.#existing(name);
    this.#record(name, { ...user, ...change(user) });
    return {};
  }

  #detach(name: string, typed: string): object {
    const user = this.#existing(name);
    const arn = this.#arnOf(typed, user.policies);
    if (!user.policies.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
    this.#record(name, { ...user, policies: user.policies.filter((one) => one !== arn) });
    return {};
  }

  /** The state that readings show, with the lag. */
  #seen(name: string): MemoryUser {
    const until = this.#now() - this.lag;
    const user = this.#history.get(nameKey(name))?.findLast(({ at }) => at <= until)?.user;
    if (!user) throw noSuchEntity(`The user with name ${name} cannot be found.`);
    return user;
  }

  #existing(name: string): MemoryUser {
    const user = this.#latest(name);
    if (!user) throw noSuchEntity(`The user with name ${name} cannot be found.`);
    return user;
  }

  #latest(name: string): MemoryUser | null {
    return this.#history.get(nameKey(name))?.at(-1)?.user ?? null;
  }

  #everyone(until: (key: string) => number = () => this.#now() - this.lag): MemoryUser[] {
    return [...this.#history]
      .map(([key, versions]) => {
        const seenAt = until(key);
        return versions.findLast(({ at }) => at <= seenAt)?.user;
      })
      .filter((user) => user !== undefined && user !== null);
  }

  #record(name: string, user: MemoryUser | null): void {
    const versions = this.#history.get(nameKey(name)) ?? [];
    versions.push({ at: this.#now(), user });
    this.#history.set(nameKey(name), versions);
  }

  #arn({ path, name }: MemoryUser): string {
    return `arn:${this.partition}:iam::${this.account}:user${path}${name}`;
  }

  #page(all: readonly object[], input: Record<string, unknown>, listName: string): object {
    const marker = String(input.Marker ?? (this.pages.empty ? `0${EMPTY_FIRST}` : '0'));
    const from = Number.parseInt(marker, 10);
    if (marker.endsWith(EMPTY_FIRST))
      return { [listName]: [], IsTruncated: true, Marker: String(from) };
    const to = from + Math.min(Number(input.MaxItems ?? 100), this.pages.size, 1000);
    const more = to < all.length;
    return {
      [listName]: all.slice(from, to),
      IsTruncated: more,
      ...(more ? { Marker: `${to}${this.pages.empty ? EMPTY_FIRST : ''}` } : {}),
    };
  }
}

/** Whether a document without conditions, NotAction and resources allows an action. */
function allows(document: object, action: string): boolean {
  const { Statement } = document as { Statement: { Effect: string; Action: string | string[] }[] };
  const effects = Statement.filter(({ Action }) =>
    [Action]
      .flat()
      .some((one) => one === '*' || one === action || one === `${action.split(':')[0]}:*`),
  ).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

const CREDENTIAL_COLUMNS =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,' +
  'access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,' +
  'access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,' +
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';

const inSeconds = (ms: number) => Math.floor(ms / 1000) * 1000;

/** A user's line of the credential report. Times have whole seconds. */
function credentialLine(user: MemoryUser, arn: string): string {
  const time = (at: Date | undefined) =>
    at === undefined ? 'N/A' : `${at.toISOString().slice(0, 19)}Z`;
  const key = (one: MemoryKey | undefined) => [
    one !== undefined && (one.active ?? true),
    time(one && (one.rotatedAt ?? user.createdAt)),
    time(one?.lastUse?.at),
    one?.lastUse?.region ?? 'N/A',
    one?.lastUse?.service ?? 'N/A',
  ];
  const certificate = (one: MemoryUser['certificates'][number] | undefined) => [
    one?.active ?? false,
    time(one?.rotatedAt),
  ];
  return [
    user.name,
    arn,
    time(user.createdAt),
    user.password,
    user.password ? (user.lastSignIn ? time(user.lastSignIn) : 'no_information') : 'N/A',
    user.password ? time(user.createdAt) : 'N/A',
    'N/A',
    user.devices.length > 0,
    ...key(user.keys[0]),
    ...key(user.keys[1]),
    ...certificate(user.certificates[0]),
    ...certificate(user.certificates[1]),
  ].join();
}

/** The stored name for one that was typed in any case. */
function asWritten(typed: string, known: readonly string[]): string {
  return known.find((one) => isSameName(one, typed)) ?? typed;
}

/** An entry of a record, by its key in any case. */
function entryOf<V>(all: Readonly<Record<string, V>>, name: string): [string, V] | undefined {
  return Object.entries(all).find(([one]) => isSameName(one, name));
}

/** The end of a marker that leads to an empty page first. */
const EMPTY_FIRST = '!';

function tagList({ tags }: MemoryUser) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** A document as IAM returns it, URL-encoded. */
function encoded(document: object | number): string {
  return encodeURIComponent(JSON.stringify(document));
}

function lengthOf(document: object | number): number {
  return typeof document === 'number' ? document : JSON.stringify(document).length;
}

function limitExceeded(message: string): Error {
  return new LimitExceededException({ message, $metadata: {} });
}

function boundaryOf({ boundary }: MemoryUser): object {
  if (boundary === null) return {};
  return {
    PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
  };
}

export function noSuchEntity(message = 'not found'): Error {
  return new NoSuchEntityException({ message, $metadata: {} });
}

/** The error that the SDK throws after its own retries. */
export const throttled = () =>
  new IAMServiceException({
    name: 'Throttling',
    $fault: 'client',
    message: 'Rate exceeded',
    $metadata: {},
  });

export const accessDenied = () =>
  new IAMServiceException({
    name: 'AccessDenied',
    $fault: 'client',
    message: 'User is not authorized to perform this action',
    $metadata: {},
  });

export const serviceFailure = () =>
  new IAMServiceException({
    name: 'ServiceFailure',
    $fault: 'server',
    message: 'Internal error',
    $metadata: {},
  });

export const timedOut = () => Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });

export const concurrentModification = () =>
  new ConcurrentModificationException({ message: 'changed at the same time', $metadata: {} });

export const temporarilyUnmodifiable = () =>
  new EntityTemporarilyUnmodifiableException({ message: 'try again later', $metadata: {} });
