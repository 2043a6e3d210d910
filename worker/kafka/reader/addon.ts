import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { BytesColumn, MembersColumn, Run, ValuesColumn } from '../../../connector/block.ts';
import type { Splice } from '../../../connector/splice.ts';
import type { ListenAddon } from '../connect.ts';
import type { DescribeAddon } from '../describe-addon.ts';
import type { GroupAddon } from '../group-addon.ts';
import type { TopicAddon } from '../identities.ts';
import kafka from '../library.ts';
import type { ProducerAddon } from '../produce.ts';

/** An error as librdkafka puts it among the records; the topic is empty and the partition negative where it has none. */
export interface ReadFault {
  readonly code: number;
  readonly text: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What worker/kafka/reader/reader.cc exports. */
export interface NativeAddon extends ListenAddon, TopicAddon, ProducerAddon, GroupAddon, DescribeAddon {
  /**
   * @param names that are told apart where members stand; null: where they stand is not told
   * @throws Error for a client that is not connected.
   */
  readonly BlockReader: new (
    client: unknown,
    onNews: () => void,
    names?: readonly Uint8Array[] | null,
  ) => NativeBlockReader;
  /** Frees the memory of a column at once: every view of it is empty from then on. */
  free(column: ArrayBufferView): void;
  readonly splice: Splice;
  /** Ends the process at once: waits for no thread, runs no handler, writes nothing. */
  exit(code: number): never;
  /**
   * From now on the system kills this process when the one that started it ends, however that ends and whatever this one is at.
   * @returns false where the system has no such thing
   */
  dieWithParent(): boolean;
  /** Of node-rdkafka, as it was compiled for. */
  readonly clientVersion: string;
  readonly librdkafkaCompiled: number;
  readonly librdkafkaLoaded: number;
}

export interface NativeBlockReader {
  /** Never waits. @throws Error while a read is in flight, and when the client is not connected. */
  read(options: NativeReadOptions, done: (error: Error | null, result?: NativeResult) => void): void;
  /** Bytes of the longest text that the JSON check keeps memory for, between reads. */
  jsonCapacity(): number;
  close(): void;
}

export interface NativeReadOptions {
  readonly maxRecords: number;
  /** The record that reaches it is the block's last. */
  readonly maxBytes: number;
  /** What stands behind each value: any bytes. */
  readonly separator: Uint8Array;
  readonly keys: boolean;
  readonly headers: boolean;
  readonly json: boolean;
  /** Bytes up to which a value becomes a JSON string; null by default: none does. */
  readonly quotedUpTo?: number | null;
}

type NativeBytes = { readonly [C in keyof BytesColumn]: C extends 'bytes' ? Uint8Array : BytesColumn[C] };

/** The columns are there when `runs` is not empty. */
export interface NativeResult {
  readonly faults: readonly ReadFault[];
  readonly runs: readonly Run[];
  readonly values: Uint8Array;
  readonly valueEnd: Uint32Array;
  readonly offset: Float64Array;
  readonly timestamp: Float64Array;
  readonly flags: Uint8Array;
  readonly keys?: NativeBytes;
  readonly headers?: NativeBytes;
  readonly members?: MembersColumn;
  readonly quoted?: Pick<ValuesColumn, 'valueEnd'> & { readonly values: Uint8Array };
}

const require = createRequire(import.meta.url);
const FILE = new URL('../../../../worker/kafka/reader/build/Release/reader.node', import.meta.url);

let loaded: { readonly addon: NativeAddon } | { readonly fault: string } | null = null;

/** The native reader, or in one line why there is none. It is looked for once. */
export function nativeAddon(): { readonly addon: NativeAddon } | { readonly fault: string } {
  loaded ??= load();
  return loaded;
}

function load(): { readonly addon: NativeAddon } | { readonly fault: string } {
  try {
    // The client's own native half is loaded already (this module imports it), and the addon is linked with it.
    const addon = require(fileURLToPath(FILE)) as NativeAddon;
    const fault = mismatch(addon, (require('node-rdkafka/package.json') as { version: string }).version);
    return fault === null ? { addon } : { fault };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND') return { fault: 'it is not built: run "make setup"' };
    return { fault: `it can not be loaded: ${message.split('\n', 1)[0]}; run "make setup"` };
  }
}

/** What it was compiled for must be what is here: it looks into the memory of both. */
export function mismatch(
  addon: Pick<NativeAddon, 'clientVersion' | 'librdkafkaCompiled' | 'librdkafkaLoaded'>,
  clientVersion: string,
): string | null {
  if (addon.clientVersion !== clientVersion) {
    return `it was built for node-rdkafka ${addon.clientVersion}, not ${clientVersion}: run "make setup"`;
  }
  if (addon.librdkafkaCompiled !== addon.librdkafkaLoaded) {
    const [compiled, found] = [addon.librdkafkaCompiled, addon.librdkafkaLoaded].map(n => `0x${n.toString(16)}`);
    return `it was built for librdkafka ${compiled}, not ${found} (${kafka.librdkafkaVersion}): run "make setup"`;
  }
  return null;
}
