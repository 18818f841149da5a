import { readFileSync } from 'node:fs';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { slim } from './slim.ts';

const functions = ['on-iam-change', 'nightly-sweep', 'notify-slack'];

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

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

/**
 * Marks calls of needs() as pure, so that esbuild leaves out the io functions that nobody calls: it assumes that a call of
 * an imported function has side effects (esbuild documentation, "Ignore annotations").
 */
export const onlyNeeded: Plugin = {
  name: 'only-needed',
  setup(build) {
    build.onLoad({ filter: /[/\\]functions[/\\]io[/\\][^/\\]+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('= needs(', '= /* @__PURE__ */ needs('),
      loader: 'ts',
    }));
  },
};

/**
 * Bundles each Lambda function and the command.
 * @param write into dist/
 * @returns what went into the bundles
 */
export async function bundle(write: boolean): Promise<Metafile['outputs']> {
  const how = { ...common, write, metafile: true } as const;
  const lambda = await build({
    ...how,
    entryPoints: entryPoints(functions),
    plugins: [slim, onlyNeeded],
  });
  // On a person's own machine credentials come from any provider of the SDK's chain.
  const command = await build({ ...how, entryPoints: entryPoints(['cli']), plugins: [onlyNeeded] });
  return { ...lambda.metafile.outputs, ...command.metafile.outputs };
}

function entryPoints(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`${name}/index`, `functions/${name}.ts`]));
}
