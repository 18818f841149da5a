import { readFileSync } from 'node:fs';

/** A CloudFormation value: text, or an intrinsic function. */
export type Value = unknown;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource: Value;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Value>>>>;
}

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | string[];
  readonly Metadata?: Readonly<Record<string, Value>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, Value>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters: Readonly<
    Record<
      string,
      {
        readonly Default?: string;
        readonly Description?: string;
        readonly AllowedPattern?: string;
      }
    >
  >;
  readonly Rules: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

export const TEMPLATE_FILE = 'dist/release/template.json';

/** The packaged template, as it is deployed. */
export const template = () => JSON.parse(readFileSync(TEMPLATE_FILE, 'utf8')) as Template;

/** Logical id and properties of all resources of a type. */
export function resourcesOf(type: string): [string, Readonly<Record<string, Value>>][] {
  return Object.entries(template().Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties ?? {}]);
}

interface RolePolicy {
  readonly PolicyDocument: { readonly Statement: Statement[] };
}

/** Every statement of a role's inline policies, or of an AWS::IAM::RolePolicy. */
export function statementsOf(logicalId: string): Statement[] {
  const { Type, Properties } = template().Resources[logicalId] ?? {};
  const policies =
    Type === 'AWS::IAM::RolePolicy' ? [Properties] : (Properties?.Policies as unknown[]);
  return (policies as RolePolicy[]).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

export const actionsOf = ({ Action }: Statement): string[] => [Action].flat();
