import {
  CloudFormationClient,
  type CreateStackSetCommandInput,
  type DeploymentTargets,
  type Parameter,
  type StackSetOperationAction,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';

/** An account, its unit, and StackSets' error where its stack cannot be created, changed or deleted. */
export interface FakeAccount {
  readonly id: string;
  readonly name: string;
  unit: string;
  active?: boolean;
  fails?: { readonly when: StackSetOperationAction; readonly why: string };
}

interface FakeInstance {
  readonly account: string;
  readonly unit: string;
  status: 'CURRENT' | 'OUTDATED' | 'INOPERABLE';
  detail: string;
  reason?: string;
  overrides: Map<string, string>;
}

/** Deleted from the set with its stack left is another thing than with its stack. */
type Action = StackSetOperationAction | 'FORGET';

interface FakeOperation {
  readonly id: string;
  readonly action: Action;
  readonly results: { account: string; status: string; reason?: string; end: () => void }[];
}

interface Input {
  readonly [name: string]: unknown;
  readonly StackName?: string;
  readonly CallAs?: string;
  readonly NextToken?: string;
  readonly OperationId?: string;
  readonly DeploymentTargets?: DeploymentTargets;
  readonly RetainStacks?: boolean;
  readonly ParameterOverrides?: Parameter[];
  readonly StackInstanceAccount?: string;
  readonly ParentId?: string;
  readonly OrganizationalUnitId?: string;
}

const fault = (name: string, message = name) => Object.assign(new Error(message), { name });
const PAGE = 2;

/**
 * An organization with CloudFormation's StackSets of the service-managed kind, as in their API reference: the
 * management account is left out, filters of accounts choose within units, an update puts back every override that it
 * does not name, an account that joins gets the set's parameters, and an operation takes a while. Lists come in pages
 * of two. (moto has no trusted access, no filters and no units with accounts.)
 */
export class FakeOrganization {
  readonly accounts: FakeAccount[];
  readonly units: { id: string; name: string; parent: string }[];
  /** The caller's account. */
  readonly caller: string;
  readonly management = '999988887777';
  trustedAccess = 'ENABLED';
  delegated = true;
  /** null: the account is in no organization. */
  features: string | null = 'ALL';
  stack: Record<string, unknown> | null = null;
  set: CreateStackSetCommandInput | null = null;
  readonly instances: FakeInstance[] = [];
  readonly operations: FakeOperation[] = [];
  /** The functions that were started. */
  readonly invocations: string[] = [];
  /** Called for each of them. @param count how many there were */
  onInvoke: (count: number) => void = () => undefined;
  private changeSet: Input = {};
  private readonly events: object[] = [];
  /** Every call that changes something, by name. */
  readonly written: string[] = [];
  private registered = new Set<string>();

  constructor(
    caller: string,
    units: { id: string; name: string; parent: string }[],
    accounts: FakeAccount[],
  ) {
    this.caller = caller;
    this.units = units;
    this.accounts = accounts;
  }

  /** An account joins a unit: automatic deployment creates its stack. */
  join(account: FakeAccount): void {
    this.accounts.push(account);
    const unit = this.around(account.unit).find((id) => this.registered.has(id));
    if (unit !== undefined)
      this.begin('CREATE', [account.id], () => this.made(account.id, unit, []));
  }

  /** The effective parameters of an account's stack. */
  parametersOf(account: string): Record<string, string> {
    const own = this.instances.find((one) => one.account === account)?.overrides ?? new Map();
    const ofSet = (this.set?.Parameters ?? []).map((one) => [one.ParameterKey, one.ParameterValue]);
    return { ...Object.fromEntries(ofSet), ...Object.fromEntries(own) } as Record<string, string>;
  }

  cloudFormation(): CloudFormationClient {
    return answering(CloudFormationClient, (name, input) => this.answer(name, input));
  }

  lambda(): LambdaClient {
    return answering(LambdaClient, (name, input) => this.answer(name, input));
  }

  /** A change set of the hub's stack: a parameter without a value keeps it. */
  private changeStack(): void {
    const { Parameters = [], StackId } = this.stack as {
      Parameters?: Parameter[];
      StackId?: string;
    };
    const given = (this.changeSet.Parameters ?? []) as Parameter[];
    this.stack = {
      ...this.stack,
      Parameters: Parameters.map((one) => {
        const { ParameterValue } =
          given.find(({ ParameterKey }) => ParameterKey === one.ParameterKey) ?? {};
        return { ...one, ParameterValue: ParameterValue ?? one.ParameterValue };
      }),
    };
    this.events.unshift({
      EventId: `event-${this.events.length}`,
      PhysicalResourceId: StackId ?? this.changeSet.StackName,
      ResourceStatus: 'UPDATE_COMPLETE',
    });
  }

  organizations(): OrganizationsClient {
    return answering(OrganizationsClient, (name, input) => this.answer(name, input));
  }

  private answer(name: string, input: Input): unknown {
    if (/^(Create|Update|Delete|Execute|Invoke)/.test(name)) this.written.push(name);
    if ('CallAs' in input && input.CallAs === 'DELEGATED_ADMIN' && !this.delegated) {
      throw fault(
        'ValidationError',
        'You must be the management account or delegated admin account of an organization before operating a ' +
          'SERVICE_MANAGED stack set',
      );
    }
    switch (name) {
      case 'DescribeStacks':
        if (this.stack === null) {
          throw fault('ValidationError', `Stack with id ${input.StackName} does not exist`);
        }
        return { Stacks: [this.stack] };
      case 'CreateChangeSet':
        this.changeSet = input;
        return { Id: 'change-set' };
      case 'DescribeChangeSet':
        return { Status: 'CREATE_COMPLETE', Changes: [] };
      case 'ExecuteChangeSet':
        this.changeStack();
        return {};
      case 'DescribeStackEvents':
        return { StackEvents: this.events };
      case 'Invoke':
        this.invocations.push(String(input.FunctionName));
        this.onInvoke(this.invocations.length);
        return {};
      case 'DescribeOrganization':
        if (this.features === null) throw fault('AWSOrganizationsNotInUseException');
        return {
          Organization: {
            Id: 'o-abcdefghij',
            MasterAccountId: this.management,
            FeatureSet: this.features,
          },
        };
      case 'DescribeOrganizationsAccess':
        return { Status: this.trustedAccess };
      case 'ListStackSets':
        return { Summaries: this.set ? [{}] : [] };
      case 'ListRoots':
        return { Roots: [{ Id: 'r-ab12' }] };
      case 'DescribeOrganizationalUnit': {
        const unit = this.units.find(({ id }) => id === input.OrganizationalUnitId);
        if (unit === undefined) throw fault('OrganizationalUnitNotFoundException');
        return { OrganizationalUnit: { Id: unit.id, Name: unit.name } };
      }
      case 'ListAccounts':
        return paged(input, 'Accounts', this.accounts.map(asAccount));
      case 'ListAccountsForParent':
        return paged(
          input,
          'Accounts',
          this.accounts.filter(({ unit }) => unit === input.ParentId).map(asAccount),
        );
      case 'ListOrganizationalUnitsForParent':
        return paged(
          input,
          'OrganizationalUnits',
          this.units
            .filter(({ parent }) => parent === input.ParentId)
            .map(({ id }) => ({ Id: id })),
        );
      case 'CreateStackSet':
        if (this.set !== null) throw fault('NameAlreadyExistsException');
        this.set = input as unknown as CreateStackSetCommandInput;
        return {};
      case 'DeleteStackSet':
        if (this.instances.length > 0) throw fault('StackSetNotEmptyException');
        this.set = null;
        return {};
    }
    const { set } = this;
    if (set === null) throw fault('StackSetNotFoundException');
    switch (name) {
      case 'DescribeStackSet':
        return {
          StackSet: { ...set, Status: 'ACTIVE', OrganizationalUnitIds: [...this.registered] },
        };
      case 'UpdateStackSet':
        this.set = input as unknown as CreateStackSetCommandInput;
        return this.begin(
          'UPDATE',
          this.instances.map(({ account }) => account),
          () => undefined,
        );
      case 'ListStackInstances':
        return paged(input, 'Summaries', this.instances.map(asSummary));
      case 'DescribeStackInstance': {
        const instance = this.instances.find(
          ({ account }) => account === input.StackInstanceAccount,
        );
        if (instance === undefined) throw fault('StackInstanceNotFoundException');
        return {
          StackInstance: {
            ParameterOverrides: [...instance.overrides].map(([ParameterKey, ParameterValue]) => ({
              ParameterKey,
              ParameterValue,
            })),
          },
        };
      }
      case 'CreateStackInstances': {
        const { OrganizationalUnitIds: [unit = ''] = [] } = input.DeploymentTargets ?? {};
        this.registered.add(unit);
        const there = this.instances.map(({ account }) => account);
        const accounts = this.targeted(input.DeploymentTargets).filter(
          (one) => !there.includes(one),
        );
        return this.begin('CREATE', accounts, (account) =>
          this.made(account, unit, input.ParameterOverrides ?? []),
        );
      }
      case 'UpdateStackInstances':
        return this.begin('UPDATE', this.existing(input), (account) => {
          const instance = this.instances.find((one) => one.account === account);
          if (instance) instance.overrides = overridesOf(input.ParameterOverrides ?? []);
        });
      case 'DeleteStackInstances': {
        const { OrganizationalUnitIds = [], AccountFilterType } = input.DeploymentTargets ?? {};
        if (AccountFilterType === undefined) {
          for (const unit of OrganizationalUnitIds) this.registered.delete(unit);
        }
        return this.begin(
          input.RetainStacks ? 'FORGET' : 'DELETE',
          this.existing(input),
          (account) => {
            this.instances.splice(
              this.instances.findIndex((one) => one.account === account),
              1,
            );
          },
        );
      }
      case 'ListStackSetOperations':
        return paged(
          input,
          'Summaries',
          this.operations.map((one) => ({
            OperationId: one.id,
            Action: one.action === 'FORGET' ? 'DELETE' : one.action,
            Status: statusOf(one),
          })),
        );
      case 'DescribeStackSetOperation': {
        const operation = this.operation(input);
        // Each request finds one more account done.
        const next = operation.results.find(({ status }) => status === 'PENDING');
        next?.end();
        return { StackSetOperation: { Status: statusOf(operation) } };
      }
      case 'ListStackSetOperationResults':
        return paged(
          input,
          'Summaries',
          this.operation(input).results.map(({ account, status, reason }) => ({
            Account: account,
            Status: status,
            StatusReason: reason,
          })),
        );
    }
    throw new Error(`the fake knows no ${name}`);
  }

  private operation({ OperationId }: Input): FakeOperation {
    const operation = this.operations.find(({ id }) => id === OperationId);
    if (operation === undefined) throw fault('OperationNotFoundException');
    return operation;
  }

  private begin(action: Action, accounts: readonly string[], does: (account: string) => void) {
    const id = `operation-${this.operations.length + 1}`;
    const results = accounts.map((account) => {
      const result = {
        account,
        status: 'PENDING',
        end: () => this.end(action, result, does),
      } as FakeOperation['results'][number];
      return result;
    });
    this.operations.push({ id, action, results });
    return { OperationId: id };
  }

  private end(
    action: Action,
    result: FakeOperation['results'][number],
    does: (account: string) => void,
  ): void {
    const { account } = result;
    const fails = this.accounts.find(({ id }) => id === account)?.fails;
    const failed = fails?.when === action;
    // An instance exists even if its stack could not be created or changed.
    if (!failed || action !== 'DELETE') does(account);
    const instance = this.instances.find((one) => one.account === account);
    result.status = failed ? 'FAILED' : 'SUCCEEDED';
    if (failed) result.reason = fails.why;
    if (instance === undefined) return;
    instance.status = failed ? (action === 'DELETE' ? 'INOPERABLE' : 'OUTDATED') : 'CURRENT';
    instance.detail = failed ? 'FAILED' : 'SUCCEEDED';
    if (failed) instance.reason = fails.why;
    else delete instance.reason;
  }

  private made(account: string, unit: string, overrides: Parameter[]): void {
    const instance = { account, unit, overrides: overridesOf(overrides) };
    this.instances.push({ ...instance, status: 'CURRENT', detail: 'SUCCEEDED' });
  }

  private existing(input: Input): string[] {
    const targeted = this.targeted(input.DeploymentTargets);
    const there = this.instances.filter(({ account }) => targeted.includes(account));
    return there.map(({ account }) => account);
  }

  private targeted(targets: DeploymentTargets | undefined): string[] {
    const { OrganizationalUnitIds = [], Accounts = [], AccountFilterType } = targets ?? {};
    if (OrganizationalUnitIds.length === 0) throw fault('ValidationError', 'OUs are required');
    if (Accounts.length > 0 && AccountFilterType === undefined) {
      throw fault('ValidationError', 'AccountFilterType is required');
    }
    return this.accounts
      .filter(({ unit }) => this.around(unit).some((id) => OrganizationalUnitIds.includes(id)))
      .filter(({ active = true }) => active)
      .map(({ id }) => id)
      .filter((id) => id !== this.management)
      .filter((id) => AccountFilterType !== 'INTERSECTION' || Accounts.includes(id))
      .filter((id) => AccountFilterType !== 'DIFFERENCE' || !Accounts.includes(id));
  }

  /** A unit and those around it. */
  private around(unit: string): string[] {
    const parent = this.units.find(({ id }) => id === unit)?.parent;
    return parent === undefined ? [unit] : [unit, ...this.around(parent)];
  }
}

function statusOf({ results }: FakeOperation): string {
  if (results.some(({ status }) => status === 'PENDING')) return 'RUNNING';
  return results.some(({ status }) => status === 'FAILED') ? 'FAILED' : 'SUCCEEDED';
}

const overridesOf = (parameters: Parameter[]) =>
  new Map(parameters.map((one) => [one.ParameterKey ?? '', one.ParameterValue ?? '']));

const asAccount = ({ id, name, active = true }: FakeAccount) => ({
  Id: id,
  Name: name,
  State: active ? 'ACTIVE' : 'SUSPENDED',
});

const asSummary = ({ account, unit, status, detail, reason }: FakeInstance) => ({
  Account: account,
  OrganizationalUnitId: unit,
  Status: status,
  StackInstanceStatus: { DetailedStatus: detail },
  StatusReason: reason,
});

function paged(input: Input, key: string, all: readonly unknown[]) {
  const from = Number(input.NextToken ?? 0);
  const more = from + PAGE < all.length ? { NextToken: String(from + PAGE) } : {};
  return { [key]: all.slice(from, from + PAGE), ...more };
}

/** A real client of the SDK, as its paginators require, that answers by itself. */
function answering<C extends CloudFormationClient | LambdaClient | OrganizationsClient>(
  Client: new (config: object) => C,
  answer: (name: string, input: Input) => unknown,
): C {
  const client = new Client({ region: 'us-east-1' });
  const send = async (command: { constructor: { name: string }; input: Input }) =>
    answer(command.constructor.name.replace(/Command$/, ''), command.input);
  return Object.assign(client, { send });
}
