import { FLAG_CHECKED } from '../../connector/block.ts';
import type { KafkaConsumer } from '../../worker/kafka/library.ts';
import { type NativeResult, nativeAddon } from '../../worker/kafka/reader/addon.ts';

/** The records of one read: their values with a comma behind each. */
export interface BareBlock {
  readonly count: number;
  readonly values: Buffer;
}

/** How often a read is made without a call, since reads keep the membership. */
const HEARTBEAT_MS = 1000;
/** As the worker's own reads. */
const MAX_BLOCK_BYTES = 1_048_576;
const COMMA = Buffer.from(',');

/** Why the native reader can't be measured here; null when it can. */
export function nativeReaderMissing(): string | null {
  const native = nativeAddon();
  return 'fault' in native ? native.fault : null;
}

/**
 * The native reader's own loop: reads that never wait while they bring records, the next one when the queue calls.
 * @param json whether every record must be found to be JSON
 */
export function openBlocks(
  consumer: KafkaConsumer,
  { maxRecords, json }: { readonly maxRecords: number; readonly json: boolean },
): { next(): Promise<BareBlock> } {
  const native = nativeAddon();
  if ('fault' in native) throw new Error(`the native reader is missing: ${native.fault}`);
  let readable = false;
  let wake: () => void = () => {};
  const client = (consumer as unknown as { getClient(): unknown }).getClient();
  const reader = new native.addon.BlockReader(client, () => {
    readable = true;
    wake();
  });
  const options = { maxRecords, maxBytes: MAX_BLOCK_BYTES, separator: COMMA, keys: false, headers: false, json };
  const read = (): Promise<NativeResult> =>
    new Promise((resolve, reject) =>
      reader.read(options, (error, result) => (error === null ? resolve(result!) : reject(error))),
    );
  const untilReadable = async (): Promise<void> => {
    if (!readable) {
      const timer = setTimeout(() => wake(), HEARTBEAT_MS);
      await new Promise<void>(resolve => {
        wake = resolve;
      });
      clearTimeout(timer);
    }
    readable = false;
  };
  // As in the worker, the next read is under way while a block is dealt with.
  let reading = read();
  return {
    async next() {
      for (;;) {
        const { runs, values, valueEnd, flags } = await reading;
        if (runs.length === 0) await untilReadable();
        reading = read();
        if (runs.length === 0) continue;
        if (json && !flags.every(flag => (flag & FLAG_CHECKED) !== 0)) {
          throw new Error('a record was not found to be JSON');
        }
        const { buffer, byteOffset, byteLength } = values;
        return { count: valueEnd.length, values: Buffer.from(buffer, byteOffset, byteLength) };
      }
    },
  };
}
