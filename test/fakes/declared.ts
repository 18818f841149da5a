import { resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * The permissions declared by the io functions that a file's bundle holds.
 * @param file what is bundled: an entry point, or a stage of the pipeline
 */
export async function declared(file: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  const ioFiles = Object.entries(output?.inputs ?? {})
    .filter(([input, { bytesInOutput }]) => input.startsWith('functions/io/') && bytesInOutput > 0)
    .map(([input]) => input);
  const modules = await Promise.all(
    ioFiles.map(async (input) => (await import(resolve(input))) as Record<string, unknown>),
  );
  const permissions = modules
    .flatMap((module) => Object.values(module))
    .flatMap((exported) => (exported as { permissions?: string[] }).permissions ?? []);
  return [...new Set(permissions)].toSorted();
}
