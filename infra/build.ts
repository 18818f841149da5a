import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';
import { forceMfaBoundary, forceMfaPolicy } from '../functions/domain/force-mfa.ts';
import { slim } from './slim.ts';

const functions = ['on-iam-change', 'nightly-sweep', 'notify-slack'];

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** Bundles each Lambda function and the command into dist/, and writes the policies for the template. */
rmSync('dist', { recursive: true, force: true });
const common: BuildOptions = {
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  define: { MFA_ENFORCER_VERSION: JSON.stringify(version) },
  // CommonJS dependencies of the SDK call require.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
};
await build({ ...common, entryPoints: entryPoints(functions), plugins: [slim] });
// On somebody's own machine credentials come from anywhere.
await build({ ...common, entryPoints: entryPoints(['cli']) });

const policies = {
  ForceMfa: forceMfaPolicy('${AWS::Partition}'),
  Boundary: forceMfaBoundary('${AWS::Partition}'),
};
mkdirSync('dist/template', { recursive: true });
writeFileSync(
  'dist/template/policies.json',
  `${JSON.stringify(inCloudFormation(policies), null, 2)}\n`,
);

/** CloudFormation fills in ${AWS::…} only inside Fn::Sub, where IAM's own variables are written ${!…}. */
function inCloudFormation(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.includes('${AWS::') ? { 'Fn::Sub': value.replaceAll('${aws:', '${!aws:') } : value;
  }
  if (Array.isArray(value)) return value.map(inCloudFormation);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, inCloudFormation(inner)]),
  );
}

function entryPoints(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${name}/index`, `functions/${name}.ts`]));
}
