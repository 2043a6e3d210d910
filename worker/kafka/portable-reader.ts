import type { Block } from '../../connector/block.ts';
import { blockFromMessages } from '../../connector/block-builder.ts';
import type { Reader } from '../ports.ts';
import type { RdKafkaConsumer, RdKafkaMessage } from './consumer.ts';

export interface PortableReaderOptions {
  /** The byte behind each value: it depends on the body's format. */
  readonly separator: number;
  readonly keys: boolean;
  readonly headers: boolean;
}

/**
 * The reader that needs nothing but node-rdkafka: blocks built from `consume(n)`. A read ends with `maxRecords`, when
 * nothing came for 20 ms, or 1 ms behind the end of a partition (the client reports ends), so a trickle is not held.
 * It never uses the flowing mode, which queues without a bound.
 */
export function createPortableReader(consumer: RdKafkaConsumer, options: PortableReaderOptions): Reader {
  return {
    name: 'portable',
    async read(maxRecords: number): Promise<Block | null> {
      const messages = await consumer.reading(
        client =>
          new Promise<RdKafkaMessage[]>((resolve, reject) =>
            client.consume(maxRecords, (error, batch) => (error ? reject(error) : resolve(batch))),
          ),
      );
      return messages.length === 0 ? null : blockFromMessages(messages, options);
    },
  };
}
