import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';

/** The parameters of the template, from the files that osls packages. */
export const templateParameters = (): Record<string, Record<string, unknown>> =>
  Object.assign(
    {},
    ...['infra/parameters.yml', 'infra/alarms.yml'].map(
      (file) =>
        (parse(readFileSync(file, 'utf8'), { logLevel: 'silent' }) as { Parameters: object })
          .Parameters,
    ),
  );

interface FakeRelease {
  readonly version?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly resources?: Readonly<
    Record<string, { readonly Type: string; readonly [key: string]: unknown }>
  >;
}

/** A release with the real parameters, few resources and no code, so that unit tests need no packaging. */
export function fakeRelease({
  version = '0.1.0',
  parameters = templateParameters(),
  resources = {
    StateTable: { Type: 'AWS::DynamoDB::Table' },
    OnIamChangeLambdaFunction: { Type: 'AWS::Lambda::Function' },
  },
}: FakeRelease = {}): URL {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  const Outputs = { Version: { Value: version } };
  writeFileSync(
    join(folder, 'template.json'),
    JSON.stringify({ Parameters: parameters, Resources: resources, Outputs }),
  );
  writeFileSync(join(folder, 'on-iam-change-0123456789abcdef.zip'), 'zip');
  const others = ['spoke.yml', 'deployer-policy.json', 'deployer-policy-organization.json'];
  for (const file of others) copyFileSync(`infra/${file}`, join(folder, file));
  return pathToFileURL(`${folder}/`);
}

let shared: URL | undefined;

/** The same fake release for every test that does not care. */
export function anyRelease(): URL {
  shared ??= fakeRelease();
  return shared;
}
