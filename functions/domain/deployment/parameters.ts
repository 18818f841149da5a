/** A parameter of a CloudFormation template. */
export interface TemplateParameter {
  readonly Default?: string;
  readonly AllowedValues?: readonly string[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly Description?: string;
}

/** Where a parameter's value comes from; deploy: the command sets it, or the release no longer has it. */
type ParameterSource = 'flag' | 'file' | 'default' | 'deploy';

/** A value for a parameter that replaces the stack's value. */
export interface GivenValue {
  readonly value: string;
  readonly source: ParameterSource;
}

/** The change of one parameter. */
export interface ParameterChange {
  readonly name: string;
  /** null: the stack does not have the parameter yet. */
  readonly from: string | null;
  /** null: the new release no longer has the parameter. */
  readonly to: string | null;
  readonly source: ParameterSource;
}

/** A parameter as CloudFormation is sent it. */
export interface SentParameter {
  readonly name: string;
  /** null: the stack's value stays (UsePreviousValue). */
  readonly value: string | null;
}

/** What a deployment does with the parameters. */
export interface ParameterPlan {
  /** All parameters after the deployment, by name. */
  readonly values: Readonly<Record<string, string>>;
  /** What CloudFormation is sent. A parameter that is missing here gets its default. */
  readonly sent: readonly SentParameter[];
  readonly changes: readonly ParameterChange[];
}

/**
 * What is wrong with a value, by the rules of the template; null where nothing is wrong.
 * @param name of the parameter, for the message
 */
export function parameterProblem(
  name: string,
  value: string,
  { AllowedValues, AllowedPattern, ConstraintDescription }: TemplateParameter,
): string | null {
  if (AllowedValues !== undefined && !AllowedValues.includes(value)) {
    return `${name} must be ${orList(AllowedValues)}, not "${value}"`;
  }
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) {
    return `${name} "${value}" ${ConstraintDescription ?? `must match ${AllowedPattern}`}`;
  }
  return null;
}

const orList = (values: readonly string[]) =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

/**
 * Plans the parameters of a deployment: a given value is sent, every other parameter keeps the stack's value. A deployment
 * never resets a parameter that nobody named.
 * @param template of the release
 * @param deployed parameters of the stack; null for a new stack
 * @param given values from flags and file
 */
export function planParameters(
  template: Readonly<Record<string, TemplateParameter>>,
  deployed: Readonly<Record<string, string>> | null,
  given: ReadonlyMap<string, GivenValue>,
): ParameterPlan {
  const values: Record<string, string> = {};
  const sent: SentParameter[] = [];
  const changes: ParameterChange[] = [];
  for (const [name, { Default }] of Object.entries(template)) {
    const from = deployed?.[name] ?? null;
    const named = given.get(name);
    if (named !== undefined) sent.push({ name, value: named.value });
    else if (from !== null) sent.push({ name, value: null });
    const to = named?.value ?? from ?? Default ?? '';
    values[name] = to;
    if (to !== from) changes.push({ name, from, to, source: named?.source ?? 'default' });
  }
  for (const [name, from] of Object.entries(deployed ?? {})) {
    if (template[name] === undefined) changes.push({ name, from, to: null, source: 'deploy' });
  }
  return { values, sent, changes };
}

// A change of one of these may lead to more blocked users.
const DECIDING = [
  'Mode',
  'Scope',
  'ExemptTags',
  'ExemptUsers',
  'ExemptPassword',
  'GraceHours',
  'BlockLimit',
  'BoundaryDeny',
  'InlineDeny',
];

/** Whether a deployment may block users who would not be blocked without it. */
export function mayBlockMore({ values, changes }: ParameterPlan): boolean {
  return values.Mode === 'enforce' && changes.some(({ name }) => DECIDING.includes(name));
}

/** The flag of a parameter: ExemptTags has --exempt-tags. */
export function flagOf(parameter: string): string {
  return `--${parameter.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}`;
}

/** The option of a parameter: ExemptTags has exemptTags. */
export function optionOf(parameter: string): string {
  return parameter.charAt(0).toLowerCase() + parameter.slice(1);
}
