import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { TemplateParameter } from '../../functions/domain/deployment/parameters.ts';

/** What the generated pages read of a template's source. An intrinsic function is its argument: !Ref Mode is "Mode". */
export interface TemplateFile {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Metadata?: {
    readonly 'AWS::CloudFormation::Interface': {
      readonly ParameterGroups: readonly {
        readonly Label: { readonly default: string };
        readonly Parameters: readonly string[];
      }[];
    };
  };
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Condition?: string;
        readonly Properties: Readonly<Record<string, unknown>>;
      }
    >
  >;
}

/** serverless.yml, as far as the generated pages read it. */
interface Service {
  readonly provider: { readonly environment: Readonly<Record<string, string>> };
  readonly functions: Readonly<
    Record<string, { readonly environment: Readonly<Record<string, string>> }>
  >;
  readonly resources: readonly string[];
}

/** A template's source. */
export const readTemplate = (file: string): TemplateFile => read(file) as TemplateFile;

/** serverless.yml. */
export const readService = (): Service => read('serverless.yml') as Service;

/** The template of a deployment: the files that serverless.yml names, in one. */
export function readDeployment(): Required<TemplateFile> {
  const files = readService().resources.map((one) => {
    const [, file = ''] = /^\$\{file\((.+)\)\}$/.exec(one) ?? [];
    return readTemplate(file);
  });
  const Metadata = files.find((one) => one.Metadata)?.Metadata;
  if (Metadata === undefined) throw new Error('serverless.yml names no file with Metadata');
  return {
    Parameters: Object.assign({}, ...files.map((one) => one.Parameters)),
    Metadata,
    Conditions: Object.assign({}, ...files.map((one) => one.Conditions)),
    Resources: Object.assign({}, ...files.map((one) => one.Resources)),
  };
}

const read = (file: string): unknown =>
  parse(readFileSync(file, 'utf8'), { logLevel: 'silent', merge: true });
