import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { constants } from 'node:os';

/**
 * Loads the Kafka client's native half so that it and what it is linked with (OpenSSL, zlib, zstd, curl) find each other
 * before they find Node's own copies. Node exports those names too; without this librdkafka and even libssl call into Node's
 * OpenSSL where that has the name, and into the system's where it has not, with one's structures in the other's hands.
 *
 * Linux with glibc only: elsewhere a library is bound to those it was linked with anyway (macOS), or the loader knows no such
 * order (musl). And only with glibc's own allocator: a library that finds libc's `free` before that of a preloaded one would
 * free what the other has allocated.
 */
const DEEP: number | undefined = constants.dlopen.RTLD_DEEPBIND;
const require = createRequire(import.meta.url);

/** The allocators that are put in place of libc's, and sanitizers, by the names of their libraries. */
const ALLOCATORS = /\/lib(?:jemalloc|tcmalloc|mimalloc|hoard|snmalloc|rpmalloc|scudo|[atlm]san)\b/;

/** Whether memory may be another library's affair than libc's. */
function foreignAllocator(): boolean {
  if ((process.env['LD_PRELOAD'] ?? '').trim() !== '') return true;
  try {
    return ALLOCATORS.test(readFileSync('/proc/self/maps', 'latin1'));
  } catch {
    return true;
  }
}

function isolate(flag: number): void {
  const file = require.resolve('node-rdkafka/build/Release/node-librdkafka.node');
  if (require.cache[file] !== undefined || foreignAllocator()) return;
  const module = new Module(file);
  module.filename = file;
  process.dlopen(module, file, constants.dlopen.RTLD_LAZY | flag);
  module.loaded = true;
  // What node-rdkafka will require.
  require.cache[file] = module;
}

if (DEEP !== undefined) {
  try {
    isolate(DEEP);
  } catch {
    // Not compiled, or for another Node: node-rdkafka's own way of loading it says so.
  }
}
