import type { TopicAddon } from '../identities.ts';
import type kafka from '../library.ts';
import type { ReadFault } from './addon.ts';

export type RdKafkaClient = kafka.KafkaConsumer;

/** The door that readers need. */
export interface ReadSource {
  /**
   * Runs one read on the client. Until it settles, everything that would change what is read throws, and so does a
   * second read. A read of a client that is not connected is refused: in the native half it would end the process.
   */
  reading<T>(read: (client: RdKafkaClient) => Promise<T>): Promise<T>;
  /** An error that stood between the records of a read, as an event. */
  report(fault: ReadFault): void;
  /** Topics have an id from now on, and commits say for which topic they are. */
  identify(addon: TopicAddon): void;
  /** Runs before the client is disconnected. */
  beforeDisconnect(run: () => void): void;
}
