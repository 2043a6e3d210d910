/** Completes "the key …", of one that `isForWorkers`. */
export const WORKER_ONLY = 'is taken from the worker file only: it may print record content and secrets';

/** What a file's keys are sorted by that are the Kafka clients' own; config/kafka/ knows them. */
export interface ClientKeys {
  readonly names: Iterable<string>;
  /** The clients that know the key, the one that is meant most often first; none where it is no client key. */
  rolesOf(key: string): readonly ('consumer' | 'producer' | 'admin')[];
  /** Whether only a worker file may have it. */
  isForWorkers(key: string): boolean;
  /** Why all clients refuse it, to go behind the key; null where they don't. */
  refusalOf(key: string): string | null;
}
