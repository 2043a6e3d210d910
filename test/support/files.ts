import type { Files } from '../../config/source/files.ts';

/** For configurations that name no file that exists. */
export const NO_FILES: Files = {
  read: path => missing(path),
  resolve: path => missing(path),
  isDirectory: () => false,
  isOpenToAll: () => false,
  authorities: () => [],
};

function missing(path: string): never {
  throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}
