import type { ConsumerEvent, TopicPartition, TopicPartitionOffset } from '../task/ports.ts';
import type kafka from './library.ts';

type Client = kafka.KafkaConsumer;
export type RebalanceEvent = Extract<ConsumerEvent, { readonly kind: 'assign' | 'revoke' }>;

/**
 * The one rebalance that librdkafka waits with until it is answered. A cooperative group adds and removes partitions, an
 * eager one takes the whole assignment at once; each refuses the other's calls.
 */
export class PendingRebalance {
  #open: RebalanceEvent | null = null;

  opened(event: RebalanceEvent): void {
    this.#open = event;
  }

  assign(client: Client, partitions: readonly TopicPartitionOffset[]): void {
    if (isCooperative(client)) client.incrementalAssign([...partitions]);
    else client.assign([...partitions]);
    this.#open = null;
  }

  unassign(client: Client, partitions: readonly TopicPartition[]): void {
    if (isCooperative(client)) client.incrementalUnassign([...partitions]);
    else client.unassign();
    this.#open = null;
  }

  /** Assigns partitions once more; a seek is refused for one that the client has given up. */
  refetch(
    client: Client,
    partitions: readonly TopicPartitionOffset[],
    all: readonly TopicPartitionOffset[],
  ): readonly TopicPartitionOffset[] {
    if (!isCooperative(client)) {
      client.assign([...all]);
      return all;
    }
    client.incrementalUnassign([...partitions]);
    client.incrementalAssign([...partitions]);
    return partitions;
  }

  /**
   * Answers in the place of a task that is leaving: closing waits for the answer to every rebalance, also to those that it
   * causes itself, and nobody else will give it.
   */
  answerForLeaver(client: Client): void {
    if (this.#open === null) return;
    const { kind, partitions } = this.#open;
    this.#open = null;
    try {
      if (!isCooperative(client)) client.unassign();
      else if (kind === 'assign') client.incrementalAssign([]);
      else client.incrementalUnassign([...partitions]);
    } catch {
      answerWhileClosing(client);
    }
  }
}

/** Once closing has begun, a plain unassign answers everything, in groups of both kinds. */
function answerWhileClosing(client: Client): void {
  try {
    client.unassign();
  } catch {
    // The client is gone: nothing waits for an answer any more.
  }
}

/** Says no for a client that is closing. */
function isCooperative(client: Client): boolean {
  return client.rebalanceProtocol() === 'COOPERATIVE';
}
