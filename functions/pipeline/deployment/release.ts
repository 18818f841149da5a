import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { TemplateParameter } from '../../domain/deployment/parameters.ts';

/** What is deployed: `npm run package` makes it, and the published package contains it. */
export interface Release {
  readonly version: string;
  readonly parameters: Readonly<Record<string, TemplateParameter>>;
  /** Logical ID and type of every resource. */
  readonly resources: readonly { readonly id: string; readonly type: string }[];
  readonly template: ReleaseFile;
  /** The functions' zip files, as the template names them. */
  readonly code: readonly ReleaseFile[];
}

interface ReleaseFile {
  readonly name: string;
  readonly body: Uint8Array;
}

/** The folder of the release has no template that can be deployed. */
class NoRelease extends Error {
  override readonly name = 'NoRelease';
}

const Template = z.object({
  Parameters: z.record(
    z.string(),
    z.object({
      Default: z.string().optional(),
      AllowedValues: z.array(z.string()).optional(),
      AllowedPattern: z.string().optional(),
      ConstraintDescription: z.string().optional(),
      Description: z.string().optional(),
    }),
  ),
  Resources: z.record(z.string(), z.object({ Type: z.string() })),
  Outputs: z.object({ Version: z.object({ Value: z.string() }) }),
});

/** The parameters of a release; null where the folder has none. */
export async function releaseParameters(folder: URL): Promise<Release['parameters'] | null> {
  const body = await readFile(templateIn(folder)).catch(() => null);
  return body === null ? null : parsed(body).Parameters;
}

/**
 * Reads a release.
 * @param folder with template.json and the zip files
 * @throws NoRelease
 */
export async function readRelease(folder: URL): Promise<Release> {
  const body = await readFile(templateIn(folder)).catch(throwNoRelease);
  const { Parameters, Resources, Outputs } = parsed(body);
  const zips = (await readdir(folder)).filter((name) => name.endsWith('.zip'));
  const code = zips.map(async (name) => ({ name, body: await readFile(new URL(name, folder)) }));
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return {
    version: Outputs.Version.Value,
    parameters: Parameters,
    resources: Object.entries(Resources).map(([id, { Type }]) => ({ id, type: Type })),
    template: { name: `template-${hash}.json`, body },
    code: await Promise.all(code),
  };
}

/**
 * Reads the template of a spoke.
 * @param folder with spoke.yml
 * @throws NoRelease
 */
export async function readSpokeTemplate(folder: URL): Promise<string> {
  return readFile(new URL('spoke.yml', folder), 'utf8').catch(throwNoRelease);
}

function throwNoRelease(error: Error): never {
  throw new NoRelease(
    `There is no release to deploy: ${error.message}. Install iam-mfa-enforcer again. In a clone, npm run package makes it.`,
  );
}

const templateIn = (folder: URL) => new URL('template.json', folder);

const parsed = (body: Buffer) => {
  const { Parameters, ...rest } = Template.parse(JSON.parse(body.toString()));
  return { ...rest, Parameters: Parameters as Release['parameters'] };
};
