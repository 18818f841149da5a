import { randomUUID } from 'node:crypto';
import { lstat, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Terminal, UsageError } from './terminal.ts';

/**
 * Writes a command's data to standard output, or to a file. The file is replaced atomically, because node_exporter's
 * textfile collector reads it at any time.
 * @param mode mode of a new file; an existing file keeps its mode
 * @throws UsageError if the file cannot be written
 */
export async function writeData(
  terminal: Terminal,
  text: string,
  file: string | undefined,
  mode = 0o600,
): Promise<void> {
  if (file === undefined) {
    terminal.out(text);
    return;
  }
  try {
    await refuseForeignLink(file);
    const there = await stat(file).catch(() => null);
    // A device or a pipe, such as /dev/stdout, is written to. Only a regular file is replaced.
    if (there !== null && !there.isFile() && !there.isDirectory()) await writeFile(file, text);
    // A link stays a link: the file it points at is replaced.
    else if (there === null) await replace(file, text, mode);
    else await replace(await realpath(file), text, there.mode & 0o777);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${(error as Error).message}`);
  }
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  // The name is random, so that no other user can prepare a link of that name. It does not end in .prom, which the
  // collector would read.
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`);
  const handle = await open(temporary, 'wx', mode);
  try {
    try {
      await handle.writeFile(text);
      // open() applies the umask; chmod does not.
      await handle.chmod(mode);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Refuses a link that another user created, as Linux does in world-writable folders (fs.protected_symlinks). */
export async function refuseForeignLink(file: string): Promise<void> {
  const link = await lstat(file).catch(() => null);
  if (!link?.isSymbolicLink() || link.uid === process.getuid?.()) return;
  const folder = await stat(dirname(file));
  if (link.uid !== folder.uid) throw new Error('it is a link that another user created');
}
