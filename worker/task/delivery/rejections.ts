import type { ConnectorConfig } from '../../../config/types.ts';
import type { Slice } from '../../../connector/block.ts';
import { recordAt } from '../../../connector/headers-column.ts';
import { type RecordError, reasonOf, shownReason } from '../../../connector/record-error.ts';
import type { ResponseExcerpt } from '../../../connector/response-excerpt.ts';
import { Scope } from '../../../connector/scope.ts';
import type { TaskFact } from '../facts.ts';
import { toFault } from '../kafka-error.ts';
import type { PartitionLane } from '../order/assignment.ts';
import type { KafkaFault } from '../ports.ts';
import type { TaskEndpoint } from '../task.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { faultOf, isIgnored } from './record-fault.ts';

const ADVICE =
  'Nothing at or behind it was committed. Fix or remove the record, or set errors.tolerance=all with ' +
  'errors.deadletterqueue.topic.name to park such records';

/** Dead letters on their way at a time; more bad records wait at the heads of their lanes. */
const MAX_DEAD_LETTERS = 500;

/** A rejected record's dead letter was acknowledged, refused for good (`fault`), or given up. */
export interface DeadLetterEvent {
  readonly kind: 'dead-letter';
  readonly lane: PartitionLane;
  readonly slice: Slice;
  readonly error: RecordError;
  readonly acknowledged: boolean;
  readonly fault: KafkaFault | null;
}

export interface RejectionParts {
  readonly config: ConnectorConfig;
  readonly deadLetterQueue: DeadLetterQueue | null;
  /** Where the records of a topic would have gone. */
  readonly endpointOf: (topic: string) => Pick<TaskEndpoint, 'values' | 'format' | 'converter'>;
  readonly post: (event: DeadLetterEvent) => void;
  readonly announce: (fact: TaskFact) => void;
  /** The record is skipped by configuration: give it its verdict. */
  readonly skip: (lane: PartitionLane, slice: Slice) => void;
  /** Nothing parks the record: this is what becomes of it. */
  readonly conclude: (lane: PartitionLane, slice: Slice, outcome: 'skipped' | 'failed', error: RecordError) => void;
  /** @param shown the reason without anything of the record */
  readonly fail: (reason: string, shown: string) => void;
}

/**
 * What becomes of a record that can't be delivered, by `errors.tolerance`: `none` fails the task and leaves the record
 * uncommitted (with a dead letter queue it is parked there too, as Kafka Connect does); `all` parks it, or, where the
 * user configured no dead letter queue, skips it, counted and logged.
 */
export class Rejections {
  readonly #parts: RejectionParts;
  readonly #scope = new Scope();
  #underWay = 0;

  constructor(parts: RejectionParts) {
    this.#parts = parts;
  }

  get hasRoom(): boolean {
    return this.#underWay < MAX_DEAD_LETTERS;
  }

  get idle(): boolean {
    return this.#underWay === 0;
  }

  /** Deals with the faulty records at the head of a lane. With tolerance `none` they wait for those before them. */
  takeFaults(lane: PartitionLane): void {
    const { config } = this.#parts;
    while (lane.fault !== null && this.hasRoom) {
      const { values } = this.#parts.endpointOf(lane.fault.topic);
      const ignored = isIgnored(lane.fault, values);
      if (config.errors.tolerance === 'none' && !ignored && lane.inFlight > 0) return;
      const slice = lane.takeFault();
      if (ignored) this.#parts.skip(lane, slice);
      else this.reject(lane, slice, faultOf(slice, this.#parts.endpointOf(slice.topic)));
      if (config.errors.tolerance === 'none' && !ignored) return;
    }
  }

  /**
   * @param slice exactly one record, which no lane holds any more.
   * @param response for the dead letter alone: it is neither logged nor shown
   */
  reject(lane: PartitionLane, slice: Slice, error: RecordError, response?: ResponseExcerpt): void {
    const { config, deadLetterQueue, announce, fail, conclude } = this.#parts;
    const tolerated = config.errors.tolerance === 'all';
    const { topic, partition } = slice;
    const offset = slice.block.offset[slice.start]!;
    const timestamp = slice.block.timestamp[slice.start]!;
    const outcome = !tolerated ? 'failed-task' : deadLetterQueue === null ? 'skipped' : 'dead-lettered';
    announce({ kind: 'record-rejected', topic, partition, offset, timestamp, error, outcome });
    if (deadLetterQueue !== null) this.#park(deadLetterQueue, lane, slice, error, response);
    else conclude(lane, slice, tolerated ? 'skipped' : 'failed', error);
    if (!tolerated) {
      const failed = (reason: string) =>
        `record ${topic}-${partition} offset ${offset} can not be delivered (${error.stage}): ${reason}. ${ADVICE}`;
      fail(failed(reasonOf(error)), failed(shownReason(error)));
    }
  }

  /** Stops waiting for dead letters that have no answer: their records stay uncommitted. */
  abandon(): void {
    this.#scope.abort();
  }

  /** A dead letter's event was taken by the loop. */
  settled(): void {
    this.#underWay--;
  }

  #park(
    queue: DeadLetterQueue,
    lane: PartitionLane,
    slice: Slice,
    error: RecordError,
    response: ResponseExcerpt | undefined,
  ): void {
    const { post } = this.#parts;
    this.#underWay++;
    lane.assignment.deadLetters++;
    const record = recordAt(slice.block, slice, slice.start);
    queue.publish(record, error, this.#scope, response).then(
      acknowledged => post({ kind: 'dead-letter', lane, slice, error, acknowledged, fault: null }),
      (thrown: unknown) =>
        post({ kind: 'dead-letter', lane, slice, error, acknowledged: false, fault: toFault(thrown) }),
    );
  }
}
