import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const entryPoints = ['on-iam-change', 'nightly-sweep', 'notify-slack'];

/** Bundles each Lambda function into dist/<function>/index.mjs. */
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: Object.fromEntries(
    entryPoints.map((name) => [`${name}/index`, `functions/${name}.ts`]),
  ),
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  // CommonJS dependencies of the SDK call require.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
});
