import type { KafkaFault, TopicPartition } from './ports.ts';

/** What the Kafka client refused: librdkafka's error code, and one readable line. */
export class KafkaError extends Error implements KafkaFault {
  readonly code: number;
  readonly fatal: boolean;
  declare readonly at?: TopicPartition;

  constructor(fault: KafkaFault, options?: ErrorOptions) {
    super(fault.message, options);
    this.name = 'KafkaError';
    this.code = fault.code;
    this.fatal = fault.fatal;
    if (fault.at !== undefined) this.at = fault.at;
  }
}

/** librdkafka's codes (rdkafka.h) that the task itself decides on. */
export const CODE_OFFSET_RESET = -140;
export const CODE_NOT_IMPLEMENTED = -170;
export const CODE_BAD_COMPRESSION = -198;
export const CODE_BAD_MESSAGE = -199;
export const CODE_CORRUPT_MESSAGE = 2;
export const CODE_TOPIC_AUTHORIZATION = 29;
/** The client is not in the state for it. */
export const CODE_STATE = -172;
const CODE_UNKNOWN_TOPIC = 3;
const CODE_OFFSET_METADATA_TOO_LARGE = 12;
const CODE_ILLEGAL_GENERATION = 22;
export const CODE_UNKNOWN_MEMBER = 25;
const CODE_REBALANCE_IN_PROGRESS = 27;
const CODE_INVALID_COMMIT_SIZE = 28;
const CODE_GROUP_NOT_AUTHORIZED = 30;
export const CODE_FENCED_INSTANCE = 82;
export const CODE_STALE_MEMBER_EPOCH = 113;

/** The fault behind whatever was thrown, as plain data; an unknown error keeps its text under code 0. */
export function toFault(error: unknown): KafkaFault {
  if (error instanceof KafkaError) {
    const { code, message, fatal, at } = error;
    return { code, message, fatal, ...(at !== undefined && { at }) };
  }
  if (typeof error === 'object' && error !== null) {
    const { code, message, fatal } = error as { code?: unknown; message?: unknown; fatal?: unknown };
    return {
      code: typeof code === 'number' ? code : 0,
      message: typeof message === 'string' ? message : 'unknown error of the Kafka client',
      fatal: fatal === true,
    };
  }
  return { code: 0, message: String(error), fatal: false };
}

/**
 * The group does not know this member any more: its partitions are lost, committing for them again is pointless. An
 * illegal generation is no such thing: in a cooperative group a commit may cross the new generation on its way, and
 * once the client has heard of that one, it still owns what it is to give up and may commit it (librdkafka #4059).
 */
export function isLostMembership(fault: KafkaFault): boolean {
  return (
    fault.code === CODE_UNKNOWN_MEMBER || fault.code === CODE_FENCED_INSTANCE || fault.code === CODE_STALE_MEMBER_EPOCH
  );
}

/**
 * A commit is refused partition by partition for these, and repeating it does not help: the topic is gone, or this user may
 * not read it any more. The others of the same request are stored.
 */
export function isRefusedPartition({ code }: KafkaFault): boolean {
  return (
    code === CODE_UNKNOWN_TOPIC ||
    code === CODE_TOPIC_AUTHORIZATION ||
    code === CODE_OFFSET_METADATA_TOO_LARGE ||
    code === CODE_INVALID_COMMIT_SIZE
  );
}

/** The coordinator has refused a commit as a whole: nothing of it is stored. */
export function isRefusedWhole(fault: KafkaFault): boolean {
  return (
    isLostMembership(fault) ||
    fault.fatal ||
    fault.code === CODE_ILLEGAL_GENERATION ||
    fault.code === CODE_REBALANCE_IN_PROGRESS ||
    fault.code === CODE_GROUP_NOT_AUTHORIZED
  );
}
