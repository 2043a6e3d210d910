import { readFileSync, realpathSync, statSync } from 'node:fs';

/** The files that a configuration names. Methods throw an Error whose message is fit for the user. */
export interface Files {
  /** The content of a regular file of at most `MAX_BYTES`. */
  read(path: string): Buffer;
  /** The path without links, `..` and the like. */
  resolve(path: string): string;
  isDirectory(path: string): boolean;
}

/** All that is looked at outside of the configuration's own texts. */
export interface Outside extends Files {
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MEBIBYTE = 1_048_576;
const MAX_BYTES = 16 * MEBIBYTE;

export const systemFiles: Files = {
  read(path) {
    const stat = statSync(path);
    if (!stat.isFile()) throw new Error('it is not a regular file');
    if (stat.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / MEBIBYTE} MiB`);
    return readFileSync(path);
  },
  resolve: path => realpathSync(path),
  isDirectory: path => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
};

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a directory',
  ENOTDIR: 'its path leads through a file',
  ELOOP: 'its links lead in a circle',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8; save it as such, or write \\uXXXX',
};

/** Why a file can't be read, to go behind "can't be read: ". */
export function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code === '' && error instanceof Error ? error.message.split('\n')[0]! : code);
}

/** @throws Error when the bytes are no UTF-8 */
export function decodeUtf8(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
