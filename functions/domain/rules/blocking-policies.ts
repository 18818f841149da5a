import { shellOption } from '../deployment/shell-quoted.ts';
import { forceMfaBoundary, forceMfaPolicy, type PolicyDocument } from './force-mfa.ts';
import type { Settings } from './settings.ts';

/** A policy of the enforcer that must stay as deployed. */
export interface BlockingPolicy {
  readonly arn: string;
  readonly document: PolicyDocument;
  /** What the policy is for. */
  readonly form: 'policy' | 'boundary';
  /** The command that restores a changed policy. A person runs it: the enforcer has no right to CreatePolicyVersion. */
  readonly fix: string;
  /** The command that recreates a deleted policy. Deploying the same template again does not recreate it. */
  readonly recreate: string;
}

/** The policies that block users, as deployed. */
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
 * The commands that restore a policy.
 * @param arn a valid ARN: it becomes a part of the commands
 */
export function policyCommands(
  arn: string,
  form: BlockingPolicy['form'],
  enrolWith: Settings['enrolWith'],
): Pick<BlockingPolicy, 'fix' | 'recreate'> {
  const options = `${form === 'boundary' ? '--form boundary ' : ''}${documentOptions(partitionOfArn(arn), enrolWith)}`;
  const print = `mfa-enforcer policy ${options} > policy.json && aws iam`;
  const document = '--policy-document file://policy.json';
  // Neither policy has a path.
  const name = arn.split('/')[1] as string;
  return {
    fix: `${print} create-policy-version --policy-arn ${arn} ${document} --set-as-default`,
    recreate: `${print} create-policy ${shellOption('policy-name', name)} ${document}`,
  };
}

/**
 * Whether two JSON values are equal. The order of keys and of the entries of string lists does not count: it has no meaning
 * in a policy.
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
