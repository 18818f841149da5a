import { readFileSync } from 'node:fs';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

const functions = ['on-iam-change', 'nightly-sweep', 'notify-slack', 'notify-user'];

/** Folders of dist/ with a bundle. */
export const programs = [...functions, 'cli'];

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** The default text of the mails. */
export const MAIL_TEXT_FILE = 'functions/render/mail/mail-text.md';

/** How every program is bundled, the bench's too. */
export const bundleOptions: BuildOptions = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  define: {
    MFA_ENFORCER_VERSION: JSON.stringify(version),
    MFA_ENFORCER_MAIL_TEXT: JSON.stringify(readFileSync(MAIL_TEXT_FILE, 'utf8')),
  },
  // CommonJS dependencies of the SDK call require.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
};

/**
 * Marks calls of needs() as pure, so that esbuild leaves out unused io functions: it assumes that a call of
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
  const built = await Promise.all([
    // A file of its own for what is imported at run time: a function never loads the SDK's other credential providers.
    ...functions.map((name) => bundleOne(name, { write, splitting: true })),
    bundleOne('cli', { write }),
  ]);
  return Object.assign({}, ...built) as Metafile['outputs'];
}

async function bundleOne(name: string, options: BuildOptions): Promise<Metafile['outputs']> {
  const { metafile } = await build({
    ...bundleOptions,
    ...options,
    entryPoints: { index: `functions/${name}.ts` },
    outdir: `dist/${name}`,
    plugins: [onlyNeeded],
    metafile: true,
  });
  return metafile.outputs;
}
