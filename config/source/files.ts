import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import * as tls from 'node:tls';

/** The files that a configuration consists of and names, and what else the system knows. Methods throw an Error whose message is fit for the user. */
export interface Files {
  /** The content of a regular file of at most `MAX_FILE_BYTES`. */
  read(path: string): Buffer;
  /** The path without links, `..` and the like. */
  resolve(path: string): string;
  isDirectory(path: string): boolean;
  /** Whether every user of the machine may read it; false where that can't be told. */
  isOpenToAll(path: string): boolean;
  /** PEM certificates of the authorities in the system's own store; none where this Node can't ask for them (before 22.15). */
  authorities(): readonly string[];
}

/** All that is looked at outside of the configuration's own texts. */
export interface Outside extends Files {
  readonly env: Readonly<Record<string, string | undefined>>;
}

const MEBIBYTE = 1_048_576;
/** Of a configuration, of what a provider reads, of certificates and key stores. The largest bundles of authorities have a quarter. */
export const MAX_FILE_BYTES = MEBIBYTE;

export const systemFiles: Files = {
  read: readRegularFile,
  resolve: path => realpathSync(path),
  isDirectory: path => statOf(path)?.isDirectory() ?? false,
  isOpenToAll: path => ((statOf(path)?.mode ?? 0) & constants.S_IROTH) !== 0,
  authorities: () =>
    (tls as { getCACertificates?: (type: 'system') => readonly string[] }).getCACertificates?.('system') ?? [],
};

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/**
 * What is no regular file is not opened, since that alone can do something (a device) or wait (a pipe without a writer); what
 * takes its place in between is opened without waiting and looked at again. Sizes are not believed: files of `/proc` say 0, and
 * others grow while they are read.
 */
function readRegularFile(path: string): Buffer {
  checkKind(statSync(path));
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    checkKind(fstatSync(descriptor));
    return readBounded(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function checkKind(stat: Stats): void {
  const kind = KINDS.find(([is]) => is(stat));
  if (kind !== undefined) throw new Error(`it is ${kind[1]}, not a regular file`);
  if (stat.size > MAX_FILE_BYTES) refuseSize();
}

const KINDS: readonly (readonly [is: (stat: Stats) => boolean, name: string])[] = [
  [stat => stat.isDirectory(), 'a directory'],
  [stat => stat.isFIFO(), 'a pipe'],
  [stat => stat.isSocket(), 'a socket'],
  [stat => stat.isCharacterDevice() || stat.isBlockDevice(), 'a device'],
];

function readBounded(descriptor: number): Buffer {
  const chunks: Buffer[] = [];
  const chunk = Buffer.allocUnsafe(64 * 1024);
  let size = 0;
  for (;;) {
    const count = readSync(descriptor, chunk, 0, chunk.length, null);
    if (count === 0) return Buffer.concat(chunks, size);
    size += count;
    if (size > MAX_FILE_BYTES) refuseSize();
    // A copy: some files give a line at a time, and each would keep a whole chunk.
    chunks.push(Buffer.from(chunk.subarray(0, count)));
  }
}

function refuseSize(): never {
  throw new Error(`it is larger than ${MAX_FILE_BYTES / MEBIBYTE} MiB`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a directory, not a regular file',
  ENOTDIR: 'its path leads through a file',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_ACCESS_DENIED: "Node's permission model does not let it be read",
  EAGAIN: 'it has nothing to read now',
  EIO: 'reading it fails (EIO)',
  ERR_INVALID_ARG_VALUE: 'its name holds a NUL character',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8; save it as such, or write \\uXXXX',
};

/** Why a file can't be read, to go behind "can't be read: ". */
export function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? (code === '' && error instanceof Error ? error.message.split('\n')[0]! : code);
}

/** @throws Error when the bytes are no UTF-8 */
export function decodeUtf8(bytes: Buffer): string {
  refuseUtf16(bytes);
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

const UTF16_MARKS = ['fffe', 'feff'];

/** With a byte order mark, or with a NUL beside the first character, which is ASCII in every file that is read here. */
export function refuseUtf16(bytes: Buffer): void {
  const marked = UTF16_MARKS.includes(bytes.subarray(0, 2).toString('hex'));
  const half = bytes.length > 1 && (bytes[0] === 0) !== (bytes[1] === 0);
  if (marked || half) throw new Error('it is UTF-16; save it as UTF-8');
}
