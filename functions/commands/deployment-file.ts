import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import {
  type GivenValue,
  parameterProblem,
  type TemplateParameter,
} from '../domain/deployment/parameters.ts';
import { UsageError } from './terminal.ts';

/** The file that is read where no other is named. */
export const DEPLOYMENT_FILE = 'mfa-enforcer.yml';

/** A file with the settings of a deployment, which can be committed. */
export interface DeploymentFile {
  readonly path: string;
  /** Values of parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

type Parameters = Readonly<Record<string, TemplateParameter>>;

/**
 * Reads the file of a deployment.
 * @param path the named file; undefined for mfa-enforcer.yml, which may be missing
 * @param template parameters of the release; each may be in the file
 * @throws UsageError for a file that cannot be read or has an unknown key or a wrong value
 */
export async function readDeploymentFile(
  path: string | undefined,
  template: Parameters,
): Promise<DeploymentFile | null> {
  const name = path ?? DEPLOYMENT_FILE;
  const text = await readFile(name, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (path === undefined && error.code === 'ENOENT') return null;
    throw new UsageError(`Cannot read the settings file ${name}: ${error.message}`);
  });
  if (text === null) return null;
  const { parameters } = check(name, parsed(name, text) ?? {}, template);
  return { path: name, parameters: parameters ?? {} };
}

function parsed(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`${name} is not YAML: ${(error as Error).message}`);
  }
}

function check(name: string, value: unknown, template: Parameters) {
  const known = Object.keys(template);
  const Value = z.union([z.string(), z.number().transform(String)], {
    error: 'must be text or a number: put it in quotes',
  });
  const File = z.strictObject({
    parameters: z
      .strictObject(Object.fromEntries(known.map((one) => [one, Value.optional()])))
      .nullish(),
  });
  const result = File.safeParse(value);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => {
      const place = issue.path.join('.');
      // The file itself, or its parameters, are a list or a text.
      if (issue.code === 'invalid_type' && issue.expected === 'object') {
        return `${place || 'the file'} must have keys with values`;
      }
      if (issue.code !== 'unrecognized_keys') return `${place} ${issue.message}`;
      const where = issue.path.length === 0 ? 'parameters' : known.join(', ');
      return `unknown ${issue.keys.join(', ')}; known are ${where}`;
    });
    throw new UsageError(`${name}: ${problems.join('; ')}`);
  }
  return result.data as { parameters?: Record<string, string> | null };
}

/**
 * The values that flags and file give. A flag wins.
 * @param flags by parameter
 * @throws UsageError that names every wrong value
 */
export function givenValues(
  template: Parameters,
  flags: Readonly<Record<string, string>>,
  file: DeploymentFile | null,
): Map<string, GivenValue> {
  const given = new Map<string, GivenValue>();
  for (const [name, value] of Object.entries(file?.parameters ?? {})) {
    given.set(name, { value, source: 'file' });
  }
  for (const [name, value] of Object.entries(flags)) given.set(name, { value, source: 'flag' });
  const problems = [...given].flatMap(([name, { value, source }]) => {
    const problem = parameterProblem(name, value, template[name] ?? {});
    if (problem === null) return [];
    return [source === 'file' ? `${file?.path}: ${problem}` : problem];
  });
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return given;
}
