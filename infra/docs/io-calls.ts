import { readdirSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { onlyNeeded } from '../bundle.ts';

/** An io function, as it declares itself. */
export interface IoCall {
  readonly name: string;
  /** IAM actions that its caller must be allowed. */
  readonly permissions: readonly string[];
  /** The first sentence of its docstring. */
  readonly does: string;
}

/**
 * The io functions that a file calls, directly or not: those that its bundle contains.
 * @param file the file to bundle: an entry point, a command, or a stage of the pipeline
 */
export async function ioCalls(file: string): Promise<IoCall[]> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
    plugins: [onlyNeeded],
  });
  const bundled = outputFiles[0]?.text ?? '';
  const does = docstrings();
  return [...bundled.matchAll(/^var (\w+) = .*\bneeds\(\s*(\[[^\]]*\])/gm)].map(
    ([, name = '', list = '[]']) => {
      const sentence = does.get(name);
      if (sentence === undefined) throw new Error(`${name} has no docstring in functions/io/`);
      return { name, permissions: JSON.parse(list) as string[], does: sentence };
    },
  );
}

/** The permissions of the io functions that a file calls, sorted, each once. */
export async function declared(file: string): Promise<string[]> {
  const calls = await ioCalls(file);
  return [...new Set(calls.flatMap(({ permissions }) => permissions))].toSorted();
}

/** The first sentence of each io function's docstring, by the function's name. */
function docstrings(): Map<string, string> {
  const folder = 'functions/io';
  const found = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    const source = readFileSync(`${folder}/${file}`, 'utf8');
    const each = source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+) = needs\(/g);
    for (const [, comment = '', name = ''] of each) found.set(name, firstSentence(comment));
  }
  return found;
}

function firstSentence(comment: string): string {
  const text = comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim();
  return /^.*?[.:](?=\s|$)(?=\s+[A-Z@]|$)|^.*?(?=\s@\w)|^.*$/.exec(text)?.[0].trim() ?? text;
}
