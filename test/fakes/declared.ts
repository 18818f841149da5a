import { build } from 'esbuild';
import { onlyNeeded } from '../../infra/bundle.ts';

/**
 * The permissions declared by the io functions that a file calls, directly or not: those that its bundle contains.
 * @param file the file to bundle: an entry point, or a stage of the pipeline
 * @returns IAM actions, sorted
 */
export async function declared(file: string): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    plugins: [onlyNeeded],
  });
  const [bundle] = outputFiles;
  const calls = [...(bundle?.text.matchAll(/\bneeds\(\s*(\[[^\]]*\])/g) ?? [])];
  const permissions = calls.flatMap(([, list = '[]']) => JSON.parse(list) as string[]);
  return [...new Set(permissions)].toSorted();
}
