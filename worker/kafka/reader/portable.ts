import type { Block } from '../../../connector/block.ts';
import { type BlockOptions, blockFromMessages } from '../../../connector/block-builder.ts';
import { KafkaError } from '../../task/kafka-error.ts';
import type { Reader } from '../../task/ports.ts';
import type { RdKafkaMessage } from '../consumer.ts';
import type { ReadSource } from './source.ts';

/** How long a read waits for a first record when the last one brought none, milliseconds. */
const IDLE_WAIT_MS = 50;
/** How long a read waits for one more record, milliseconds. */
const NEXT_WAIT_MS = 1;

/**
 * The reader that needs nothing but node-rdkafka: blocks built from `consume(n)`, which ends with n records or when one
 * wait was in vain. With a single wait for both, a trickle would be held: at a record a millisecond and a wait of 20 ms,
 * until n had come. So an idle reader asks for one record, which returns as soon as there is one, and then, waiting
 * hardly at all, for what came with it. It never uses the flowing mode, which queues without a bound.
 */
export function createPortableReader(consumer: ReadSource, options: BlockOptions): Reader {
  let idle = true;
  return {
    name: 'portable',
    async read(maxRecords: number): Promise<Block | null> {
      const messages = await consumer.reading(client => {
        client.setDefaultConsumeTimeout(idle ? IDLE_WAIT_MS : NEXT_WAIT_MS);
        return new Promise<RdKafkaMessage[]>((resolve, reject) =>
          client.consume(idle ? 1 : maxRecords, (error, batch) => (error ? reject(error) : resolve(batch))),
        );
      });
      idle = messages.length === 0;
      return idle ? null : toBlock(messages, options);
    },
    /** Its waits are short, and nothing can end them. */
    interrupt() {},
  };
}

/**
 * The client hands out a record once: when no block can be made of the records that it gave (no memory, say), reading
 * on would skip them, and a commit would pass over them. So that ends the task.
 */
function toBlock(messages: readonly RdKafkaMessage[], options: BlockOptions): Block {
  try {
    return blockFromMessages(messages, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${messages.length} records that were read can not be held: ${reason}`;
    throw new KafkaError({ code: 0, message, fatal: true }, { cause: error });
  }
}
