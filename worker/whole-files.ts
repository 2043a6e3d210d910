import type * as fs from 'node:fs/promises';

/** The calls of the system that writing takes. */
export type FileWriting = Pick<typeof fs, 'open' | 'rename' | 'rm'>;

/** Nobody but its owner may read it. */
const OWNER_ONLY = 0o600;

/** A file that was not there, whole on the disk or not at all told so. @throws ErrnoException, EEXIST where there is one */
export async function createFile(files: FileWriting, path: string, text: string): Promise<void> {
  const file = await files.open(path, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Where the next content of a file is until it takes its place. */
export function besideOf(path: string): string {
  return `${path}.new`;
}

/**
 * On the disk before it takes the other's place: a machine that fails in between has one of them.
 * @param path of a file without links
 * @throws ErrnoException
 */
export async function replaceFile(files: FileWriting, path: string, text: string): Promise<void> {
  const beside = besideOf(path);
  try {
    await files.rm(beside, { force: true });
    await createFile(files, beside, text);
    await files.rename(beside, path);
  } catch (error) {
    // On a full disk it would take what room there is.
    await files.rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}
