import type { ExactHeader } from '../../connector/block.ts';
import { encodeHeaders } from '../../connector/headers-column.ts';
import type { ProducerRecord } from '../task/ports.ts';
import { toError } from './faults.ts';
import type kafka from './library.ts';

/** What worker/kafka/reader/produce.cc exports. `client` is the native half of node-rdkafka's producer. */
export interface ProducerAddon {
  /** Once, before the client connects. */
  prepareProducer(client: unknown): void;
  /**
   * Queues a record byte for byte; its delivery report arrives as any other's.
   * @param headers as `encodeHeaders` has them
   * @param timestamp epoch milliseconds; -1 leaves it to the client
   * @param partition null leaves it to the partitioner
   * @returns librdkafka's code: 0 when it is queued
   */
  produce(
    client: unknown,
    topic: string,
    key: Buffer | null,
    value: Buffer | null,
    headers: Buffer,
    timestamp: number,
    opaque: object,
    partition: number | null,
  ): number;
}

/** Queues one record; a delivery report with `opaque` follows. @throws what `toError` takes when it can't be queued */
export type Produce = (client: kafka.Producer, record: ProducerRecord, opaque: object) => void;

/** Everything as it is in the record. */
export function createNativeProduce(addon: ProducerAddon): Produce {
  return (client, { topic, key, value, headers, timestamp, partition = null }, opaque) => {
    const bytes = encodeHeaders(headers);
    const code = addon.produce(client.getClient(), topic, key, value, bytes, timestamp, opaque, partition);
    if (code !== 0) throw toError(code);
  };
}

/** What node-rdkafka alone can send: headers of texts, and the present in place of a timestamp of 0. */
export const producePortably: Produce = (
  client,
  { topic, key, value, headers, timestamp, partition = null },
  opaque,
) => {
  const at = timestamp < 0 ? null : timestamp;
  client.produce(topic, partition, sendable(value), sendable(key), at, opaque, headers.map(toText));
};

const EMPTY = Buffer.alloc(1).subarray(0, 0);

/** Bytes as node-rdkafka sends them: it takes an empty buffer that points nowhere for null. */
export function sendable(bytes: Buffer | null): Buffer | null {
  return bytes !== null && bytes.length === 0 ? EMPTY : bytes;
}

/**
 * A header as node-rdkafka takes it. It turns every value into a string and sends that as UTF-8 up to the first NUL, so
 * other bytes would arrive changed: they travel as base64 under a name that says so. It knows no null: that becomes empty.
 */
function toText([name, value]: ExactHeader): kafka.MessageHeader {
  if (value === null) return { [String(name)]: '' };
  const text = value.toString('utf8');
  if (!value.includes(0) && Buffer.from(text, 'utf8').equals(value)) return { [String(name)]: text };
  return { [`${name}.base64`]: value.toString('base64') };
}
