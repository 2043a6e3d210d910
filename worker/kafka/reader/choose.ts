import type { WorkerConfig } from '../../../config/types.ts';
import { TailraceError } from '../../../connector/errors.ts';
import type { Reader } from '../../task/ports.ts';
import { type NativeAddon, nativeAddon } from './addon.ts';
import { createNativeReader, type NativeReaderOptions } from './native.ts';
import { createPortableReader } from './portable.ts';
import type { ReadSource } from './source.ts';

/** `reader=native`, and it can not be used. */
export class ReaderError extends TailraceError {
  override readonly name = 'ReaderError';

  constructor(fault: string) {
    super(
      `The native reader can not be used: ${fault}, or set reader=auto in the worker file`,
      'READER_NOT_USABLE',
      false,
    );
  }
}

/** @throws ReaderError where only the native one will do and it can not be used */
export function createReader(
  choice: WorkerConfig['reader'],
  consumer: ReadSource,
  options: NativeReaderOptions,
): Reader {
  const addon = chosenAddon(choice);
  return addon === null ? createPortableReader(consumer, options) : createNativeReader(addon, consumer, options);
}

/** What goes with the reader; null for the portable one. @throws ReaderError as `createReader` */
export function chosenAddon(choice: WorkerConfig['reader']): NativeAddon | null {
  if (choice === 'portable') return null;
  const native = nativeAddon();
  if ('addon' in native) return native.addon;
  if (choice === 'native') throw new ReaderError(native.fault);
  return null;
}

/** Why `chosenAddon` gives null, where that costs something. */
export function unusable(choice: WorkerConfig['reader']): string {
  return `this takes the native reader, and ${fallback(choice) ?? `reader=${choice} is set`}`;
}

/** Why the portable reader serves although the native one was hoped for; null when it does not. */
export function fallback(choice: WorkerConfig['reader']): string | null {
  if (choice !== 'auto') return null;
  const native = nativeAddon();
  return 'fault' in native ? native.fault : null;
}
