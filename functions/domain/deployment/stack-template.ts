/** Where a stack is, and what became of its template. */
export interface StackFacts {
  readonly name: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Logical id → type and physical id. */
  readonly resources: ReadonlyMap<string, { readonly type: string; readonly physicalId: string }>;
}

type Values = Readonly<Record<string, unknown>>;

/** A template's value that this knows no answer to: of a resource the stack has lost, for one. It is compared with nothing. */
class Unresolved extends Error {
  override readonly name = 'Unresolved';

  constructor(what: string) {
    super(`not compared with the template: no value is known for ${what}`);
  }
}

/** A deployed template, with everything CloudFormation put into it: what each resource must be. */
export class StackTemplate {
  private readonly sections: Values;
  private readonly facts: StackFacts;

  constructor(template: unknown, facts: StackFacts) {
    this.sections = asValues(template);
    this.facts = facts;
  }

  /** Logical ids of the resources of a type whose condition, where there is one, is true. */
  idsOf(type: string): string[] {
    return Object.entries(asValues(this.sections.Resources))
      .filter(([, resource]) => asValues(resource).Type === type)
      .filter(([, resource]) => this.isTrue(asValues(resource).Condition))
      .map(([id]) => id);
  }

  /**
   * A resource's properties as they were deployed; {} for one that the template has not.
   * @throws Unresolved
   */
  propertiesOf(id: string): Values {
    return asValues(this.resolve(asValues(asValues(this.sections.Resources)[id]).Properties));
  }

  private isTrue(condition: unknown): boolean {
    if (condition === undefined) return true;
    const stated =
      typeof condition === 'string' ? asValues(this.sections.Conditions)[condition] : condition;
    const [first] = Object.entries(asValues(stated));
    const inner = first?.[1] as unknown[];
    switch (first?.[0] as string) {
      case 'Fn::Equals':
        return this.resolve(inner[0]) === this.resolve(inner[1]);
      case 'Fn::Not':
        return !this.isTrue(inner[0]);
      case 'Fn::And':
        return inner.every((one) => this.isTrue(one));
      case 'Fn::Or':
        return inner.some((one) => this.isTrue(one));
      case 'Condition':
        return this.isTrue(inner);
      default:
        throw new Unresolved(`condition ${JSON.stringify(condition)}`);
    }
  }

  private resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.resolve(one)).filter(isGiven);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    if (entries.length === 1) {
      const [name, given] = entries[0] as [string, unknown];
      switch (name) {
        case 'Ref':
          return this.ref(String(given));
        case 'Fn::GetAtt': {
          const [id = '', attribute = ''] = Array.isArray(given)
            ? (given as string[])
            : String(given).split('.');
          return this.attribute(id, attribute);
        }
        case 'Fn::Sub':
          return this.substitute(given);
        case 'Fn::If': {
          const [condition, then, otherwise] = given as [string, unknown, unknown];
          return this.resolve(this.isTrue(condition) ? then : otherwise);
        }
        case 'Fn::Select': {
          const [index, list] = given as [number, unknown];
          return (this.resolve(list) as unknown[])[index];
        }
        case 'Fn::Split': {
          const [separator, text] = given as [string, unknown];
          return String(this.resolve(text)).split(separator);
        }
      }
      if (name.startsWith('Fn::')) throw new Unresolved(name);
    }
    return Object.fromEntries(
      entries
        .map(([key, inner]) => [key, this.resolve(inner)])
        .filter(([, inner]) => isGiven(inner)),
    );
  }

  private ref(id: string): unknown {
    const { name, partition, region, account, parameters, resources } = this.facts;
    const pseudo: Values = {
      'AWS::StackName': name,
      'AWS::Partition': partition,
      'AWS::Region': region,
      'AWS::AccountId': account,
    };
    if (id === 'AWS::NoValue') return undefined;
    const known = pseudo[id] ?? parameters[id] ?? resources.get(id)?.physicalId;
    if (known !== undefined) return known;
    throw new Unresolved(`Ref ${id}`);
  }

  private substitute(given: unknown): string {
    const [text, own] = Array.isArray(given) ? (given as [string, Values]) : [String(given), {}];
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(own, name)) return String(this.resolve(own[name]));
      const [id, ...attribute] = name.split('.') as [string, ...string[]];
      const value = attribute.length > 0 ? this.attribute(id, attribute.join('.')) : this.ref(name);
      return String(value);
    });
  }

  private attribute(id: string, attribute: string): string {
    const { type, physicalId } = this.facts.resources.get(id) ?? this.namedByItself(id);
    if (physicalId !== '') {
      if (attribute === 'Arn') return arnOf(type, physicalId, this.facts);
      if (attribute === 'Name') return physicalId;
      if (attribute === 'QueueName') return lastPart(physicalId);
    }
    throw new Unresolved(`GetAtt ${id}.${attribute}`);
  }

  /** A resource whose physical id is the name that the template gives it. */
  private namedByItself(id: string) {
    const { Type, Properties } = asValues(asValues(this.sections.Resources)[id]);
    const { Name } = asValues(Properties);
    return { type: String(Type), physicalId: Name === undefined ? '' : String(this.resolve(Name)) };
  }
}

/** Of each type: what its ARN is made of (Service Authorization Reference, "Resource types"). */
const arns: Readonly<Record<string, (id: string) => readonly [service: string, rest: string]>> = {
  'AWS::SQS::Queue': (url) => ['sqs', lastPart(url)],
  // On a bus of its own a rule's physical id is "bus|rule".
  'AWS::Events::Rule': (id) => ['events', `rule/${id.replace('|', '/')}`],
  'AWS::Events::EventBus': (id) => ['events', `event-bus/${id}`],
  'AWS::Lambda::Function': (id) => ['lambda', `function:${id}`],
  'AWS::DynamoDB::Table': (id) => ['dynamodb', `table/${id}`],
  'AWS::Logs::LogGroup': (id) => ['logs', `log-group:${id}:*`],
  'AWS::IAM::Role': (id) => ['iam', `role/${id}`],
};

function arnOf(type: string, physicalId: string, { partition, region, account }: StackFacts) {
  const parts = arns[type]?.(physicalId);
  if (parts === undefined) throw new Unresolved(`the ARN of a ${type}`);
  const [service, rest] = parts;
  return `arn:${partition}:${service}:${service === 'iam' ? '' : region}:${account}:${rest}`;
}

const lastPart = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const isGiven = (value: unknown) => value !== undefined;
const asValues = (value: unknown) => (value ?? {}) as Values;
