import { nativeAddon } from '../kafka/reader/addon.ts';

/**
 * Ends a process that has used Kafka clients; what it wrote must have been flushed. `process.exit` shuts libuv down, and that
 * joins the pool's threads: one that closes a client, or asks a broker that does not answer, holds it for as long as the client
 * allows (a minute and more). Nothing is left that waiting could save: what is safe is committed, and the group misses a
 * member soon. So the process ends without that; a signal to itself would end it too, with a code of its own.
 *
 * Returns where the addon is not built: the process then ends as Node ends it.
 */
export function endProcess(code: number): void {
  const native = nativeAddon();
  if ('addon' in native) native.addon.exit(code);
}
