import type { Clock } from '../../../connector/ports.ts';

/** One answer for all who ask while it is made, and until it is `ageMs` old. */
export function shared<Made>(ageMs: number, clock: Clock, make: () => Made | Promise<Made>): () => Promise<Made> {
  let last: Promise<Made> | null = null;
  let until = 0;
  async function remake(): Promise<Made> {
    try {
      return await make();
    } finally {
      until = clock.now() + ageMs;
    }
  }
  return () => {
    if (last === null || clock.now() >= until) {
      until = Number.POSITIVE_INFINITY;
      last = remake();
    }
    return last;
  };
}
