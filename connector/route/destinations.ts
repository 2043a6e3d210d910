import type { Destination } from '../block.ts';
import type { RecordError } from '../record-error.ts';

/** A destination, or why a record has none. */
export type Found = Destination | RecordError;

/** Half of these, and of the bytes below, are remembered in any case. */
const MOST = 8_192;
const MOST_BYTES = 4 * 1_048_576;
/** About what an entry takes beside its texts. */
const ENTRY_BYTES = 200;

/**
 * What was made of the same texts before. Bounded: two generations, of which the older one is given up when the younger one is
 * full; what is asked for again moves into the younger one.
 */
export class Destinations {
  #young = new Map<string, Found>();
  #old = new Map<string, Found>();
  #bytes = 0;

  get(key: string): Found | undefined {
    const found = this.#young.get(key);
    if (found !== undefined) return found;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, found: Found): void {
    this.#young.set(key, found);
    this.#bytes += ENTRY_BYTES + 2 * key.length + ('bytes' in found ? found.bytes : 0);
    if (this.#young.size < MOST / 2 && this.#bytes < MOST_BYTES / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#bytes = 0;
  }
}

export function isDestination(found: Found): found is Destination {
  return 'url' in found;
}
