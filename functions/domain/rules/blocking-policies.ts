import { forceMfaBoundary, forceMfaPolicy, type PolicyDocument } from './force-mfa.ts';
import type { Settings } from './settings.ts';

/** A policy of ours that must stay as it was deployed. */
export interface BlockingPolicy {
  readonly arn: string;
  readonly document: PolicyDocument;
  /** What the policy is for. */
  readonly form: 'policy' | 'boundary';
  /** What a person runs to fix it: the enforcer never has the right CreatePolicyVersion. */
  readonly fix: string;
  /** What a person runs where it does not exist any more. A deployment of the same template would not. */
  readonly recreate: string;
}

/** The policies that block users, as they must be. */
export function blockingPolicies({
  policyArn,
  boundaryArn,
  enrolWith,
}: Pick<Settings, 'policyArn' | 'boundaryArn' | 'enrolWith'>): BlockingPolicy[] {
  const partition = partitionOfArn(policyArn);
  const policyOf = (
    arn: string,
    form: BlockingPolicy['form'],
    documentOf: typeof forceMfaPolicy,
  ): BlockingPolicy => ({
    arn,
    form,
    document: documentOf(partition, enrolWith),
    ...policyCommands(arn, form, enrolWith),
  });
  return [
    policyOf(policyArn, 'policy', forceMfaPolicy),
    policyOf(boundaryArn, 'boundary', forceMfaBoundary),
  ];
}

/** The partition that an ARN names. */
export function partitionOfArn(arn: string): string {
  return arn.split(':')[1] as string;
}

/** The options of the command `policy` that choose a deployment's documents. */
export function documentOptions(partition: string, enrolWith: Settings['enrolWith']): string {
  return `--partition ${partition}${enrolWith === 'console' ? '' : ` --enrol-with ${enrolWith}`}`;
}

/**
 * The commands that put a policy back, to be run in a checkout of this project.
 * @param arn a valid ARN: it becomes a part of the commands
 */
export function policyCommands(
  arn: string,
  form: BlockingPolicy['form'],
  enrolWith: Settings['enrolWith'],
): Pick<BlockingPolicy, 'fix' | 'recreate'> {
  const options = `${form === 'boundary' ? '--form boundary ' : ''}${documentOptions(partitionOfArn(arn), enrolWith)}`;
  const print = `node dist/cli/index.mjs policy ${options} > policy.json && aws iam`;
  const document = '--policy-document file://policy.json';
  // Neither of ours has a path.
  const name = arn.split('/')[1];
  return {
    fix: `${print} create-policy-version --policy-arn ${arn} ${document} --set-as-default`,
    recreate: `${print} create-policy --policy-name ${name} ${document}`,
  };
}

/**
 * Whether two JSON values are the same but for the order of keys, and of the entries of lists of texts, which
 * have no order in a policy.
 */
export function sameDocument(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(canonical);
    return `[${(value.every((item) => typeof item === 'string') ? items.toSorted() : items).join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`,
  );
  return `{${entries.toSorted().join()}}`;
}
