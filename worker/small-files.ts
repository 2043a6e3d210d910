import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { unreadable } from '../config/source/files.ts';
import type { SmallFiles } from '../connector/ports.ts';
import { replaceFile } from './whole-files.ts';

const MOST_BYTES = 65_536;

/** The file system. Nothing here holds the event loop up, whatever lies behind a path. */
export const smallFiles: SmallFiles = {
  async stamp(path) {
    return explained(async () => {
      const { dev, ino, size, mtimeMs, ctimeMs } = regular(await stat(path));
      return [dev, ino, size, mtimeMs, ctimeMs].join(' ');
    });
  },

  async read(path) {
    return explained(async () => {
      // What is no file is not opened: a pipe would wait for its writer.
      regular(await stat(path));
      const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      try {
        return await readText(file);
      } finally {
        await file.close();
      }
    });
  },

  async replace(path, text) {
    return explained(async () => {
      await replaceFile({ open, rename, rm }, await realpath(path).catch(() => path), text);
    });
  },
};

function regular(stats: Stats): Stats {
  if (!stats.isFile()) throw new Error('it is no regular file');
  return stats;
}

async function readText(file: FileHandle): Promise<string> {
  regular(await file.stat());
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
    length += bytesRead;
    if (length > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES / 1024} KiB`);
    if (bytesRead === 0) return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length));
  }
}

/** With a message for the user, and without the path that Node repeats in its own. */
async function explained<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new Error(unreadable(error));
  }
}
