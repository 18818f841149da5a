import {
  type DeployerCommand,
  hubRemovalRights,
  ownRights,
  resourceRights,
} from './deployer-rights.ts';

/** A statement of the deployer's policy, which allows. */
export interface PolicyStatement {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Operator → key → value, or values of which one must match. */
  readonly conditions: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

/** The names of a deployment in an account, where the policy has patterns. */
export interface DeploymentNames {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly stack: string;
  readonly policyName: string;
  readonly bucket: string;
  /** SSM parameter, with its first slash. */
  readonly webhookParameter: string;
}

/** A question to IAM: may a principal do these to a resource? */
export interface RightsQuestion {
  readonly actions: readonly string[];
  /** An ARN, or "*". */
  readonly resource: string;
  readonly context: readonly ContextValue[];
}

interface ContextValue {
  readonly key: string;
  readonly value: string;
}

/** The statement without which rights are not checked at all. */
const PREFLIGHT = 'Preflight';

/** What a run of a command does, as far as its rights depend on it. */
export interface DeployerRun {
  readonly command: DeployerCommand;
  readonly names: DeploymentNames;
  /** Whether the deployment manages an organization. */
  readonly isHub: boolean;
  /** Own calls that this run does not make. */
  readonly unused: readonly string[];
}

/** The rights that a run and CloudFormation need. */
function rightsNeeded({ command, isHub, unused }: DeployerRun): string[] {
  // A deployment also removes: what a release no longer has, and what a rollback takes back. The removal of a hub begins with a
  // change of its stack.
  const changes = command === 'deploy' || isHub;
  const ofTypes = Object.values(resourceRights).flatMap(({ change, remove }) =>
    changes ? [...change, ...remove] : remove,
  );
  const own =
    command === 'remove' && isHub ? [...ownRights.remove, ...hubRemovalRights] : ownRights[command];
  return [...own, ...ofTypes].filter((action) => !unused.includes(action));
}

/**
 * The questions whose answers say whether a caller has the rights of a run.
 * @param statements what no statement allows is not asked about
 */
export function rightsQuestions(
  statements: readonly PolicyStatement[],
  run: DeployerRun,
): RightsQuestion[] {
  const { names } = run;
  const needed = rightsNeeded(run);
  return statements
    .filter(({ sid }) => sid !== PREFLIGHT)
    .flatMap(({ actions, resources, conditions }) => {
      const asked = actions.filter((action) => needed.includes(action));
      const context = Object.values(conditions).flatMap((keys) =>
        Object.entries(keys).flatMap(([key, values]) =>
          // One of them is enough for a question.
          [values]
            .flat()
            .slice(0, 1)
            .map((value) => ({ key, value: example(value, names) })),
        ),
      );
      if (asked.length === 0) return [];
      return resources.map((resource) => ({
        actions: asked,
        resource: example(resource, names),
        context,
      }));
    });
}

/**
 * The part of a policy that allows some actions, as a policy document with the names of one deployment.
 * @param statements of the deployer's policy
 */
export function policyFor(
  statements: readonly PolicyStatement[],
  actions: readonly string[],
  names: DeploymentNames,
): object {
  const own = (pattern: string) => withNames(pattern, names);
  const Statement = statements
    .filter(({ sid }) => sid !== PREFLIGHT)
    .map((one) => ({ ...one, actions: one.actions.filter((action) => actions.includes(action)) }))
    .filter((one) => one.actions.length > 0)
    .map(({ sid, actions: Action, resources, conditions }) => ({
      Sid: sid,
      Effect: 'Allow',
      Action,
      Resource: resources.map(own),
      ...(Object.keys(conditions).length === 0
        ? {}
        : { Condition: JSON.parse(own(JSON.stringify(conditions))) as object }),
    }));
  return { Version: '2012-10-17', Statement };
}

// CloudFormation shortens a stack's name in long names of roles, which have 64 characters at most.
const STACK_PREFIX = 24;

function withNames(
  pattern: string,
  { partition, stack, policyName, bucket, webhookParameter }: DeploymentNames,
): string {
  return pattern
    .replaceAll('arn:aws:', `arn:${partition}:`)
    .replaceAll('iam-mfa-enforcer-*', `${stack.slice(0, STACK_PREFIX)}*`)
    .replaceAll('ForceMFA', policyName)
    .replaceAll(':::mfa-enforcer-*', `:::${bucket}`)
    .replaceAll(':parameter/mfa-enforcer/*', `:parameter${webhookParameter}`);
}

/** A resource, or a value of a condition, that a pattern of the policy stands for. */
function example(pattern: string, names: DeploymentNames): string {
  if (!pattern.startsWith('arn:')) return pattern.replace('/*', '/any');
  // arn:partition:service:region:account:resource
  const parts = pattern.split(':') as [string, string, string, string, string, ...string[]];
  const [, , service, region, account, ...rest] = parts;
  return [
    'arn',
    names.partition,
    service,
    region.replace('*', names.region),
    account.replace('*', names.account),
    exampleName(rest.join(':'), names),
  ].join(':');
}

const ID = '00000000-0000-0000-0000-000000000000';

/** As CloudFormation names the resources of the template. */
function exampleName(
  pattern: string,
  { stack, policyName, bucket, webhookParameter }: DeploymentNames,
): string {
  const examples: Readonly<Record<string, string>> = {
    'alarm:iam-mfa-enforcer-*': `alarm:${stack}-SweepMissingAlarm-X`,
    'dashboard/iam-mfa-enforcer-*': `dashboard/${stack}`,
    'event-bus/iam-mfa-enforcer-*': `event-bus/${stack}`,
    'event-source-mapping:*': `event-source-mapping:${ID}`,
    'function:iam-mfa-enforcer-*': `function:${stack}-on-iam-change`,
    'function:iam-mfa-enforcer-*-nightly-sweep': `function:${stack}-nightly-sweep`,
    'group/ForceMFA': `group/${policyName}`,
    'iam-mfa-enforcer-*': `${stack}-IamChangesQueue-X`,
    'log-group:/aws/lambda/iam-mfa-enforcer-*': `log-group:/aws/lambda/${stack}-on-iam-change`,
    'mfa-enforcer-*': bucket,
    'mfa-enforcer-*/*': `${bucket}/template.json`,
    'parameter/mfa-enforcer/*': `parameter${webhookParameter}`,
    'policy/ForceMFA': `policy/${policyName}`,
    'policy/ForceMFA-boundary': `policy/${policyName}-boundary`,
    'role/ForceMFA-report': `role/${policyName}-report`,
    'role/iam-mfa-enforcer-*': `role/${stack}-OnIamChangeRole-X`,
    'rule/iam-mfa-enforcer-*': `rule/${stack}-UserChangesRule-X`,
    'stack/iam-mfa-enforcer-*/*': `stack/${stack}/${ID}`,
    'table/iam-mfa-enforcer-*': `table/${stack}-StateTable-X`,
    'user/*': 'user/any',
  };
  return examples[pattern] ?? pattern;
}

/** A caller whose policies IAM can simulate: an IAM user, or the role of a session. */
export type SimulatedCaller =
  | { readonly kind: 'user'; readonly arn: string }
  | { readonly kind: 'role'; readonly name: string };

/**
 * Whose policies a caller's rights come from.
 * @param arn as STS answers it
 * @returns null for root and federated users, whom IAM cannot simulate (IAM API reference, SimulatePrincipalPolicy)
 */
export function simulatedCaller(arn: string): SimulatedCaller | null {
  if (/^arn:[^:]+:iam::\d{12}:user\//.test(arn)) return { kind: 'user', arn };
  // The ARN of a session does not have its role's path.
  const name = /^arn:[^:]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  return name === undefined ? null : { kind: 'role', name };
}
