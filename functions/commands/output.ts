import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Shell, UsageError } from './shell.ts';

/**
 * Writes a command's data to standard output, or to a file: whoever reads the file sees the old one or the new one,
 * never a part (node_exporter's textfile collector reads at any time).
 * @throws UsageError where the file cannot be written
 */
export async function writeData(
  shell: Shell,
  text: string,
  file: string | undefined,
): Promise<void> {
  if (file === undefined) {
    shell.out(text);
    return;
  }
  // Not *.prom, which the collector would read.
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    await writeFile(temporary, text, { mode: 0o644 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UsageError(`Cannot write ${file}: ${(error as Error).message}`);
  }
}
