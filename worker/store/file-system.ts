import type * as fs from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createFile, type FileWriting } from '../whole-files.ts';

/** The calls of the system that the store is made of. */
export type FileSystem = FileWriting & Pick<typeof fs, 'readdir' | 'stat' | 'lstat' | 'readlink' | 'realpath'>;

const MOST_LINKS = 40;

/** Over what is there, which is as long. @throws ErrnoException, ENOENT where nothing is */
export async function overwrite(files: FileSystem, path: string, text: string): Promise<void> {
  const file = await files.open(path, 'r+');
  try {
    await file.write(text, 0);
  } finally {
    // Over a network this is when others learn of it.
    await file.close();
  }
}

/** Makes a rename in it outlive the machine. @throws ErrnoException */
export async function syncDirectory(files: FileSystem, path: string): Promise<void> {
  const directory = await files.open(path, 'r');
  try {
    await directory.sync();
  } catch (error) {
    // Some file systems have no such thing.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await directory.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's share of the disk is used up",
  EISDIR: 'it is a directory',
  ENOTDIR: 'its path leads through a file',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
};

/** Why a file can't be written, to go behind "can't be written: ". */
export function unwritable(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = '' } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? (code === '' ? error.message.split('\n', 1)[0]! : code);
}

/** When a file was last written. */
export interface Touch {
  /** By the clock of whoever keeps the files, milliseconds. */
  readonly at: number;
  readonly ageMs: number;
}

/** By no clock of this host, which may differ from another's. Null where there is no such file. @param probe a name for a file of no use */
export async function lastTouch(files: FileSystem, path: string, probe: string): Promise<Touch | null> {
  await files.rm(probe, { force: true });
  await createFile(files, probe, '.');
  const now = (await files.stat(probe)).mtimeMs;
  await files.rm(probe, { force: true });
  const at = await files.stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
  return at === null ? null : { at, ageMs: now - at };
}

/** Where a file is or is to be, without links: the one that a link names is meant, also where it is not there yet. @throws ErrnoException */
export async function resolveFile(files: FileSystem, path: string): Promise<string> {
  let at = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const target = await files.readlink(at).catch((error: NodeJS.ErrnoException) => {
      // No link, or nothing there.
      if (error.code === 'EINVAL' || error.code === 'ENOENT') return null;
      throw error;
    });
    if (target === null) return join(await files.realpath(dirname(at)), at.slice(dirname(at).length));
    at = resolve(dirname(at), target);
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}
