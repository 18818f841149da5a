import type { Parameter } from '@aws-sdk/client-cloudformation';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: object;
}

/** A template, as far as a change set depends on it. */
interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: string }>>;
}

interface Event {
  readonly resource: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
}

interface Change {
  readonly id: string;
  readonly type: string;
  readonly action: 'Add' | 'Modify' | 'Remove';
}

interface ChangeSet {
  readonly id: string;
  readonly template: Template;
  readonly parameters: Record<string, string>;
  readonly changes: readonly Change[];
  readonly reason: string | undefined;
  /** Statuses still to come, the present one first. */
  statuses: string[];
}

interface Stack {
  readonly name: string;
  readonly id: string;
  status: string;
  parameters: Record<string, string>;
  template: Template;
  readonly events: Event[];
  readonly changeSets: Map<string, ChangeSet>;
  /** What CloudFormation still does, two steps after each reading of the events. */
  steps: (() => void)[];
}

interface Input {
  readonly [name: string]: unknown;
  readonly StackName: string;
  readonly ChangeSetName?: string;
  readonly ChangeSetType?: string;
  readonly OnStackFailure?: string;
  readonly TemplateURL?: string;
  readonly Parameters?: (Parameter & { UsePreviousValue?: boolean })[];
  readonly NextToken?: string;
}

const STACK = 'AWS::CloudFormation::Stack';
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/**
 * CloudFormation's stacks and change sets, as its API reference and user guide have them: a change set is worked out in a
 * while, an operation shows nothing at first, fails with the resources that it cancels, and rolls back; a new stack whose
 * creation fails is deleted (OnStackFailure). Lists come in pages of three. (moto does all at once, and never fails.)
 */
export class MemoryStacks {
  readonly stacks: Stack[] = [];
  /** Logical IDs that an update replaces. */
  readonly replaced = new Set<string>();
  /** Why a resource cannot be created, changed or deleted, by "CREATE ForceMfaPolicy". */
  readonly failing = new Map<string, string>();
  /** Why a change set fails. */
  refusal: string | null = null;
  /** Whether a deletion of this resource fails now. */
  inUse: (resource: Resource) => string | null = () => null;
  /** Called when a resource is deleted or created. */
  onStep: (event: Event, stack: Stack) => void = () => undefined;
  readonly #readTemplate: (url: string) => string;
  #made = 0;

  /** @param readTemplate the object at a TemplateURL; it throws where there is none */
  constructor(readTemplate: (url: string) => string) {
    this.#readTemplate = readTemplate;
  }

  /** The stack of a name that exists, or of an ARN. */
  find(name: string): Stack | undefined {
    return this.stacks.find((one) =>
      name.startsWith('arn:') ? one.id === name : one.name === name && !isGone(one),
    );
  }

  /** Stacks that exist, REVIEW_IN_PROGRESS among them. */
  get existing(): Stack[] {
    return this.stacks.filter((one) => !isGone(one));
  }

  /** Adds a stack that was deployed earlier. */
  put(name: string, status: string, parameters: Record<string, string>, template: Template): Stack {
    const id = `arn:aws:cloudformation:us-east-1:111122223333:stack/${name}/${this.#next()}`;
    const stack: Stack = {
      name,
      id,
      status,
      parameters,
      template,
      events: [],
      changeSets: new Map(),
      steps: [],
    };
    this.#event(stack, name, STACK, status);
    this.stacks.push(stack);
    return stack;
  }

  /** Does all that is still to do. */
  finish(): void {
    for (const one of this.stacks) while (one.steps.length > 0) one.steps.shift()?.();
  }

  /** Answers a call. @throws CloudFormation's errors */
  call(action: string, input: Input): object {
    switch (action) {
      case 'DescribeStacks':
        return { Stacks: [described(this.#existing(input.StackName))] };
      case 'CreateChangeSet':
        return this.#createChangeSet(input);
      case 'DescribeChangeSet':
        return this.#describeChangeSet(input);
      case 'DeleteChangeSet':
        this.find(input.StackName)?.changeSets.delete(input.ChangeSetName ?? '');
        return {};
      case 'ExecuteChangeSet':
        this.#execute(input);
        return {};
      case 'DeleteStack':
        this.#delete(input.StackName);
        return {};
      case 'DescribeStackEvents':
        return this.#describeEvents(input);
      case 'ListStackResources':
        return page(
          'StackResourceSummaries',
          resourcesOf(this.#existing(input.StackName)),
          input.NextToken,
        );
      default:
        throw new Error(`MemoryStacks does not know ${action}`);
    }
  }

  #existing(name: string): Stack {
    const found = this.find(name);
    if (found === undefined) throw invalid(`Stack with id ${name} does not exist`);
    return found;
  }

  #createChangeSet(input: Input): object {
    const isNew = input.ChangeSetType === 'CREATE';
    const found = this.find(input.StackName);
    if (isNew && found !== undefined && found.status !== 'REVIEW_IN_PROGRESS') {
      throw invalid(`Stack [${input.StackName}] already exists and cannot be created again.`);
    }
    if (!isNew && found === undefined) throw invalid(`Stack [${input.StackName}] does not exist`);
    if (!isNew && !/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(found?.status ?? '')) {
      throw invalid(`Stack:${found?.id} is in ${found?.status} state and can not be updated.`);
    }
    const template = JSON.parse(this.#readTemplate(input.TemplateURL ?? '')) as Template;
    const parameters = parametersOf(template, input.Parameters ?? [], found?.parameters ?? {});
    const empty = { Parameters: {}, Resources: {}, Outputs: {} };
    const stack = found ?? this.put(input.StackName, 'REVIEW_IN_PROGRESS', {}, empty);
    const changes = changesOf(stack, template, parameters);
    const isSame =
      changes.length === 0 &&
      JSON.stringify(stack.template.Outputs) === JSON.stringify(template.Outputs);
    const reason = this.refusal ?? (isSame ? NO_CHANGES : undefined);
    const id = `${stack.id.replace(':stack/', ':changeSet/')}/${input.ChangeSetName}`;
    const end = reason === undefined ? 'CREATE_COMPLETE' : 'FAILED';
    const statuses = ['CREATE_PENDING', 'CREATE_IN_PROGRESS', end];
    stack.changeSets.set(id, { id, template, parameters, changes, reason, statuses });
    return { Id: id, StackId: stack.id };
  }

  #changeSet({ StackName, ChangeSetName = '' }: Input): ChangeSet {
    const found = this.#existing(StackName).changeSets.get(ChangeSetName);
    if (found !== undefined) return found;
    throw Object.assign(new Error(`ChangeSet [${ChangeSetName}] does not exist`), {
      name: 'ChangeSetNotFound',
    });
  }

  #describeChangeSet(input: Input): object {
    const one = this.#changeSet(input);
    const [Status = ''] = one.statuses;
    const Changes =
      Status === 'CREATE_COMPLETE'
        ? one.changes.map(({ id, type, action }) => ({
            Type: 'Resource',
            ResourceChange: {
              LogicalResourceId: id,
              ResourceType: type,
              Action: action,
              ...(action === 'Modify'
                ? { Replacement: this.replaced.has(id) ? 'True' : 'False' }
                : {}),
            },
          }))
        : [];
    if (one.statuses.length > 1) one.statuses.shift();
    return {
      Status,
      ...(Status === 'FAILED' ? { StatusReason: one.reason } : {}),
      ...page('Changes', Changes, input.NextToken),
    };
  }

  #execute(input: Input): void {
    const changeSet = this.#changeSet(input);
    if (changeSet.statuses[0] !== 'CREATE_COMPLETE') {
      throw Object.assign(new Error(`ChangeSet [${changeSet.id}] cannot be executed`), {
        name: 'InvalidChangeSetStatus',
      });
    }
    const stack = this.#existing(input.StackName);
    // The others are not valid any more (User Guide, "Execute a change set").
    stack.changeSets.clear();
    if (stack.status === 'REVIEW_IN_PROGRESS') this.#create(stack, changeSet);
    else this.#update(stack, changeSet);
  }

  #create(stack: Stack, { template, parameters, changes }: ChangeSet): void {
    Object.assign(stack, { template, parameters });
    this.#later(stack, stack.name, STACK, 'CREATE_IN_PROGRESS', 'User Initiated');
    for (const { id, type } of changes) this.#later(stack, id, type, 'CREATE_IN_PROGRESS');
    const failed = this.#fails('CREATE', changes);
    if (failed === undefined) {
      for (const { id, type } of changes) this.#later(stack, id, type, 'CREATE_COMPLETE');
      this.#later(stack, stack.name, STACK, 'CREATE_COMPLETE');
      return;
    }
    this.#cancel(stack, 'CREATE', failed, changes);
    const names = changes.map(({ id }) => id).join(', ');
    const why = `The following resource(s) failed to create: [${names}]. Delete requested by user.`;
    this.#later(stack, stack.name, STACK, 'DELETE_IN_PROGRESS', why);
    for (const { id, type } of changes) {
      const kept = template.Resources[id]?.DeletionPolicy === 'Retain' && id !== failed.id;
      this.#later(stack, id, type, kept ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE');
    }
    this.#later(stack, stack.name, STACK, 'DELETE_COMPLETE');
  }

  #update(stack: Stack, { template, parameters, changes }: ChangeSet): void {
    const done = () => Object.assign(stack, { template, parameters });
    this.#later(stack, stack.name, STACK, 'UPDATE_IN_PROGRESS', 'User Initiated');
    for (const { id, type } of changes) {
      const why = this.replaced.has(id)
        ? 'Requested update requires the creation of a new physical resource; hence creating one.'
        : undefined;
      this.#later(stack, id, type, 'UPDATE_IN_PROGRESS', why);
    }
    const failed = this.#fails('UPDATE', changes);
    if (failed !== undefined) {
      this.#cancel(stack, 'UPDATE', failed, changes);
      this.#rollBack(stack, changes);
      return;
    }
    for (const { id, type } of changes) this.#later(stack, id, type, 'UPDATE_COMPLETE');
    stack.steps.push(done);
    this.#later(stack, stack.name, STACK, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    const old = changes.filter(({ id, action }) => this.replaced.has(id) || action === 'Remove');
    for (const { id, type } of old) {
      this.#later(stack, id, type, 'DELETE_IN_PROGRESS');
      this.#later(stack, id, type, 'DELETE_COMPLETE');
    }
    this.#later(stack, stack.name, STACK, 'UPDATE_COMPLETE');
  }

  #rollBack(stack: Stack, changes: readonly Change[]): void {
    const why = `The following resource(s) failed to update: [${changes.map(({ id }) => id).join(', ')}].`;
    this.#later(stack, stack.name, STACK, 'UPDATE_ROLLBACK_IN_PROGRESS', why);
    const stuck = this.#fails('ROLLBACK', changes);
    for (const { id, type } of changes) {
      if (id === stuck?.id) this.#later(stack, id, type, 'UPDATE_FAILED', stuck.reason);
      else this.#later(stack, id, type, 'UPDATE_COMPLETE');
    }
    if (stuck !== undefined) {
      this.#later(stack, stack.name, STACK, 'UPDATE_ROLLBACK_FAILED', why);
      return;
    }
    this.#later(stack, stack.name, STACK, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    this.#later(stack, stack.name, STACK, 'UPDATE_ROLLBACK_COMPLETE');
  }

  #delete(name: string): void {
    const stack = this.find(name);
    if (stack === undefined || stack.status === 'DELETE_IN_PROGRESS') return;
    this.#later(stack, stack.name, STACK, 'DELETE_IN_PROGRESS', 'User Initiated');
    // At once, as a next DescribeStacks shows it.
    stack.steps.shift()?.();
    const failed: string[] = [];
    for (const [id, one] of Object.entries(stack.template.Resources)) {
      if (one.DeletionPolicy === 'Retain') {
        this.#later(stack, id, one.Type, 'DELETE_SKIPPED');
        continue;
      }
      this.#later(stack, id, one.Type, 'DELETE_IN_PROGRESS');
      stack.steps.push(() => {
        const why = this.failing.get(`DELETE ${id}`) ?? this.inUse(one) ?? undefined;
        if (why !== undefined) failed.push(id);
        this.#event(stack, id, one.Type, why ? 'DELETE_FAILED' : 'DELETE_COMPLETE', why);
      });
    }
    stack.steps.push(() => {
      const why = `The following resource(s) failed to delete: [${failed.join(', ')}]. `;
      if (failed.length === 0) this.#event(stack, name, STACK, 'DELETE_COMPLETE');
      else this.#event(stack, name, STACK, 'DELETE_FAILED', why);
    });
  }

  #fails(when: string, changes: readonly Change[]) {
    return changes
      .map(({ id, type }) => ({ id, type, reason: this.failing.get(`${when} ${id}`) ?? '' }))
      .find(({ reason }) => reason !== '');
  }

  /** One fails, and CloudFormation cancels all that it works on. */
  #cancel(
    stack: Stack,
    what: 'CREATE' | 'UPDATE',
    failed: { readonly id: string; readonly type: string; readonly reason: string },
    changes: readonly Change[],
  ): void {
    const others = changes.filter(({ id }) => id !== failed.id);
    const cancelled =
      what === 'CREATE' ? 'Resource creation cancelled' : 'Resource update cancelled';
    // The events of one moment are in no order.
    const [first, ...rest] = others;
    if (first) this.#later(stack, first.id, first.type, `${what}_FAILED`, cancelled);
    this.#later(stack, failed.id, failed.type, `${what}_FAILED`, failed.reason);
    for (const { id, type } of rest) this.#later(stack, id, type, `${what}_FAILED`, cancelled);
  }

  #later(stack: Stack, resource: string, type: string, status: string, reason?: string): void {
    stack.steps.push(() => this.#event(stack, resource, type, status, reason));
  }

  #event(stack: Stack, resource: string, type: string, status: string, reason?: string): void {
    const event = { resource, type, status, reason };
    stack.events.unshift(event);
    if (type === STACK) stack.status = status;
    this.onStep(event, stack);
  }

  #describeEvents({ StackName, NextToken }: Input): object {
    const stack = this.#existing(StackName);
    const { length } = stack.events;
    const all = stack.events.map(({ resource, type, status, reason }, index) => ({
      EventId: `${stack.id}-${length - index}`,
      Timestamp: new Date('2026-03-01T12:00:00Z'),
      LogicalResourceId: resource,
      ResourceType: type,
      ResourceStatus: status,
      ...(reason === undefined ? {} : { ResourceStatusReason: reason }),
      PhysicalResourceId: type === STACK ? stack.id : physicalId(stack, resource, type),
    }));
    const answer = page('StackEvents', all, NextToken);
    // A reading shows the stack as it was before the next two steps.
    if (NextToken === undefined) for (let at = 0; at < 2; at += 1) stack.steps.shift()?.();
    return answer;
  }

  #next(): string {
    this.#made += 1;
    return `00000000-0000-0000-0000-${String(this.#made).padStart(12, '0')}`;
  }
}

const isGone = ({ status }: Stack) => status === 'DELETE_COMPLETE';

const invalid = (message: string) => Object.assign(new Error(message), { name: 'ValidationError' });

function parametersOf(
  { Parameters }: Template,
  sent: NonNullable<Input['Parameters']>,
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const unknown = sent.filter(({ ParameterKey = '' }) => Parameters[ParameterKey] === undefined);
  if (unknown.length > 0) {
    const names = unknown.map(({ ParameterKey }) => ParameterKey).join(', ');
    throw invalid(`Parameters: [${names}] do not exist in the template`);
  }
  const values = Object.entries(Parameters).map(([name, { Default }]) => {
    const one = sent.find(({ ParameterKey }) => ParameterKey === name);
    return [name, one?.UsePreviousValue ? before[name] : (one?.ParameterValue ?? Default)] as const;
  });
  const missing = values.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.fromEntries(values) as Record<string, string>;
}

/** A resource changes with its own text, and with a parameter that it refers to. */
function changesOf(
  stack: Stack,
  template: Template,
  parameters: Readonly<Record<string, string>>,
): Change[] {
  const [before, after] = [stack.template.Resources, template.Resources];
  const changed = Object.keys(parameters).filter(
    (name) => parameters[name] !== stack.parameters[name],
  );
  const changes: Change[] = [];
  for (const [id, one] of Object.entries(after)) {
    const text = JSON.stringify(one);
    const old = before[id];
    if (old === undefined) changes.push({ id, type: one.Type, action: 'Add' });
    else if (
      JSON.stringify(old) !== text ||
      changed.some((name) => text.includes(`{"Ref":"${name}"}`))
    ) {
      changes.push({ id, type: one.Type, action: 'Modify' });
    }
  }
  for (const [id, { Type }] of Object.entries(before)) {
    if (after[id] === undefined) changes.push({ id, type: Type, action: 'Remove' });
  }
  return changes;
}

function described({ name, id, status, parameters, template }: Stack): object {
  return {
    StackName: name,
    StackId: id,
    StackStatus: status,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Outputs: Object.entries(template.Outputs).map(([OutputKey, { Value }]) => ({
      OutputKey,
      OutputValue: Value,
    })),
  };
}

function physicalId({ name }: Stack, id: string, type: string): string {
  const own = `${name}-${id}-ABC`;
  return type === 'AWS::Events::Rule' && id.startsWith('Outcomes') ? `${name}|${own}` : own;
}

function resourcesOf(stack: Stack): object[] {
  if (stack.status === 'REVIEW_IN_PROGRESS') return [];
  return Object.entries(stack.template.Resources).map(([id, { Type }]) => ({
    LogicalResourceId: id,
    ResourceType: Type,
    PhysicalResourceId: physicalId(stack, id, Type),
  }));
}

const PAGE = 3;

function page(name: string, all: readonly object[], token = '0'): object {
  const to = Number(token) + PAGE;
  return {
    [name]: all.slice(Number(token), to),
    ...(to < all.length ? { NextToken: String(to) } : {}),
  };
}
