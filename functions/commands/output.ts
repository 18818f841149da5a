import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Shell, UsageError } from './shell.ts';

/**
 * Writes a command's data to standard output, or to a file: whoever reads the file sees the old one or the new one,
 * never a part (node_exporter's textfile collector reads at any time).
 * @param mode of a new file; one that is there keeps its own
 * @throws UsageError where the file cannot be written
 */
export async function writeData(
  shell: Shell,
  text: string,
  file: string | undefined,
  mode = 0o600,
): Promise<void> {
  if (file === undefined) {
    shell.out(text);
    return;
  }
  try {
    const there = await stat(file).catch(() => null);
    // A device or a pipe, such as /dev/stdout, is written to and never replaced.
    if (there !== null && !there.isFile() && !there.isDirectory()) await writeFile(file, text);
    // A link stays one: what it points at is replaced.
    else if (there === null) await replace(file, text, mode);
    else await replace(await realpath(file), text, there.mode & 0o777);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${(error as Error).message}`);
  }
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  // Not *.prom, which the collector would read.
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    await writeFile(temporary, text, { mode });
    // Whatever the umask took away.
    await chmod(temporary, mode);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
