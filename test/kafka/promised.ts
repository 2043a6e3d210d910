import type { LibrdKafkaError } from '../../worker/kafka/library.ts';

/** How long a broker may take to answer, milliseconds. */
export const TIMEOUT_MS = 30_000;

type Callback<T> = (error: LibrdKafkaError | null, value: T) => void;

/** What a callback of the client answers. */
export function promised<T>(call: (callback: Callback<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(new Error(error.message)) : resolve(value)));
  });
}
