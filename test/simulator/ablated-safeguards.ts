import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { run } from './run.ts';
import type { Safeguard } from './safeguards.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const OUT = join(ROOT, '.cache/simulator');

/**
 * The simulator with a product whose safeguard was ablated. The source files stay unchanged: the text is replaced on its way
 * into a bundle.
 * @throws where the safeguard's text does not occur in its file
 */
export async function withAblated(safeguard: Safeguard): Promise<typeof run> {
  mkdirSync(OUT, { recursive: true });
  const outfile = join(OUT, `${safeguard.name.replaceAll(/\W+/g, '-')}.mjs`);
  await build({
    entryPoints: [join(ROOT, 'test/simulator/run.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
    plugins: [breaking(safeguard)],
  });
  const module = (await import(pathToFileURL(outfile).href)) as { run: typeof run };
  return module.run;
}

function breaking({ name, file, from, to }: Safeguard): Plugin {
  return {
    name: 'broken safeguard',
    setup({ onLoad, onEnd }) {
      let met = false;
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== join(ROOT, file)) return undefined;
        const text = await readFile(path, 'utf8');
        if (!text.includes(from)) throw new Error(`${name}: ${file} does not block "${from}"`);
        met = true;
        return { contents: text.replace(from, () => to), loader: 'ts' };
      });
      onEnd(() => {
        if (!met) throw new Error(`${name}: ${file} is not part of the simulation`);
      });
    },
  };
}
